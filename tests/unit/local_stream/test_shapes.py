"""Every answer and every event has exactly the vendor's shape, in the door's encoding of time."""

import uuid
from typing import Any

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults

DOORS: list[tuple[str, str, Times]] = [
    ("/api/v2/video", "/api/v2", "nanoseconds"),
    ("/video", "/video", "iso"),
]
# Fields of JoinCallResponse that no Python model has; their shapes are checked in test_join.
JOIN_ONLY = frozenset({"credentials", "stats_options"})


@pytest.fixture(params=DOORS, ids=["server door", "client door"])
def door(request: pytest.FixtureRequest) -> tuple[str, str, Times]:
    chosen: tuple[str, str, Times] = request.param
    return chosen


def test_answers_about_a_call(
    local_stream: LocalStream, host: str, viewer: str, door: tuple[str, str, Times]
) -> None:
    base, _, times = door
    path = f"{base}/call/livestream/{uuid.uuid4()}"
    data = {
        "created_by_id": host,
        "members": [{"user_id": viewer, "role": "host"}],
        "custom": {"a": {"b": 1}},
    }
    answers: list[tuple[str, str, object, Any]] = [
        ("POST", path, {"data": data}, models.GetOrCreateCallResponse),
        ("GET", path, None, models.GetCallResponse),
        ("PATCH", path, {"starts_at": "2031-01-01T00:00:00Z"}, models.UpdateCallResponse),
        ("POST", f"{base}/calls", {}, models.QueryCallsResponse),
        ("POST", f"{base}/call/members", _named(path), models.QueryCallMembersResponse),
        ("POST", f"{path}/go_live", {}, models.GoLiveResponse),
        ("POST", f"{path}/stop_live", {}, models.StopLiveResponse),
        ("POST", f"{path}/mark_ended", {}, models.EndCallResponse),
        ("GET", path, None, models.GetCallResponse),
    ]
    for method, asked, body, model in answers:
        answer = local_stream.as_server(method, asked, body)
        assert answer.status_code == (201 if method == "POST" else 200)
        assert faults(answer.json(), model, times) == []


def test_the_answer_to_a_join(
    local_stream: LocalStream, host: str, call_id: str, door: tuple[str, str, Times]
) -> None:
    base, _, times = door
    answer = local_stream.as_user(host, "POST", f"{base}/call/livestream/{call_id}/join", {"location": "LCL"})
    assert faults(answer.json(), models.GetOrCreateCallResponse, times, also=JOIN_ONLY) == []


def test_answers_about_users_and_the_app(
    local_stream: LocalStream, host: str, door: tuple[str, str, Times]
) -> None:
    _, base, times = door
    given = {"users": {host: {"id": host, "name": "Host", "image": "https://example.com/host.png"}}}
    upserted = local_stream.as_server("POST", f"{base}/users", given)
    assert faults(upserted.json(), models.UpdateUsersResponse, times) == []
    found = local_stream.as_server("GET", f"{base}/users", payload='{"filter_conditions": {}}')
    assert faults(found.json(), models.QueryUsersResponse, times) == []
    app = local_stream.as_server("GET", f"{base}/app")
    assert faults(app.json(), models.GetApplicationResponse, times) == []


def test_errors(local_stream: LocalStream, door: tuple[str, str, Times]) -> None:
    base, _, times = door
    answers = [
        local_stream.as_server("GET", f"{base}/call/livestream/nowhere"),
        local_stream.as_server("POST", f"{base}/call/livestream/nowhere/join", {}),
        local_stream.as_server("GET", f"{base}/nothing/of/the/kind"),
        local_stream.ask("GET", f"{base}/call/livestream/nowhere"),
    ]
    assert [answer.status_code for answer in answers] == [404, 400, 501, 401]
    for answer in answers:
        assert faults(answer.json(), models.APIError, times) == []
        assert answer.json()["StatusCode"] == answer.status_code


def test_events_of_the_live_cycle(local_stream: LocalStream, host: str) -> None:
    with connected(local_stream, host, name="Host") as person:
        assert faults(person.hello["me"], models.OwnUserResponse, "iso") == []
        path = f"/call/livestream/{uuid.uuid4()}"
        person.asks("POST", path, {})
        for method, step in (
            ("POST", "/go_live"),
            ("POST", "/stop_live"),
            ("PATCH", ""),
            ("POST", "/mark_ended"),
        ):
            person.asks(method, path + step, {})
        events = person.heard_before_echo()
    expected = [
        ("call.created", models.CallCreatedEvent),
        ("call.live_started", models.CallLiveStartedEvent),
        ("call.updated", models.CallUpdatedEvent),
        ("call.updated", models.CallUpdatedEvent),
        ("call.ended", models.CallEndedEvent),
    ]
    assert [event["type"] for event in events] == [name for name, _ in expected]
    for event, (_, model) in zip(events, expected, strict=True):
        assert faults(event, model, "iso") == []


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ({"duration": 5, "x": 1}, "unknown"),
        ({}, "missing"),
        ({"duration": 5}, "expected str"),
    ],
)
def test_the_comparison_itself_is_strict(spoilt: dict[str, object], fault: str) -> None:
    assert any(fault in each for each in faults(spoilt, models.EndCallResponse, "iso"))


def _named(path: str) -> dict[str, str]:
    call_type, call_id = path.split("/")[-2:]
    return {"type": call_type, "id": call_id}
