"""The judgements: red for each thing that they look at, and green for nothing but the right answer."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import jwt
import pytest

from harness.errors import Finding
from harness.target import Answer, Party, Person, Target, contract

SECRET = "a secret of Stream, long enough to sign with"
TARGET = Target(
    token_url="http://token",
    supabase_service_role_key="service role",
    stream_api_key="key",
    stream_api_secret=SECRET,
)
HOST = Person("host-id", "host@example.com", "password", "Host")
PARTY = Party("party-id", HOST, "A party")
RIGHT = {
    "ok": True,
    "token": "token",
    "userId": HOST.id,
    "userName": "Host",
    "apiKey": "key",
    "callType": "livestream",
    "callId": PARTY.id,
}


def answer(status: int, body: object, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, httpx.Headers(named), body, json.dumps(body), 0.1, "the request", "the answer")


def test_right_answer_is_granted() -> None:
    contract.granted(answer(200, RIGHT), TARGET, PARTY, HOST)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ok": 1},
        {"token": ""},
        {"token": None},
        {"userName": ""},
        {"userId": "viewer-id"},
        {"apiKey": SECRET},
        {"callType": "default"},
        {"callId": "another"},
        {"more": "fields"},
    ],
    ids=str,
)
def test_answer_that_differs_in_one_field_is_not(wrong: dict[str, object]) -> None:
    with pytest.raises(Finding, match=r"request:  the request\nexpected: 200 .*\nanswer:   the answer"):
        contract.granted(answer(200, {**RIGHT, **wrong}), TARGET, PARTY, HOST)


@pytest.mark.parametrize("field", RIGHT)
def test_answer_without_a_field_is_not(field: str) -> None:
    less = {name: value for name, value in RIGHT.items() if name != field}
    with pytest.raises(Finding):
        contract.granted(answer(200, less), TARGET, PARTY, HOST)


@pytest.mark.parametrize(("status", "body"), [(201, RIGHT), (200, None), (200, [RIGHT]), (500, RIGHT)])
def test_other_status_or_no_object_is_not(status: int, body: object) -> None:
    with pytest.raises(Finding):
        contract.granted(answer(status, body), TARGET, PARTY, HOST)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"ok": False, "error": "Invalid auth"}),
        (401, {"ok": False, "error": "invalid auth"}),
        (401, {"ok": False, "error": "Invalid auth", "why": "expired"}),
        (401, {"ok": 0, "error": "Invalid auth"}),
        (401, {"error": "Invalid auth"}),
        (401, None),
    ],
)
def test_refusal_is_exact(status: int, body: object) -> None:
    contract.refused(answer(401, {"ok": False, "error": "Invalid auth"}), 401, "Invalid auth")
    with pytest.raises(Finding, match="401"):
        contract.refused(answer(status, body), 401, "Invalid auth")


def test_page_may_read_what_names_its_origin() -> None:
    contract.readable_from(answer(401, {}, access_control_allow_origin="*"), "http://pages")
    contract.readable_from(answer(401, {}, access_control_allow_origin="http://pages"), "http://pages")
    for wrong in (
        {},
        {"access_control_allow_origin": "http://other"},
        {"access_control_allow_origin": "*, *"},
    ):
        with pytest.raises(Finding, match="access-control-allow-origin"):
            contract.readable_from(answer(401, {}, **wrong), "http://pages")


@pytest.mark.parametrize(
    ("status", "listed"), [(204, "*"), (204, "content-type"), (204, "authorization"), (404, "all")]
)
def test_preflight_names_the_headers(status: int, listed: str) -> None:
    every = "Content-Type, Authorization"
    allow = {"access_control_allow_origin": "*"}
    contract.preflight_allows(answer(204, None, **allow, access_control_allow_headers=every), "http://pages")
    listed = every if listed == "all" else listed
    with pytest.raises(Finding, match="access-control-allow-headers"):
        contract.preflight_allows(
            answer(status, None, **allow, access_control_allow_headers=listed), "http://pages"
        )


def token(secret: str = SECRET, algorithm: str = "HS256", **changes: object) -> Answer:
    now = int(time.time())
    claims = {"user_id": HOST.id, "iat": now - 5, "exp": now + 24 * 3600, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return answer(200, {**RIGHT, "token": jwt.encode(kept, secret, algorithm)})


@pytest.mark.parametrize(
    "right",
    [
        token(),
        token(iat=int(time.time()) + 2, exp=int(time.time()) + 2 + 24 * 3600),
        token(validity_in_seconds=24 * 3600),
    ],
    ids=["plain", "of a clock that is a little ahead", "of the vendor's SDK for Node"],
)
def test_right_token_is_taken(right: Answer) -> None:
    assert contract.token_of(right, TARGET, HOST)["user_id"] == HOST.id


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (token(secret="another secret, long enough to sign with"), "verifies"),
        (token(secret=SECRET * 2, algorithm="HS512"), "verifies"),
        (token(user_id="viewer-id"), "user_id"),
        (token(user_id=None), "user_id"),
        (token(iat=None), "iat"),
        (token(exp=None), "exp"),
        (token(iat=int(time.time()) + 3600, exp=int(time.time()) + 25 * 3600), "iat not in the future"),
        (token(exp=int(time.time()) + 3600), "exp - iat"),
        (token(exp=int(time.time()) + 7 * 24 * 3600), "exp - iat"),
        (token(exp=int(time.time()) - 1), "verifies"),
        (token(server=True), "beyond"),
        (token(role="admin"), "beyond"),
        (token(call_cids=["livestream:another"]), "beyond"),
    ],
)
def test_wrong_token_is_found(wrong: Answer, named: str) -> None:
    with pytest.raises(Finding, match=named):
        contract.token_of(wrong, TARGET, HOST)


@pytest.mark.parametrize(
    "call",
    [
        None,
        {"cid": "default:party-id", "created_by": {"id": HOST.id}},
        {"cid": "livestream:another", "created_by": {"id": HOST.id}},
        {"cid": "livestream:party-id", "created_by": {"id": "viewer-id"}},
    ],
)
def test_call_is_the_partys_and_the_hosts(call: dict[str, Any] | None) -> None:
    right = {"cid": "livestream:party-id", "created_by": {"id": HOST.id}}
    contract.on_stream(answer(200, RIGHT), right, PARTY)
    with pytest.raises(Finding, match="livestream:party-id"):
        contract.on_stream(answer(200, RIGHT), call, PARTY)


@pytest.mark.parametrize(
    "user",
    [None, {"name": "Host"}, {"id": HOST.id, "name": "", "role": "user"}, {"id": HOST.id, "role": "user"}],
)
def test_user_is_known_by_name(user: dict[str, str] | None) -> None:
    expected = {"id": HOST.id, "name": "Host", "role": "user"}
    contract.known_as(answer(200, RIGHT), {**expected, "online": "no"}, expected)
    with pytest.raises(Finding, match="the user"):
        contract.known_as(answer(200, RIGHT), user, expected)
    with pytest.raises(Finding, match="userName"):
        contract.known_as(answer(200, {**RIGHT, "userName": "Old"}), expected, expected)


@pytest.mark.parametrize(
    "without", [answer(500, RIGHT), answer(200, None), answer(200, [RIGHT]), answer(200, {"ok": True})]
)
def test_answer_without_a_name_is_a_finding(without: Answer) -> None:
    expected = {"id": HOST.id, "name": "Host", "role": "user"}
    with pytest.raises(Finding, match="userName"):
        contract.known_as(without, expected, expected)


@pytest.mark.parametrize("body", [None, [RIGHT], {"ok": False, "error": "Invalid auth"}, {"token": None}])
def test_no_token_is_a_finding(body: object) -> None:
    refusal = answer(401, body)
    with pytest.raises(Finding, match="expected: a granted token"):
        contract.token_of(refusal, TARGET, HOST)


def test_answer_and_its_token_are_not_printed() -> None:
    granted = token()
    assert granted.token not in repr(granted)
