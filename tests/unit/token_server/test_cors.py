"""Who may read the answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.token_server.system import System, running

OTHER = "https://app.example"
METHODS = pytest.mark.parametrize("method", ["POST", "OPTIONS", "GET"])


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("open") / "log", origins="*") as system:
        yield system


@pytest.fixture(scope="module")
def open_to_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(
        tmp_path_factory.mktemp("listed") / "log", origins=f"http://pages.example,{OTHER}/"
    ) as system:
        yield system


def headers(system: System, method: str, origin: str | None) -> dict[str, str]:
    return dict(system.endpoint.ask(None, None, method=method, origin=origin).headers)


@METHODS
@pytest.mark.parametrize("origin", [None, OTHER])
def test_every_origin_when_all_may(open_to_all: System, method: str, origin: str | None) -> None:
    found = headers(open_to_all, method, origin)
    assert found["access-control-allow-origin"] == "*"
    assert "vary" not in found


@METHODS
def test_listed_origin_by_name(open_to_two: System, method: str) -> None:
    found = headers(open_to_two, method, OTHER)
    assert (found["access-control-allow-origin"], found["vary"]) == (OTHER, "Origin")


@METHODS
@pytest.mark.parametrize("origin", [f"{OTHER}.evil.example", "http://app.example", "null", "*", None])
def test_no_other_origin_at_all(open_to_two: System, method: str, origin: str | None) -> None:
    found = headers(open_to_two, method, origin)
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
