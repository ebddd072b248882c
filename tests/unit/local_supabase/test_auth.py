"""Sign-in, renewal, sign-out and users: Auth's answers and errors."""

from __future__ import annotations

import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.local_supabase.project import Project, User

NOW_A_DAYS = {"X-Supabase-Api-Version": "2024-01-01"}

SOMEBODYS = ec.generate_private_key(ec.SECP256R1())
CLAIMS = {"sub": "11111111-1111-4111-8111-111111111111", "role": "service_role"}
# Which nobody of the project signed, and what is wrong with each.
FORGED = {
    jwt.encode(CLAIMS, SOMEBODYS, "ES256", headers={"kid": "nobody's"}): "unknown kid",
    jwt.encode(CLAIMS, SOMEBODYS, "ES256"): "no kid",
    jwt.encode(CLAIMS, "a secret of somebody's, long enough", "HS256"): "another secret",
    jwt.encode(CLAIMS, "", "none"): "alg none",
    "e30.e30.": "no alg",
    "W10.e30.": "header that is a list",
    f"{'[' * 9000}.e30.": "nesting in clear",
    f"{b64encode(b'[' * 9000).decode()}.e30.": "nesting",
    "NQ.e30.": "header that is a number",
}


def renew(project: Project, refresh_token: str) -> httpx.Response:
    """Use a refresh token."""
    wanted = {"refresh_token": refresh_token}
    return project.auth(
        "POST", "token", params={"grant_type": "refresh_token"}, json=wanted, headers=NOW_A_DAYS
    )


def test_a_session_is_signed_with_the_published_key(project: Project, host: User) -> None:
    session = project.sign_in(host)
    keys = jwt.PyJWKSet.from_dict(project.http.get("/auth/v1/.well-known/jwks.json").json())
    header = jwt.get_unverified_header(session["access_token"])
    assert header["alg"] == "ES256"
    claims = jwt.decode(
        session["access_token"],
        keys[header["kid"]],
        ["ES256"],
        audience="authenticated",
        issuer=f"{project.url}/auth/v1",
        options={"require": ["exp", "iat", "sub"]},
    )
    assert (claims["sub"], claims["role"], claims["email"]) == (host.id, "authenticated", host.email)
    assert claims["user_metadata"] == {"name": "Host"}
    assert claims["exp"] - claims["iat"] == session["expires_in"] == 3600
    assert session["expires_at"] == claims["exp"]
    assert abs(claims["iat"] - time.time()) < 30


def test_jwks_has_no_private_part(project: Project) -> None:
    (key,) = project.http.get("/auth/v1/.well-known/jwks.json").json()["keys"]
    assert key.keys() == {"alg", "crv", "ext", "key_ops", "kid", "kty", "use", "x", "y"}


def test_user_is_told_who_they_are(project: Project, host: User) -> None:
    session = project.sign_in(host)
    user = project.auth("GET", "user", session["access_token"]).json()
    assert (user["id"], user["email"], user["role"]) == (host.id, host.email, "authenticated")
    assert user["user_metadata"] == {"name": "Host"}
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert [identity["provider"] for identity in user["identities"]] == ["email"]
    assert user == session["user"]
    assert "password" not in str(user)


def test_email_is_known_in_any_case(project: Project, host: User) -> None:
    assert project.sign_in(User(host.id, host.email.upper(), host.password))["user"]["id"] == host.id


@pytest.mark.parametrize("wrong", ["password", "email"])
def test_wrong_credentials_tell_nothing(project: Project, host: User, wrong: str) -> None:
    wanted = {"email": host.email, "password": host.password, wrong: "nobody@example.com"}
    answer = project.auth("POST", "token", params={"grant_type": "password"}, json=wanted, headers=NOW_A_DAYS)
    assert answer.status_code == 400
    assert answer.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
    assert answer.headers["X-Supabase-Api-Version"] == "2024-01-01"


def test_clients_of_old_get_the_old_error(project: Project) -> None:
    answer = project.auth(
        "POST", "token", params={"grant_type": "password"}, json={"email": "a@b.c", "password": "x"}
    )
    assert answer.json() == {
        "code": 400,
        "error_code": "invalid_credentials",
        "msg": "Invalid login credentials",
    }


