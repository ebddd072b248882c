"""Recordings: when they start and stop, who hears of it, and what is left of them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from getstream import models

from harness.local_stream.coordinator.call_settings import overridden
from harness.local_stream.coordinator.call_types import CallTypes
from harness.local_stream.coordinator.calls import Call, Session
from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.recordings import Recordings, recording_response
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.users import User
from harness.local_stream.media import RecordedFile
from tests.unit.local_stream.browser_door import Person, connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults
from tests.unit.own_loop import in_loop_of_its_own

DOORS = pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
EVENTS = {
    "call.recording_started": models.CallRecordingStartedEvent,
    "call.recording_stopped": models.CallRecordingStoppedEvent,
    "call.recording_failed": models.CallRecordingFailedEvent,
}


@DOORS
@pytest.mark.parametrize("step", ["recordings/composite/start", "start_recording"])
def test_without_a_session_there_is_nothing_to_record(
    local_stream: LocalStream, call_id: str, base: str, times: Times, step: str
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    started = local_stream.as_server("POST", f"{path}/{step}")
    stopped = local_stream.as_server("POST", f"{path}/{step.replace('start', 'stop')}")
    assert [(each.status_code, each.json()["code"]) for each in (started, stopped)] == [(400, 4)] * 2
    assert started.json()["message"] == 'StartRecording failed with error: "there is no active session"'
    assert stopped.json()["message"] == 'StopRecording failed with error: "call egress is not running"'
    assert faults(started.json(), models.APIError, times) == []


@DOORS
def test_a_recording_that_has_no_file_says_that_it_failed(
    local_stream: LocalStream, host: str, call_id: str, base: str, times: Times
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner, joined(local_stream, host, call_id):
        owner.asks("GET", path)
        started = local_stream.as_server("POST", f"{base}{path}/recordings/composite/start", {})
        assert started.status_code == 201
        assert faults(started.json(), models.StartRecordingResponse, times) == []
        begun = _hears(owner, "call.recording_started")
        call = local_stream.as_server("GET", f"{base}{path}")
        assert faults(call.json(), models.GetCallResponse, times) == []
        assert call.json()["call"]["recording"] is True
        assert call.json()["call"]["egress"]["composite_recording"] == {"status": "running"}
        again = local_stream.as_server("POST", f"{base}{path}/start_recording")
        assert (again.status_code, again.json()["code"]) == (400, 4)
        stopped = local_stream.as_server("POST", f"{base}{path}/recordings/composite/stop", {})
        assert faults(stopped.json(), models.StopRecordingResponse, times) == []
        ended, failed = _hears(owner, "call.recording_stopped"), _hears(owner, "call.recording_failed")
        assert {each["egress_id"] for each in (begun, ended, failed)} == {begun["egress_id"]}
        assert {each["recording_type"] for each in (begun, ended, failed)} == {"composite"}
        assert owner.asks("GET", path)["call"]["recording"] is False
    listed = local_stream.as_server("GET", f"{base}{path}/recordings")
    assert faults(listed.json(), models.ListRecordingsResponse, times) == []
    assert listed.json()["recordings"] == []


def test_each_type_goes_its_own_way(local_stream: LocalStream, host: str) -> None:
    allowed = {name: {"mode": "available"} for name in ("individual_recording", "raw_recording")}
    call_id = local_stream.new_call(host, settings_override=allowed)
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner, joined(local_stream, host, call_id):
        for kind in ("individual", "raw"):
            local_stream.as_server("POST", f"/video{path}/recordings/{kind}/start")
        call = owner.asks("GET", path)["call"]
        running = {name for name, value in call["egress"].items() if value == {"status": "running"}}
        assert running == {"individual_recording", "raw_recording"}
        assert call["recording"] is False
        unknown = local_stream.as_server("POST", f"/video{path}/recordings/frames/start")
        assert (unknown.status_code, unknown.json()["code"]) == (400, 4)


def test_what_the_settings_disable_is_refused(local_stream: LocalStream, host: str) -> None:
    call_id = local_stream.new_call(host, settings_override={"recording": {"mode": "disabled"}})
    path = f"/video/call/livestream/{call_id}/start_recording"
    with joined(local_stream, host, call_id):
        answer = local_stream.as_server("POST", path)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert "settings.recording.mode is disabled" in answer.json()["message"]


def test_it_stops_with_the_session(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        with joined(local_stream, host, call_id):
            owner.asks("POST", f"{path}/start_recording", {})
            owner.asks("POST", f"{path}/mark_ended", {})
            _hears(owner, "call.recording_stopped")
            assert owner.hears_next()["type"] == "call.session_ended"


def test_going_live_starts_what_it_is_told_and_stopping_stops_it(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        with joined(local_stream, host, call_id):
            owner.asks("POST", f"{path}/go_live", {"start_recording": True})
            _hears(owner, "call.recording_started")
            owner.asks("POST", f"{path}/stop_live", {"continue_recording": True})
            assert owner.asks("GET", path)["call"]["recording"] is True
            owner.asks("POST", f"{path}/go_live", {"start_composite_recording": True})
            owner.asks("POST", f"{path}/stop_live", {})
            assert owner.asks("GET", path)["call"]["recording"] is False


def test_going_live_alone_can_not_be_recorded_and_the_journal_says_so(
    local_stream: LocalStream, call_id: str
) -> None:
    local_stream.as_server("POST", f"/video/call/livestream/{call_id}/go_live", {"start_recording": True})
    [entry] = local_stream.journal(call_cid=f"livestream:{call_id}", operation="GoLive")
    assert entry["detail"]["not_recorded"] == ["composite"]


def test_a_viewer_may_not(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    for step, action in (("start_recording", "StartRecording"), ("stop_recording", "StopRecording")):
        answer = local_stream.as_user(viewer, "POST", f"/video/call/livestream/{call_id}/{step}")
        assert (answer.status_code, answer.json()["code"]) == (403, 17)
        assert f"perform action {action} in scope" in answer.json()["message"]


@DOORS
@pytest.mark.parametrize("kind", ["recording", "transcription"])
def test_what_is_not_there_can_not_be_deleted(
    local_stream: LocalStream, call_id: str, base: str, times: Times, kind: str
) -> None:
    path = f"{base}/call/livestream/{call_id}/a-session/{kind}s/a-file"
    answer = local_stream.as_server("DELETE", path)
    assert (answer.status_code, answer.json()["code"]) == (404, 16)
    assert answer.json()["message"] == f'Delete{kind.title()} failed with error: "{kind} doesn\'t exist"'
    assert faults(answer.json(), models.APIError, times) == []


@DOORS
def test_there_are_no_transcriptions(
    local_stream: LocalStream, host: str, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    listed = local_stream.as_server("GET", f"{path}/transcriptions")
    assert faults(listed.json(), models.ListTranscriptionsResponse, times) == []
    for step, message in (
        ("start", "there is no active session"),
        ("stop", "call is not being transcribed"),
    ):
        answer = local_stream.as_server("POST", f"{path}/{step}_transcription")
        assert (answer.status_code, answer.json()["code"]) == (400, 4)
        expected = f'{step.title()}Transcription failed with error: "{message}"'
        assert answer.json()["message"] == expected
    with joined(local_stream, host, call_id):
        assert local_stream.as_server("POST", f"{path}/start_transcription").status_code == 501


class Tape:
    """A recorder whose files are there when it is told so."""

    def __init__(self) -> None:
        self.done = asyncio.Event()
        self.asked: list[tuple[str, str, str]] = []

    def start(self, cid: str, recording_type: str) -> None:
        self.asked.append(("start", cid, recording_type))

    async def stop(self, cid: str, recording_type: str, base_url: str) -> RecordedFile | None:
        assert base_url == "http://127.0.0.1"
        self.asked.append(("stop", cid, recording_type))
        await self.done.wait()
        return RecordedFile("a.webm", "http://127.0.0.1/a.webm")

    def delete(self, file: RecordedFile) -> None:
        self.asked.append(("delete", file.name, ""))

    async def close(self) -> None:
        self.asked.append(("close", "", ""))


class Heard:
    """A publisher that remembers."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def publish(self, call: Call, event: str, detail: dict[str, Any], user_id: str | None) -> None:
        del call, user_id
        self.events.append((event, detail))


