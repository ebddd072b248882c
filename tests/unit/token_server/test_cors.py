"""Who may read the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.token_server.system import System, running

OTHER = "https://app.example"


@pytest.fixture(params=["POST", "OPTIONS", "GET"])
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def headers(system: System, method: str, origin: str | None) -> dict[str, str]:
    return dict(system.endpoint.ask(None, None, method=method, origin=origin).headers)


def test_every_origin_when_all_may(tmp_path: Path, method: str) -> None:
    with running(tmp_path / "log", origins="*") as system:
        for origin in (None, OTHER):
            found = headers(system, method, origin)
            assert found["access-control-allow-origin"] == "*"
            assert "vary" not in found


def test_listed_origins_by_name(tmp_path: Path, method: str) -> None:
    with running(tmp_path / "log", origins=f"http://pages.example,{OTHER}/") as system:
        found = headers(system, method, OTHER)
        assert (found["access-control-allow-origin"], found["vary"]) == (OTHER, "Origin")


@pytest.mark.parametrize(
    "origin", ["https://app.example.evil.example", "http://app.example", "null", "*", None]
)
def test_no_other_origin_at_all(tmp_path: Path, method: str, origin: str | None) -> None:
    with running(tmp_path / "log", origins=OTHER) as system:
        found = headers(system, method, origin)
        assert not [name for name in found if name.startswith("access-control")]
        assert found["vary"] == "Origin"


def test_preflight_names_what_pages_and_supabase_clients_send(shared: System) -> None:
    found = headers(shared, "OPTIONS", "http://pages.example")
    assert set(found["access-control-allow-headers"].split(", ")) >= {
        "authorization",
        "content-type",
        "apikey",
        "x-client-info",
    }
    assert "POST" in found["access-control-allow-methods"].split(", ")
