"""A deployment as its owner tells it: by a file, by the environment, by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config import load_target
from harness.errors import SettingsError


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HARNESS_TOKEN_URL", "SUPABASE_URL", "STREAM_API_KEY", "STREAM_API_SECRET"):
        monkeypatch.delenv(variable, raising=False)


def file_of(folder: Path, text: str) -> Path:
    (folder / "harness.toml").write_text(text)
    return folder / "harness.toml"


def test_command_line_wins_over_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(
        tmp_path,
        """
        token_url = "https://file.example/token"
        supabase_url = "https://file.example"
        stream_api_key = "of the file"
        [waivers.T16]
        reason = "its log is elsewhere"
        until = 2027-01-31
        """,
    )
    monkeypatch.setenv("HARNESS_TOKEN_URL", "https://environment.example/token")
    monkeypatch.setenv("SUPABASE_URL", "https://environment.example/")
    monkeypatch.setenv("STREAM_API_SECRET", "of the environment")
    target = load_target(file, "https://line.example/token")
    assert target.token_url == "https://line.example/token"
    assert target.supabase_url == "https://environment.example"
    assert target.stream_api_key == "of the file"
    assert target.plain()["stream_api_secret"] == "of the environment"
    assert target.secret_values() == ["of the environment"]
    assert "of the environment" not in repr(target)
    assert str(target.waivers["T16"].until) == "2027-01-31"


def test_nothing_told_is_no_deployment() -> None:
    assert load_target(None).token_url is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("token_ulr = 'https://x.example'", "has token_ulr, which no target has: expected some of"),
        (
            "stream_api_secret = 'x'",
            "only the environment may: set STREAM_API_SECRET there",
        ),
        ("token_url = 'x'", "token_url is wrong"),
        ("token_url = 'https://me:hush@x.example'", "token_url is wrong (it must not hold a user name"),
        ("supabase_url = 'https://me:hush@x.example'", "supabase_url is wrong (it must not hold a user name"),
        ("pages_url = 'https://x.example?a=1'", "pages_url is wrong (it must not hold a query"),
        ("allowed_origin = 'https://x.example/app'", "allowed_origin is wrong (it must not hold a path"),
        ("[waivers.T16]\nreason = 'x'", "waivers.T16.until is not set"),
        ("[waivers.T16]\nuntil = 2027-01-31\nreason = ''", "waivers.T16.reason is wrong"),
        ("token_url =", "could not be read: Invalid value"),
        ("", "harness.toml was expected to name a token_url: name it there, by HARNESS_TOKEN_URL or by"),
    ],
)
def test_faulty_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as told:
        load_target(file_of(tmp_path, text))
    assert sentence in str(told.value)
    assert "hush" not in str(told.value)


@pytest.mark.parametrize("text", ["", "supabase_url = 'https://x.example'"])
def test_file_without_an_endpoint_is_no_word_for_the_built_in_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    file = file_of(tmp_path, text)
    with pytest.raises(SettingsError, match="was expected to name a token_url"):
        load_target(file)
    assert load_target(file, "https://line.example").token_url == "https://line.example"
    monkeypatch.setenv("HARNESS_TOKEN_URL", "https://environment.example")
    assert load_target(file).token_url == "https://environment.example"


def test_waivers_alone_are_those_of_the_built_in_system(tmp_path: Path) -> None:
    file = file_of(tmp_path, "[waivers.T16]\nreason = 'x'\nuntil = 2027-01-31")
    assert load_target(file).token_url is None


def test_address_that_is_none_is_told() -> None:
    with pytest.raises(SettingsError, match="--token-url must be an http"):
        load_target(None, "example.com/token")


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"harness\.toml could not be read: .*No such file"):
        load_target(tmp_path / "harness.toml")


def test_environment_overrides_single_keys_of_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(
        tmp_path,
        'token_url = "https://x.example"\n[host]\nurl = "https://x.example/{party_id}"\ncamera = "#file"',
    )
    monkeypatch.setenv("HARNESS_HOST__CAMERA", "#environment")
    host = load_target(file).host
    assert (host.camera, host.url) == ("#environment", "https://x.example/{party_id}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stream = 'locl'", "stream is wrong (input should be 'local' or 'real', came 'locl')"),
        ("[host]\ngo_liv = '#x'", "host.go_liv is no key, expected some of url, opens, go_live, "),
        ("[host]\ngo_liv = '#x'", "Did you mean go_live?"),
        (
            "[host]\nurl = 'https://x.example/{party}'",
            "expected no other place than {party_id}, came {party}",
        ),
        ("[host]\nlive = '/('", "host.live is wrong (it is no pattern"),
        ("[sign_in]\nhow = 'script'", 'how = "script" needs sign_in.command'),
        ("[party]\nhow = 'sql'", 'how = "sql" needs party.make_sql'),
        (
            "[party]\nhow = 'rest'\nmake = { url = 'https://x.example', headers = { apikey = 'hush' } }",
            "apikey would be a secret in a file: write {session} or ${VARIABLE} there",
        ),
        (
            "[party]\nhow = 'rest'\n[party.make]\nurl = 'https://x.example'\n"
            "body = { a = [{ password = 'hush' }] }",
            "password would be a secret in a file: write {session} or ${VARIABLE} there",
        ),
        (
            "[party]\nhow = 'rest'\nmake = { url = 'https://x.example/?access_token=hush' }",
            "access_token would be a secret in a file",
        ),
        ("host = 'x'", "host is wrong"),
        ("stream = 'local'", "was expected to come with stream_base_url"),
        ("supabase = 'local'", "set app_command"),
    ],
)
def test_fault_of_a_table_names_its_key(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as told:
        load_target(file_of(tmp_path, f'token_url = "https://x.example"\n{text}'))
    assert sentence in str(told.value)
    assert "hush" not in str(told.value)


def test_what_is_no_secret_by_its_name_may_be_in_the_file(tmp_path: Path) -> None:
    request = (
        "{ url = 'https://x.example/?v=1', headers = { X-Auth = '${T}' }, body = { author = 'A', n = 1 } }"
    )
    made = f"[party]\nhow = 'rest'\nmake = {request}"
    told = load_target(file_of(tmp_path, f'token_url = "https://x.example"\n{made}'))
    assert told.named_variables() == ["T"]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"party": "{}", "key": "x"}, "host.url was expected to hold {party_id}"),
        ({"party": "{ how = 'sql', make_sql = 'x' }"}, "host.url was expected to hold {party_id}"),
        ({"party": "{}"}, None),
        ({"party": "{ how = 'given' }", "key": "x"}, None),
    ],
)
def test_pages_of_parties_that_are_made_say_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], sentence: str | None
) -> None:
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", told.get("key", ""))
    file = file_of(
        tmp_path,
        f'token_url = "https://x.example"\nparty = {told["party"]}\nhost.url = "https://x.example/studio"',
    )
    if sentence is None:
        assert load_target(file).host.url == "https://x.example/studio"
        return
    with pytest.raises(SettingsError, match=sentence):
        load_target(file)


STARTED = """
app_command = "serve"
token_url = "http://127.0.0.1:{port}/token"
[host]
url = "http://127.0.0.1:{port}/{party_id}"
"""


def test_port_of_the_app_is_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_APP_PORT", "4711")
    monkeypatch.setenv("HARNESS_VIEWER__URL", "http://127.0.0.1:{port}/watch/{party_id}")
    monkeypatch.setenv("HARNESS_APP_ENVIRONMENT", "SITE, MODE")
    target = load_target(file_of(tmp_path, STARTED))
    assert (target.token_url, target.app_port) == ("http://127.0.0.1:4711/token", 4711)
    assert target.host.url == "http://127.0.0.1:4711/{party_id}"
    assert target.viewer.url == "http://127.0.0.1:4711/watch/{party_id}"
    assert target.app_environment == ("SITE", "MODE")
    assert target.app_address == target.token_url
    monkeypatch.setenv("HARNESS_TOKEN_URL", "http://127.0.0.1:{port}/other")
    assert load_target(file_of(tmp_path, STARTED)).token_url == "http://127.0.0.1:4711/other"


def test_an_app_that_is_started_by_the_environment_has_its_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_APP_COMMAND", "serve")
    target = load_target(file_of(tmp_path, STARTED.replace('app_command = "serve"', "")))
    assert target.token_url == f"http://127.0.0.1:{target.app_port}/token"


def test_addresses_of_an_app_that_is_started_name_its_port(tmp_path: Path) -> None:
    file = file_of(tmp_path, 'app_command = "serve"\ntoken_url = "http://127.0.0.1:3000/token"')
    with pytest.raises(SettingsError, match=r"write http://127.0.0.1:\{port\}/"):
        load_target(file)