def test_a_file_is_told_of_when_it_is_complete_and_kept_until_it_is_deleted() -> None:
    async def scenario() -> None:
        tape, heard, source = Tape(), Heard(), Source()
        recordings = Recordings(heard, source)  # type: ignore[arg-type]
        recordings.recorder = tape
        call = _call(source)
        recordings.start(call, "composite", None, "http://127.0.0.1")
        recordings.stop(call, "composite")
        await _turn(lambda: len(tape.asked) == 2)
        assert [event for event, _ in heard.events] == ["call.recording_started", "call.recording_stopped"]
        assert call.recordings == []
        tape.done.set()
        await _turn(lambda: bool(call.recordings))
        event, detail = heard.events[-1]
        assert event == "call.recording_ready"
        [recording] = call.recordings
        assert detail["call_recording"] == recording_response(recording)
        assert (detail["call_recording"]["filename"], detail["recording_type"]) == ("a.webm", "composite")
        recordings.delete(call, recording)
        assert call.recordings == []
        assert tape.asked[-1] == ("delete", "a.webm", "")

    in_loop_of_its_own(scenario)


def test_a_call_can_not_be_recorded_twice_at_once() -> None:
    source = Source()
    recordings = Recordings(Heard(), source)  # type: ignore[arg-type]
    call = _call(source)
    recordings.start(call, "composite", None, "http://127.0.0.1")
    with pytest.raises(ApiError, match="already running"):
        recordings.start(call, "composite", None, "http://127.0.0.1")


