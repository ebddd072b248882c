"""Recordings as the vendor's clients know them: events, list, address, deletion, on both doors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from getstream import Stream, models

from tests.unit.local_stream.browser_door import Person, connected
from tests.unit.local_stream.native import native_host
from tests.unit.local_stream.recording.encoded import content
from tests.unit.local_stream.server import API_KEY, API_SECRET, LocalStream, eventually, running
from tests.unit.local_stream.shapes import Times, faults

DOORS = pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
# What a host of these tests sends in about a second.
ENOUGH = 10_000


@contextmanager
def recorded(local_stream: LocalStream, host: str, call_id: str) -> Iterator[Person]:
    """The call's owner hears; a recording runs, and the host has been sending for a second."""
    with connected(local_stream, host) as owner:
        owner.asks("GET", f"/call/livestream/{call_id}")
        with native_host(local_stream.base_url, host, call_id, luma=60, hertz=750):
            eventually(lambda: _published(local_stream, call_id), within=20)
            owner.asks("POST", f"/call/livestream/{call_id}/start_recording", {})
            enough = _published(local_stream, call_id) + ENOUGH
            eventually(lambda: _published(local_stream, call_id) > enough, within=20)
            yield owner


def ready(owner: Person, times: Times = "iso") -> dict[str, Any]:
    """The recording that the owner is told of."""
    event = owner.hears("call.recording_ready", within=20)
    assert faults(event, models.CallRecordingReadyEvent, times) == []
    return dict(event["call_recording"])


def test_a_recorded_call_has_a_file_that_plays(
    local_stream: LocalStream, host: str, call_id: str, tmp_path: Path
) -> None:
    with recorded(local_stream, host, call_id) as owner:
        session = owner.asks("GET", f"/call/livestream/{call_id}")["call"]["session"]
        owner.asks("POST", f"/call/livestream/{call_id}/stop_recording", {})
        recording = ready(owner)
    assert recording["session_id"] == session["id"]
    assert recording["start_time"] < recording["end_time"]
    answer = local_stream.http.get(recording["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/webm")
    file = tmp_path / recording["filename"]
    file.write_bytes(answer.content)
    played = content(file)
    assert played.codecs == ["vp8", "opus"]
    # The host's luma (16 is black, 235 white) as the grey of a screen.
    assert played.lumas == pytest.approx([(60 - 16) * 255 / 219] * len(played.lumas), abs=6)
    assert played.hertz == pytest.approx(750, abs=12)


@DOORS
def test_it_is_listed_until_it_is_deleted(
    local_stream: LocalStream, host: str, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    with recorded(local_stream, host, call_id) as owner:
        owner.asks("POST", f"/call/livestream/{call_id}/stop_recording", {})
        recording = ready(owner)
    listed = local_stream.as_server("GET", f"{path}/recordings")
    assert faults(listed.json(), models.ListRecordingsResponse, times) == []
    [shown] = listed.json()["recordings"]
    assert (shown["filename"], shown["url"]) == (recording["filename"], recording["url"])
    of_session = local_stream.as_server("GET", f"{path}/{recording['session_id']}/recordings")
    assert of_session.json()["recordings"] == [shown]
    file = f"{path}/{recording['session_id']}/recordings/{recording['filename']}"
    deleted = local_stream.as_server("DELETE", file)
    assert faults(deleted.json(), models.DeleteRecordingResponse, times) == []
    assert local_stream.as_server("GET", f"{path}/recordings").json()["recordings"] == []
    assert local_stream.http.get(recording["url"]).status_code == 404
    assert local_stream.as_server("DELETE", file).status_code == 404


def test_the_end_of_the_call_completes_the_file(local_stream: LocalStream, host: str, call_id: str) -> None:
    with recorded(local_stream, host, call_id) as owner:
        owner.asks("POST", f"/call/livestream/{call_id}/mark_ended", {})
        assert local_stream.http.get(ready(owner)["url"]).status_code == 200


def test_a_deleted_call_leaves_no_file(local_stream: LocalStream, host: str, call_id: str) -> None:
    with recorded(local_stream, host, call_id) as owner:
        owner.asks("POST", f"/call/livestream/{call_id}/stop_recording", {})
        recording = ready(owner)
    local_stream.as_server("POST", f"/api/v2/video/call/livestream/{call_id}/delete", {"hard": True})
    assert local_stream.http.get(recording["url"]).status_code == 404


def test_the_address_of_a_recording_is_in_no_journal(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    with recorded(local_stream, host, call_id) as owner:
        owner.asks("POST", f"/call/livestream/{call_id}/stop_recording", {})
        secret = ready(owner)["url"].split("/")[-2]
    entries = local_stream.journal(call_cid=f"livestream:{call_id}")
    assert any(entry["operation"] == "call.recording_ready" for entry in entries)
    assert secret not in str(local_stream.journal())


def test_the_end_of_the_process_completes_what_is_to_be_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with (
        running(told={"HARNESS_STREAM_RECORDINGS": str(kept)}) as base_url,
        httpx.Client(base_url=base_url, timeout=30) as http,
    ):
        local_stream = LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)
        host = local_stream.new_user()
        call_id = local_stream.new_call(host)
        with recorded(local_stream, host, call_id):
            pass
    [file] = kept.iterdir()
    assert content(file).codecs == ["vp8", "opus"]


def test_nothing_is_left_of_what_is_not_to_be_kept(tmp_path: Path) -> None:
    with (
        running(told={"TMPDIR": str(tmp_path)}) as base_url,
        httpx.Client(base_url=base_url, timeout=30) as http,
    ):
        local_stream = LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)
        host = local_stream.new_user()
        with recorded(local_stream, host, local_stream.new_call(host)):
            assert len(list(tmp_path.rglob("*.webm"))) == 1
    assert list(tmp_path.iterdir()) == []


def _published(local_stream: LocalStream, call_id: str) -> int:
    shown = local_stream.http.get(f"/_control/calls/livestream/{call_id}").json()
    return sum(track["bytes"] for each in shown["participants"] for track in each["published"])
