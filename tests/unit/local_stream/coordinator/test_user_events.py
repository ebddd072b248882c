"""Events of the app's own to one user."""

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import faults


@pytest.mark.parametrize("base", ["/api/v2/chat", "/video/chat", ""])
def test_it_reaches_the_user_alone(local_stream: LocalStream, host: str, viewer: str, base: str) -> None:
    with connected(local_stream, host) as person, connected(local_stream, viewer) as other:
        event = {"type": "party.soon", "custom": {"minutes": 5}}
        answer = local_stream.as_server("POST", f"{base}/users/{host}/event", {"event": event})
        assert faults(answer.json(), models.Response, "iso") == []
        (heard,) = person.heard_before_echo()
        assert other.heard_before_echo() == []
    assert faults(heard, models.CustomEvent, "iso") == []
    assert (heard["type"], heard["custom"]) == ("party.soon", {"minutes": 5})


@pytest.mark.parametrize(
    ("body", "sentence"),
    [({}, "event is a required field"), ({"event": {}}, "event.type is a required field")],
)
def test_what_is_missing_is_said(
    local_stream: LocalStream, host: str, body: dict[str, object], sentence: str
) -> None:
    answer = local_stream.as_server("POST", f"/api/v2/chat/users/{host}/event", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert sentence in answer.json()["message"]


def test_a_user_may_not_send_it(local_stream: LocalStream, host: str, viewer: str) -> None:
    body = {"event": {"type": "party.soon"}}
    answer = local_stream.as_user(viewer, "POST", f"/video/chat/users/{host}/event", body)
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
