"""Pinning somebody for everybody in the call."""

from typing import Any

import pytest
from getstream import models
from getstream.video.rtc.pb.stream.video.sfu.models.models_pb2 import Pin

from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_everybody_in_the_call_is_told(
    local_stream: LocalStream, host: str, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    with joined(local_stream, host, call_id) as pinned, joined(local_stream, host, call_id) as other:
        body = {"user_id": host, "session_id": pinned.session_id}
        for step, model in (("pin", models.PinResponse), ("unpin", models.UnpinResponse)):
            answer = local_stream.as_server("POST", f"{path}/{step}", body)
            assert answer.status_code == 201
            assert faults(answer.json(), model, times) == []
            expected = [Pin(user_id=host, session_id=pinned.session_id)] if step == "pin" else []
            for participant in (pinned, other):
                told: Any = participant.hears("pins_updated")
                assert list(told.pins) == expected


def test_who_comes_later_is_told_and_a_pin_goes_with_its_session(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    path = f"/video/call/livestream/{call_id}/pin"
    with joined(local_stream, host, call_id) as pinned:
        local_stream.as_server("POST", path, {"user_id": host, "session_id": pinned.session_id})
        with joined(local_stream, host, call_id) as late:
            assert [each.session_id for each in late.joined.call_state.pins] == [pinned.session_id]
            pinned.leaves()
            told: Any = late.hears("pins_updated")
            assert list(told.pins) == []


def test_who_is_not_in_the_call_can_not_be_pinned(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/video/call/livestream/{call_id}/pin"
    with joined(local_stream, host, call_id) as participant:
        for user_id, session_id in ((host, "another"), (viewer, participant.session_id)):
            body = {"user_id": user_id, "session_id": session_id}
            answer = local_stream.as_server("POST", path, body)
            assert (answer.status_code, answer.json()["code"]) == (400, 4)
            assert "is in the call" in answer.json()["message"]


def test_a_viewer_may_not(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    body = {"user_id": viewer, "session_id": "any"}
    answer = local_stream.as_user(viewer, "POST", f"/video/call/livestream/{call_id}/pin", body)
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
