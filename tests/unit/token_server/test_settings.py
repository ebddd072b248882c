"""Settings that would break the server later, refused at its start: each by its name."""

from __future__ import annotations

import pytest

from harness.config import TokenServerSettings, load
from harness.errors import SettingsError
from tests.unit.token_server.test_main import FOUR

# What the server would append its own paths to, or write into its log.
BELOW_A_SERVER = (
    "https://project.supabase.co/rest/v1",
    "https://project.supabase.co?",
    "https://project.supabase.co/?key=1",
    "https://project.supabase.co/#top",
    "https://user:password@project.supabase.co",
    "https://user@project.supabase.co",
)


@pytest.fixture(autouse=True)
def _only_four(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in TokenServerSettings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    for name, value in FOUR.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("value", ["", " ", "\t\n", "sécret", "two\nlines", "delete\x7f"], ids=ascii)
@pytest.mark.parametrize("name", FOUR)
def test_needed_one_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"wrong: {name} is wrong") as refusal:
        load(TokenServerSettings)
    assert not value.strip() or value not in str(refusal.value)


def test_each_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FOUR:
        monkeypatch.setenv(name, " ")
    with pytest.raises(SettingsError) as refusal:
        load(TokenServerSettings)
    assert [name for name in FOUR if name in str(refusal.value)] == [*FOUR]


def test_blanks_around_a_value_are_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in FOUR.items():
        monkeypatch.setenv(name, f" {value}\n")
    settings = load(TokenServerSettings)
    read = {
        "STREAM_API_KEY": settings.stream_api_key,
        "STREAM_API_SECRET": settings.stream_api_secret.get_secret_value(),
        "SUPABASE_URL": settings.supabase_url,
        "SUPABASE_SERVICE_ROLE_KEY": settings.supabase_service_role_key.get_secret_value(),
    }
    assert read == FOUR


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPABASE_URL", "project.supabase.co"),
        ("SUPABASE_URL", "ftp://project.supabase.co"),
        ("SUPABASE_JWT_SECRET", "short"),
        *((name, url) for name in ("SUPABASE_URL", "STREAM_BASE_URL") for url in BELOW_A_SERVER),
        ("STREAM_BASE_URL", "stream"),
        ("ALLOWED_ORIGINS", " , "),
        ("ALLOWED_ORIGINS", "app.example"),
        ("ALLOWED_ORIGINS", "https://app.example/path"),
        ("ALLOWED_ORIGINS", "https://app.example https://other.example"),
        ("RATE_LIMIT", "-1"),
        ("RATE_LIMIT", "many"),
        ("PORT", "70000"),
    ],
)
def test_malformed_one_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} is wrong"):
        load(TokenServerSettings)


def test_optional_ones_that_make_sense_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_JWT_SECRET", " ")  # the same as none
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://app.example/, capacitor://localhost")
    monkeypatch.setenv("RATE_LIMIT", "0")
    settings = load(TokenServerSettings)
    assert settings.supabase_jwt_secret is None
    assert settings.allowed_origins == ["https://app.example/", "capacitor://localhost"]
    assert settings.rate_limit == 0
