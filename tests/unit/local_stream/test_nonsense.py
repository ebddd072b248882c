"""Whatever is asked, the answer is in the vendor's shape and never a defect of the local Stream."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from harness.local_stream.app import OPERATIONS
from harness.local_stream.coordinator.door import BASES
from harness.local_stream.coordinator.operations import DoorName, Operation
from tests.unit.local_stream.nonsense import CURSORS, bodies
from tests.unit.local_stream.server import API_KEY, running, token

CALL_ID = "nonsense"
CALL = f"/api/v2/video/call/livestream/{CALL_ID}"
PARAMETERS = ["", "x", "-1", "1e9", "9" * 5000, "\x00", "🙂", "[", "5", '{"limit": "x"}']
NAMED = [
    "user_id",
    "connection_id",
    "payload",
    "members_limit",
    "limit",
    "next",
    "ring",
    "hard",
    "start_time",
]
SHAPE = {"code", "message", "StatusCode", "duration", "more_info", "details"}
NO_CURSOR = 'next is not a cursor of this query"'
DOORS: list[DoorName] = ["client", "server"]
NAMES = sorted({operation.name for operation in OPERATIONS})
SERVER, USER = token({"server": True}), token({"user_id": "x"})


@dataclass
class Asked:
    """A local Stream of its own, for nonsense may change types of calls, and the app."""

    connection: HTTPConnection

    def ask(
        self, method: str, path: str, authorization: str, content: str = "", **query: str
    ) -> tuple[int, Any]:
        """Status and body."""
        parameters = urlencode({"api_key": API_KEY, **query})
        headers = {"Authorization": authorization, "stream-auth-type": "jwt"}
        self.connection.request(method, f"{quote(path)}?{parameters}", content.encode(), headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def make_call(self) -> None:
        """One that is there, whatever was done to it before."""
        self.ask("POST", CALL, SERVER, '{"data": {"created_by_id": "x"}}')


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    with running() as base_url:
        connection = HTTPConnection(urlsplit(base_url).netloc, timeout=30)
        yield Asked(connection)
        connection.close()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", NAMES)
def test_wrong_bodies(asked: Asked, name: str, door: DoorName) -> None:
    for operation in [each for each in OPERATIONS if each.name == name and each.method != "GET"]:
        for number, body in enumerate(bodies(operation)):
            if number % 10 == 0:
                asked.make_call()
            text = json.dumps(body)
            authorization = SERVER if door == "server" else USER
            status, answer = asked.ask(operation.method, _path(operation, door), authorization, text)
            assert not _faults(status, answer), (text, status, answer)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_parameters(asked: Asked, name: str) -> None:
    asked.make_call()
    for operation in [each for each in OPERATIONS if each.name == name]:
        for wrong in PARAMETERS:
            query = dict.fromkeys(NAMED, wrong)
            status, answer = asked.ask(operation.method, _path(operation, "server"), SERVER, **query)
            assert not _faults(status, answer), (wrong, status, answer)


@pytest.mark.parametrize("strange", ["\x00", "é🙂", "%ff", "a/b", "x" * 5000, "..", " ", "'", "{id}", "a:b"])
def test_wrong_paths(asked: Asked, strange: str) -> None:
    for operation in OPERATIONS:
        path = _path(operation, "client", strange)
        status, answer = asked.ask(operation.method, path, SERVER, '{"data": {"created_by_id": "x"}}')
        assert not _faults(status, answer), (path, status, answer)


@pytest.mark.parametrize("border", ["next", "prev"])
@pytest.mark.parametrize("cursor", CURSORS, ids=range(len(CURSORS)))
def test_cursors_that_no_query_gave(asked: Asked, cursor: str, border: str) -> None:
    asked.make_call()
    body = {"type": "livestream", "id": CALL_ID, border: cursor}
    for path in ("/api/v2/video/calls", "/api/v2/video/call/members"):
        status, answer = asked.ask("POST", path, SERVER, json.dumps(body))
        assert (status, answer["message"][-len(NO_CURSOR) :]) == (400, border + NO_CURSOR[4:])


def test_it_still_works_afterwards(asked: Asked) -> None:
    asked.make_call()
    status, answer = asked.ask("GET", CALL, SERVER)
    assert (status, answer["call"]["id"]) == (200, CALL_ID)


def _path(operation: Operation, door: DoorName, name: str = CALL_ID) -> str:
    path = (BASES[door][operation.area][0] + operation.path).replace("{type}", "livestream")
    return "/".join(name if part.startswith("{") else part for part in path.split("/"))


def _faults(status: int, answer: dict[str, Any]) -> list[str]:
    if status < 300:
        return [] if "duration" in answer else ["no duration"]
    faults = [] if status < 500 or status == 501 else ["a defect"]
    if not SHAPE <= set(answer) <= SHAPE | {"exception_fields", "unrecoverable"}:
        faults.append("not the vendor's error shape")
    return faults + ([] if answer.get("StatusCode") == status else ["another StatusCode"])
