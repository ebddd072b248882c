"""The gateway: API keys, CORS, and what is not offered."""

from __future__ import annotations

import pytest

from tests.unit.local_supabase.project import Project

PAGE = {"Origin": "http://127.0.0.1:5173"}


@pytest.mark.parametrize("path", ["/rest/v1/parties", "/auth/v1/user", "/auth/v1/health", "/rest/v1/"])
def test_api_key_is_required(project: Project, path: str) -> None:
    answer = project.http.get(path, headers=PAGE)
    assert answer.status_code == 401
    assert answer.json() == {
        "message": "No API key found in request",
        "hint": "No `apikey` request header or url param was found.",
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_api_key_must_be_the_projects(project: Project) -> None:
    answer = project.http.get("/rest/v1/parties", headers={"apikey": "wrong", **PAGE})
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API key")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_api_key_may_be_in_the_address(project: Project) -> None:
    answer = project.http.get("/rest/v1/parties", params={"apikey": project.anon_key, "limit": "0"})
    assert (answer.status_code, answer.json()) == (200, [])


def test_public_keys_are_public(project: Project) -> None:
    assert project.http.get("/auth/v1/.well-known/jwks.json").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_preflight(project: Project, method: str) -> None:
    wanted = (
        "accept-profile,apikey,authorization,content-profile,content-type,prefer,x-client-info,"
        "x-supabase-api-version"
    )
    headers = {
        **PAGE,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": wanted,
    }
    answer = project.http.options("/rest/v1/parties", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert set(wanted.split(",")) <= allowed


def test_pages_may_read_the_range(project: Project) -> None:
    answer = project.rest("GET", "parties", headers=PAGE)
    assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/v1/signup"),
        ("PUT", "/auth/v1/user"),
        ("GET", "/auth/v1/admin/users"),
        ("POST", "/rest/v1/rpc/make_profile"),
        ("PUT", "/rest/v1/parties"),
        ("GET", "/rest/v1/"),
        ("GET", "/storage/v1/bucket"),
    ],
)
def test_what_is_not_offered_says_so(project: Project, method: str, path: str) -> None:
    answer = project.answer(method, path, headers=PAGE)
    assert answer.status_code == 501
    assert f"{method} {path}" in answer.json()["message"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert f"{method} {path}" in project.log.read_text()