@pytest.mark.parametrize(
    ("grant", "body", "code"),
    [
        ("password", b"{", "bad_json"),
        ("password", b"[]", "bad_json"),
        ("password", b'{"email": 1, "password": "x"}', "bad_json"),
        ("password", b"{}", "validation_failed"),
        ("refresh_token", b"{}", "validation_failed"),
        ("refresh_token", b'{"refresh_token": "zzzzzzzzzzzz"}', "refresh_token_not_found"),
        ("pkce", b"{}", "invalid_credentials"),
    ],
)
def test_bad_token_requests(project: Project, grant: str, body: bytes, code: str) -> None:
    answer = project.auth("POST", "token", params={"grant_type": grant}, content=body, headers=NOW_A_DAYS)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_unconfirmed_email_cannot_sign_in(project: Project) -> None:
    wanted = {"email": f"{time.time_ns()}@example.com", "password": "long enough"}
    assert project.auth("POST", "admin/users", project.service_role_key, json=wanted).status_code == 200
    answer = project.auth("POST", "token", params={"grant_type": "password"}, json=wanted, headers=NOW_A_DAYS)
    assert answer.json()["code"] == "email_not_confirmed"


def test_renewal_gives_a_new_pair(project: Project, host: User) -> None:
    first = project.sign_in(host)
    second = renew(project, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["user"]["id"] == host.id
    assert session_of(second) == session_of(first)
    assert project.auth("GET", "user", second["access_token"]).status_code == 200


def session_of(answer: dict[str, Any]) -> str:
    """The session that an access token belongs to."""
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    return str(claims["session_id"])


def test_an_unheard_renewal_may_be_repeated(project: Project, host: User) -> None:
    first = project.sign_in(host)["refresh_token"]
    assert renew(project, first).json()["refresh_token"] == renew(project, first).json()["refresh_token"]


def test_a_stolen_refresh_token_ends_the_session(project: Project, host: User) -> None:
    """One that was used, whose child was used, comes again later than two tabs of one browser would."""
    first = project.sign_in(host)["refresh_token"]
    second = renew(project, first).json()["refresh_token"]
    third = renew(project, second).json()["refresh_token"]
    with project.database() as database:
        database.execute(
            "update auth.refresh_tokens set updated_at = now() - interval '11 seconds' where token = %s",
            [first],
        )
    theft = renew(project, first)
    assert (theft.status_code, theft.json()["code"]) == (400, "refresh_token_already_used")
    with project.database() as database:
        database.execute("update auth.refresh_tokens set updated_at = now() - interval '11 seconds'")
    assert renew(project, third).json()["code"] == "refresh_token_already_used"


def test_a_refresh_token_just_used_may_come_again(project: Project, host: User) -> None:
    first = project.sign_in(host)["refresh_token"]
    renew(project, renew(project, first).json()["refresh_token"])
    assert renew(project, first).status_code == 200


def test_simultaneous_renewals_agree(project: Project, host: User) -> None:
    first = project.sign_in(host)["refresh_token"]
    with ThreadPoolExecutor(8) as tabs:
        answers = list(tabs.map(lambda _: renew(project, first), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


def test_sign_out_ends_the_session(project: Project, host: User) -> None:
    here, there = project.sign_in(host), project.sign_in(host)
    assert project.auth("POST", "logout", here["access_token"], params={"scope": "local"}).status_code == 204
    gone = project.auth("GET", "user", here["access_token"], headers=NOW_A_DAYS)
    assert (gone.status_code, gone.json()["code"]) == (403, "session_not_found")
    assert renew(project, here["refresh_token"]).json()["code"] == "refresh_token_not_found"
    assert project.auth("GET", "user", there["access_token"]).status_code == 200


@pytest.mark.parametrize(("scope", "left"), [("global", [403, 403]), ("others", [200, 403])])
def test_sign_out_elsewhere(project: Project, host: User, scope: str, left: list[int]) -> None:
    tokens = [project.sign_in(host)["access_token"] for _ in range(2)]
    assert project.auth("POST", "logout", tokens[0], params={"scope": scope}).status_code == 204
    assert [project.auth("GET", "user", token).status_code for token in tokens] == left


def test_bad_sign_out_scope(project: Project, host: User) -> None:
    answer = project.auth("POST", "logout", project.token_of(host), params={"scope": "some"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("", 401, "no_authorization"),
        ("Basic eDp5", 401, "no_authorization"),
        ("Bearer garbage", 403, "bad_jwt"),
    ],
)
def test_user_without_a_good_token(project: Project, header: str, status: int, code: str) -> None:
    answer = project.auth("GET", "user", headers={"Authorization": header, **NOW_A_DAYS})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("token", FORGED, ids=FORGED.get)
def test_forged_token_is_refused_at_both_doors(project: Project, token: str) -> None:
    user = project.auth("GET", "user", token, headers=NOW_A_DAYS)
    assert (user.status_code, user.json()["code"]) == (403, "bad_jwt"), user.text
    rows = project.rest("GET", "parties", token)
    assert (rows.status_code, rows.json()["code"]) == (401, "PGRST301"), rows.text


def test_an_api_key_is_no_user(project: Project) -> None:
    answer = project.auth("GET", "user", headers=NOW_A_DAYS)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_jwt")


def test_a_removed_user_is_no_user(project: Project, host: User) -> None:
    token = project.token_of(host)
    assert project.auth("DELETE", f"admin/users/{host.id}", project.service_role_key).json() == {}
    answer = project.auth("GET", "user", token, headers=NOW_A_DAYS)
    assert (answer.status_code, answer.json()["code"]) == (403, "user_not_found")
    again = project.auth("DELETE", f"admin/users/{host.id}", project.service_role_key, headers=NOW_A_DAYS)
    assert (again.status_code, again.json()["code"]) == (404, "user_not_found")


def test_admin_reads_a_user(project: Project, host: User) -> None:
    user = project.auth("GET", f"admin/users/{host.id}", project.service_role_key).json()
    assert (user["id"], user["email"]) == (host.id, host.email)
    assert project.auth("GET", "admin/users/x", project.service_role_key).status_code == 404


def test_a_soft_removal_is_not_offered(project: Project, host: User) -> None:
    soft, path = {"should_soft_delete": True}, f"admin/users/{host.id}"
    assert project.auth("DELETE", path, project.service_role_key, json=soft).status_code == 501
    assert project.auth("GET", path, project.service_role_key).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("POST", "admin/users"), ("DELETE", "admin/users/x")])
def test_only_the_service_role_is_admin(project: Project, host: User, method: str, path: str) -> None:
    for token in (None, project.token_of(host)):
        answer = project.auth(method, path, token, json={"email": "a@b.c"}, headers=NOW_A_DAYS)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_admin")


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"email": "no address", "password": "x"}, 400, "validation_failed"),
        ({"password": "x"}, 400, "validation_failed"),
        ({"email": "a@example.com", "password": "x" * 73}, 400, "validation_failed"),
        ({"email": "a@example.com", "user_metadata": []}, 400, "bad_json"),
    ],
)
def test_users_that_cannot_be(project: Project, wanted: dict[str, Any], status: int, code: str) -> None:
    answer = project.auth("POST", "admin/users", project.service_role_key, json=wanted, headers=NOW_A_DAYS)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_email_is_taken_once(project: Project, host: User) -> None:
    wanted = {"email": host.email.upper(), "password": "x"}
    answer = project.auth("POST", "admin/users", project.service_role_key, json=wanted, headers=NOW_A_DAYS)
    assert answer.status_code == 422
    assert answer.json() == {
        "code": "email_exists",
        "message": "A user with this email address has already been registered",
    }


def test_health(project: Project) -> None:
    assert project.auth("GET", "health").json()["name"] == "GoTrue"


def test_passwords_never_reach_the_log(project: Project, host: User) -> None:
    project.sign_in(host)
    assert host.password not in project.log.read_text()