def test_what_is_recorded_unasked_is_where_the_call_was_joined() -> None:
    source = Source()
    recordings = Recordings(Heard(), source)  # type: ignore[arg-type]
    call = _call(source)
    call.base_url = "http://127.0.0.1"
    recordings.start_automatic(call)
    assert call.recorders == {}
    call.settings = overridden(call.settings, {"recording": {"mode": "auto-on"}})
    recordings.start_automatic(call)
    assert [each.base_url for each in call.recorders.values()] == ["http://127.0.0.1"]


def _call(source: Source) -> Call:
    now, livestream = source.now(), CallTypes(source).get("livestream")
    call = Call(livestream, "a", User("host", now, now), now, now, livestream.settings, backstage=False)
    call.session = Session("a-session", started_at=now)
    return call


async def _turn(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)


@pytest.mark.parametrize("enabled", [True, False], ids=["in backstage first", "open at once"])
def test_what_is_auto_on_starts_when_somebody_is_there_and_the_call_is_live(
    local_stream: LocalStream, host: str, enabled: bool
) -> None:
    automatic = {
        "backstage": {"enabled": enabled},
        "recording": {"mode": "auto-on"},
        "raw_recording": {"mode": "auto-on"},
    }
    path = f"/call/livestream/{local_stream.new_call(host, settings_override=automatic)}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        if not enabled:
            owner.asks("POST", f"{path}/go_live", {})
            assert owner.asks("GET", path)["call"]["recording"] is False
        with joined(local_stream, host, path.split("/")[-1]):
            if enabled:
                assert owner.asks("GET", path)["call"]["recording"] is False
                owner.asks("POST", f"{path}/go_live", {"start_recording": True})
            started = [_hears(owner, "call.recording_started")["recording_type"] for _ in range(2)]
            assert started == ["composite", "raw"]
            owner.asks("POST", f"{path}/stop_live", {})
            for _ in started:
                _hears(owner, "call.recording_stopped")


def _hears(person: Person, kind: str) -> dict[str, Any]:
    event = person.hears(kind)
    assert faults(event, EVENTS[kind], "iso") == []
    return event


def test_going_live_with_a_recording_that_is_disabled_changes_nothing(
    local_stream: LocalStream, host: str
) -> None:
    call_id = local_stream.new_call(host, settings_override={"individual_recording": {"mode": "disabled"}})
    path = f"/api/v2/video/call/livestream/{call_id}"
    with joined(local_stream, host, call_id):
        answer = local_stream.as_server("POST", f"{path}/go_live", {"start_individual_recording": True})
        assert (answer.status_code, answer.json()["code"]) == (400, 4)
        answer = local_stream.as_server("POST", f"{path}/go_live", {"start_recording": "x"})
        assert (answer.status_code, answer.json()["code"]) == (400, 4)
        assert local_stream.as_server("GET", path).json()["call"]["backstage"] is True
        local_stream.as_server("POST", f"{path}/go_live", {})
        answer = local_stream.as_server("POST", f"{path}/stop_live", {"continue_recording": "x"})
        assert (answer.status_code, answer.json()["code"]) == (400, 4)
        assert local_stream.as_server("GET", path).json()["call"]["backstage"] is False
