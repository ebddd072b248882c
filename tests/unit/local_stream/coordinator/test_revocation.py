"""Revoked tokens: of one user and of all, on REST and on the WebSocket."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.revocation import check_not_revoked
from harness.local_stream.coordinator.tokens import ANONYMOUS, Caller
from harness.local_stream.coordinator.users import User
from tests.unit.local_stream.browser_door import introduction, opened
from tests.unit.local_stream.server import PATIENCE, LocalStream, token

TIME = datetime(2030, 1, 1, tzinfo=UTC)
SECOND = TIME.timestamp()


def revoked(user: User) -> User:
    user.revoke_tokens_issued_before = TIME
    return user


@pytest.mark.parametrize("issued", [None, 0, SECOND - 1])
@pytest.mark.parametrize(("user", "of_all"), [(revoked(User("one", TIME, TIME)), None), (None, TIME)])
def test_tokens_from_before_are_refused(issued: float | None, user: User | None, of_all: datetime) -> None:
    with pytest.raises(ApiError) as refused:
        check_not_revoked(Caller("one", issued=issued), user, of_all)
    assert (refused.value.status, refused.value.code) == (401, 40)


@pytest.mark.parametrize(
    "caller",
    [
        Caller("one", issued=SECOND),
        Caller("one", issued=SECOND + 0.5),
        Caller(server=True),
        Caller(ANONYMOUS),
        Caller(),
    ],
)
def test_others_are_good(caller: Caller) -> None:
    check_not_revoked(caller, revoked(User("one", TIME, TIME)), TIME)


@pytest.mark.parametrize("time_of_all", [None, TIME])
def test_without_a_time_nothing_is_revoked(time_of_all: datetime | None) -> None:
    caller = Caller("one", issued=SECOND + 1)
    check_not_revoked(caller, User("one", TIME, TIME), time_of_all)


def test_a_users_tokens_are_revoked_and_given_back(local_stream: LocalStream, host: str, viewer: str) -> None:
    now = int(time.time())
    old, new = token({"user_id": host, "iat": now - 60}), token({"user_id": host, "iat": now - 10})
    revoke(local_stream, host, datetime.fromtimestamp(now - 30, UTC).isoformat())
    assert [asked(local_stream, each) for each in (old, new)] == [(401, 40), (200, 0)]
    assert asked(local_stream, token({"user_id": host})) == (401, 40), "a token that does not say when"
    assert asked(local_stream, token({"user_id": viewer})) == (200, 0), "another user's"
    with opened(local_stream) as socket:
        socket.send(introduction(host, old))
        answer = json.loads(socket.recv(timeout=PATIENCE))
    assert (answer["type"], answer["error"]["code"]) == ("connection.error", 40)
    join = {"location": "LCL", "create": True}
    refused = local_stream.ask("POST", "/video/call/default/no-call/join", join, old)
    assert (refused.status_code, refused.json()["code"]) == (401, 40)
    revoke(local_stream, host, None)
    assert asked(local_stream, old) == (200, 0)


def test_nobody_gives_back_tokens_of_their_own(local_stream: LocalStream, host: str) -> None:
    name = "revoke_tokens_issued_before"
    for change in ({"set": {name: None}}, {"unset": [name]}):
        answer = local_stream.as_user(host, "PATCH", "/video/users", {"users": [{"id": host, **change}]})
        assert (answer.status_code, answer.json()["code"]) == (403, 17)


@pytest.fixture
def app_with_everybodys_tokens(local_stream: LocalStream) -> Iterator[LocalStream]:
    yield local_stream
    local_stream.as_server("PATCH", "/api/v2/app", {"revoke_tokens_issued_before": None}).raise_for_status()


def test_all_tokens_of_the_app_are_revoked(app_with_everybodys_tokens: LocalStream, host: str) -> None:
    local_stream = app_with_everybodys_tokens
    now = int(time.time())
    told = {"revoke_tokens_issued_before": datetime.fromtimestamp(now - 30, UTC).isoformat()}
    assert local_stream.as_server("PATCH", "/api/v2/app", told).status_code == 200
    shown = local_stream.as_server("GET", "/api/v2/app").json()["app"]
    assert shown["revoke_tokens_issued_before"] == (now - 30) * 10**9
    assert asked(local_stream, token({"user_id": host, "iat": now - 31})) == (401, 40)
    assert asked(local_stream, token({"user_id": host, "iat": now - 30})) == (200, 0)


def asked(local_stream: LocalStream, authorization: str) -> tuple[int, int]:
    """Status and code of a request that every user may make."""
    answer = local_stream.ask("POST", "/video/calls", {"limit": 1}, authorization)
    return (200 if answer.is_success else answer.status_code, answer.json().get("code", 0))


def revoke(local_stream: LocalStream, user_id: str, before: str | None) -> None:
    change = {"users": [{"id": user_id, "set": {"revoke_tokens_issued_before": before}}]}
    assert local_stream.as_server("PATCH", "/api/v2/users", change).status_code == 200
