"""The client library that the pages use, unmodified, in Node: what it makes of the answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.config import HarnessSettings, load
from harness.setup import npm, pages
from tests.unit.local_supabase.project import Project

SCRIPT = Path(__file__).with_name("supabase_js.mjs")
Results = dict[str, dict[str, Any]]


def modules() -> Path:
    """Where set-up has installed the pages' packages."""
    places = (pages.node_modules(load(HarnessSettings)), pages.SOURCES / "node_modules")
    for place in places:
        if (place / "@supabase" / "supabase-js").is_dir():
            return place
    return pytest.fail(
        f"@supabase/supabase-js was expected in {places[0]} but is not there: python3 -m harness doctor says "
        "how to set the pages up."
    )


@pytest.fixture(scope="module")
def results(project: Project) -> Results:
    """What each step of the script answered, by its name."""
    host, viewer = project.make_user(name="Host"), project.make_user(name="Viewer")
    party = project.make_party(host)
    for title in ("a", 'b, "x"', "c"):
        project.make_party(host, title=title)
    given = {
        "modules": str(modules()),
        "url": project.url,
        "anonKey": project.anon_key,
        "serviceRoleKey": project.service_role_key,
        "email": host.email,
        "password": host.password,
        "otherEmail": viewer.email,
        "otherPassword": viewer.password,
        "partyId": party["id"],
        "hostId": host.id,
    }
    done = subprocess.run(
        [npm.NODE, SCRIPT], input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: Results = json.loads(done.stdout)
    return {**answers, "given": {"host": host.id, "email": host.email, "party": party["id"]}}


def test_sign_in(results: Results) -> None:
    given, signed_in = results["given"], results["sign in"]
    assert signed_in["error"] is None
    assert signed_in["data"]["user"]["id"] == given["host"]
    assert signed_in["data"]["session"]["token_type"] == "bearer"
    assert results["user"]["data"]["user"]["email"] == given["email"]
    assert results["user"]["data"]["user"]["user_metadata"] == {"name": "Host"}


def test_library_verifies_the_session_with_the_published_key(results: Results) -> None:
    claims = results["claims"]
    assert claims["error"] is None
    assert claims["data"]["header"]["alg"] == "ES256"
    assert claims["data"]["claims"]["sub"] == results["given"]["host"]


def test_refresh(results: Results) -> None:
    before, after = results["sign in"]["data"]["session"], results["refresh"]["data"]["session"]
    assert after["refresh_token"] != before["refresh_token"]


@pytest.mark.parametrize(
    ("step", "name", "code", "status"),
    [
        ("wrong password", "AuthApiError", "invalid_credentials", 400),
        ("unknown refresh token", "AuthApiError", "refresh_token_not_found", 400),
        ("admin without right", "AuthApiError", "not_admin", 403),
        ("taken", "AuthApiError", "email_exists", 422),
        ("user after", "AuthSessionMissingError", None, 400),
    ],
)
def test_auth_errors(results: Results, step: str, name: str, code: str | None, status: int) -> None:
    error = results[step]["error"]
    assert (error["name"], error.get("code"), error["status"]) == (name, code, status)


@pytest.mark.parametrize(
    ("step", "code", "status"),
    [
        ("none", "PGRST116", 406),
        ("unknown column", "42703", 400),
        ("unknown table", "PGRST205", 404),
        ("anonymous goes live", "42501", 401),
        ("viewer goes live, single", "PGRST116", 406),
    ],
)
def test_table_errors(results: Results, step: str, code: str, status: int) -> None:
    assert (results[step]["error"]["code"], results[step]["status"]) == (code, status)


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("maybe none", None),
        ("ordered", [{"title": "c"}, {"title": 'b, "x"'}]),
        ("filters", [{"title": "c"}]),
        ("viewer goes live", []),
        ("host ends", None),
        ("service inserts", {"title": "new", "is_live": False}),
        ("service deletes", None),
    ],
)
def test_tables(results: Results, step: str, data: object) -> None:
    assert (results[step]["error"], results[step]["data"]) == (None, data)


def test_host_goes_live(results: Results) -> None:
    party = results["given"]["party"]
    assert results["single"]["data"] == {"id": party, "title": "First listen", "is_live": False}
    assert results["count"]["count"] == 1
    assert results["host goes live"]["data"] == {"is_live": True, "stream_app_id": party}
    assert results["after"]["data"] == {"is_live": False, "stream_app_id": party}


def test_admin(results: Results) -> None:
    assert results["admin makes a user"]["data"]["user"]["user_metadata"] == {"name": "Zoë"}
    assert results["admin removes a user"]["error"] is None


def test_sign_out(results: Results) -> None:
    assert results["sign out"]["error"] is None
