"""Row-level security of fixtures/schema.sql, asked through the table door as pages ask."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from harness.config import bundled
from tests.unit.local_supabase.project import Project, User, running

GO_LIVE: dict[str, Any] = {"is_live": True}
SEE_WHAT_CHANGED = {"Prefer": "return=representation"}


def change(
    project: Project, party: dict[str, Any], token: str | None, row: dict[str, Any]
) -> tuple[int, Any]:
    """PATCH the party and tell status and answer."""
    where = {"id": f"eq.{party['id']}"}
    answer = project.rest("PATCH", "parties", token, params=where, json=row, headers=SEE_WHAT_CHANGED)
    return answer.status_code, answer.json()


def test_host_goes_live_and_ends(project: Project, host: User) -> None:
    party, token = project.make_party(host), project.token_of(host)
    assert (party["is_live"], party["stream_app_id"]) == (False, None)
    status, rows = change(project, party, token, {"is_live": True, "stream_app_id": party["id"]})
    assert (status, len(rows)) == (200, 1)
    row = project.party(party["id"])
    assert (row["is_live"], row["stream_app_id"]) == (True, party["id"])
    assert row["updated_at"] > party["updated_at"]
    assert change(project, party, token, {"is_live": False})[0] == 200
    assert project.party(party["id"])["is_live"] is False


def test_another_user_changes_nothing(project: Project, host: User, viewer: User) -> None:
    party = project.make_party(host)
    assert change(project, party, project.token_of(viewer), GO_LIVE) == (200, [])
    assert project.party(party["id"]) == party


def test_anonymous_is_refused(project: Project, host: User) -> None:
    party = project.make_party(host)
    status, error = change(project, party, None, GO_LIVE)
    assert (status, error["code"]) == (401, "42501")
    assert project.party(party["id"]) == party


def test_service_role_passes_policies(project: Project, host: User) -> None:
    party = project.make_party(host)
    assert change(project, party, project.service_role_key, GO_LIVE)[0] == 200
    assert project.party(party["id"])["is_live"] is True


@pytest.mark.parametrize("column", ["host_id", "id", "created_at"])
def test_host_cannot_change_what_identifies_a_party(
    project: Project, host: User, viewer: User, column: str
) -> None:
    party = project.make_party(host)
    value = {"host_id": viewer.id, "id": str(uuid.uuid4()), "created_at": "2020-01-01"}[column]
    status, error = change(project, party, project.token_of(host), {column: value})
    assert (status, error["code"]) == (403, "42501")
    assert project.party(party["id"]) == party


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_users_neither_make_nor_remove_parties(project: Project, host: User, method: str) -> None:
    party = project.make_party(host)
    request: dict[str, Any] = {"params": {"id": f"eq.{party['id']}"}}
    if method == "POST":
        request = {"json": {"host_id": host.id, "title": "Mine"}}
    answer = project.rest(method, "parties", project.token_of(host), **request)
    assert (answer.status_code, answer.json()["code"]) == (403, "42501")
    assert project.party(party["id"]) == party


def test_everyone_sees_parties(project: Project, host: User, viewer: User) -> None:
    party = project.make_party(host)
    for token in (None, project.token_of(viewer)):
        rows = project.rest("GET", "parties", token, params={"id": f"eq.{party['id']}"}).json()
        assert rows == [party]


def test_only_signed_in_people_see_profiles(project: Project, host: User, viewer: User) -> None:
    where = {"id": f"eq.{host.id}", "select": "id,display_name"}
    seen = project.rest("GET", "profiles", project.token_of(viewer), params=where)
    assert seen.json() == [{"id": host.id, "display_name": "Host"}]
    refused = project.rest("GET", "profiles", params=where)
    assert (refused.status_code, refused.json()["code"]) == (401, "42501")


def test_people_change_their_own_profile_only(project: Project, host: User, viewer: User) -> None:
    token, wanted = project.token_of(host), {"display_name": "The host"}
    own = {"id": f"eq.{host.id}"}
    other = {"id": f"eq.{viewer.id}"}
    assert (
        len(
            project.rest("PATCH", "profiles", token, params=own, json=wanted, headers=SEE_WHAT_CHANGED).json()
        )
        == 1
    )
    assert (
        project.rest("PATCH", "profiles", token, params=other, json=wanted, headers=SEE_WHAT_CHANGED).json()
        == []
    )
    names = project.rest("GET", "profiles", token, params={"id": f"in.({host.id},{viewer.id})"}).json()
    assert {row["id"]: row["display_name"] for row in names} == {host.id: "The host", viewer.id: "Viewer"}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [({"name": "  Amélie \U0001f3a7 "}, "Amélie \U0001f3a7"), ({"name": "  "}, None), ({}, None)],
)
def test_a_new_user_has_a_profile(project: Project, metadata: dict[str, str], expected: str | None) -> None:
    user = project.make_user(**metadata)
    rows = project.rest("GET", "profiles", project.service_role_key, params={"id": f"eq.{user.id}"}).json()
    assert [row["display_name"] for row in rows] == [expected or user.email.split("@")[0]]


def test_schema_gives_profiles_to_those_who_were_there_before(tmp_path: Path, templates: Path) -> None:
    """A real project has users when the schema comes."""
    script = bundled("fixtures") / "schema.sql"
    with (
        running(tmp_path, HARNESS_DATABASE_TEMPLATES=str(templates)) as project,
        project.database() as database,
    ):
        database.execute("drop schema public cascade; create schema public")
        database.execute("insert into auth.users (email) values ('before@example.com')")
        database.execute(script.read_bytes())
        rows = database.execute("select display_name from public.profiles").fetchall()
    assert rows == [("before",)]


def test_removing_a_user_removes_what_is_theirs(project: Project, host: User) -> None:
    party = project.make_party(host)
    assert project.auth("DELETE", f"admin/users/{host.id}", project.service_role_key).status_code == 200
    assert project.rest("GET", "parties", params={"id": f"eq.{party['id']}"}).json() == []


def forged(project: Project, user: User, name: str) -> str:
    """A token that claims to be of `user` and that the project did not make."""
    now = int(time.time())
    claims = {"sub": user.id, "role": "authenticated", "aud": "authenticated", "iat": now, "exp": now + 3600}
    own_key = ec.generate_private_key(ec.SECP256R1())
    kid = project.http.get("/auth/v1/.well-known/jwks.json").json()["keys"][0]["kid"]
    head, body, signature = project.token_of(user).split(".")
    return {
        "another key": jwt.encode(claims, own_key, "ES256", headers={"kid": kid}),
        "unknown kid": jwt.encode(claims, own_key, "ES256", headers={"kid": "mine"}),
        "another secret": jwt.encode(claims, "x" * 64, "HS256"),
        "no algorithm": jwt.encode(claims, "", "none"),
        "expired": jwt.encode({**claims, "exp": now - 3600}, project.secret, "HS256"),
        "not yet valid": jwt.encode({**claims, "nbf": now + 3600}, project.secret, "HS256"),
        "changed claims": f"{head}.{body[:-2]}xx.{signature}",
        "changed signature": f"{head}.{body}.{signature[::-1]}",
        "two parts": f"{head}.{body}",
        "garbage": "garbage",
    }[name]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("another key", "PGRST301"),
        ("unknown kid", "PGRST301"),
        ("another secret", "PGRST301"),
        ("no algorithm", "PGRST301"),
        ("expired", "PGRST303"),
        ("not yet valid", "PGRST303"),
        ("changed claims", "PGRST301"),
        ("changed signature", "PGRST301"),
        ("two parts", "PGRST301"),
        ("garbage", "PGRST301"),
    ],
)
def test_a_forged_session_is_refused(project: Project, host: User, name: str, code: str) -> None:
    party = project.make_party(host)
    status, error = change(project, party, forged(project, host, name), GO_LIVE)
    assert (status, error["code"]) == (401, code), error
    assert project.party(party["id"]) == party


def test_a_token_cannot_name_the_owner_of_the_database(project: Project, host: User) -> None:
    party = project.make_party(host)
    token = jwt.encode({"role": "postgres", "exp": 4_000_000_000}, project.secret)
    assert change(project, party, token, GO_LIVE)[0] == 403


def test_a_role_does_not_outlive_its_request(project: Project, host: User) -> None:
    """Connections are shared: what one caller may must not rub off on the next."""
    party = project.make_party(host)
    for _ in range(20):
        assert change(project, party, project.service_role_key, {"title": "Changed"})[0] == 200
        assert change(project, party, None, GO_LIVE)[0] == 401
