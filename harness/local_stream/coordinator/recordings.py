"""Recordings: begun, ended, and what came of them. The recorder makes the files; here is what is known."""

from __future__ import annotations

import asyncio
import logging

from harness.local_stream.coordinator.calls import Call, Recording
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.events import Publisher
from harness.local_stream.coordinator.source import Source
from harness.local_stream.media import RecordedFile, Recorder

log = logging.getLogger("local-stream")

# The section of the settings that says whether each type is allowed.
SECTIONS = {"composite": "recording", "individual": "individual_recording", "raw": "raw_recording"}
AUTOMATIC = "auto-on"


class NoRecorder:
    """Records nothing, and so each recording ends with `call.recording_failed`."""

    def start(self, cid: str, recording_type: str) -> None:
        """Nothing begins."""

    async def stop(self, cid: str, recording_type: str, base_url: str) -> RecordedFile | None:
        """There is no file."""
        del cid, recording_type, base_url
        return None

    def delete(self, file: RecordedFile) -> None:
        """There is none."""

    async def close(self) -> None:
        """Nothing is recorded."""


class Recordings:
    """Starts and stops them, and publishes their events. `recorder` may be set before the first."""

    def __init__(self, publisher: Publisher, source: Source) -> None:
        self.recorder: Recorder = NoRecorder()
        self._publisher = publisher
        self._source = source
        self._deliveries: set[asyncio.Task[None]] = set()

    def start(self, call: Call, recording_type: str, user_id: str | None, base_url: str) -> None:
        """Record from now on, for a file below `base_url`; raises the vendor's input error when it can't."""
        if call.session is None or call.session.started_at is None:
            raise input_error("there is no active session")
        self.check_enabled(call, recording_type)
        if recording_type in call.recorders:
            raise input_error(f"{recording_type} recording is already running")
        now = self._source.now()
        recording = Recording(recording_type, self._source.new_id(), call.session.id, now, base_url)
        call.recorders[recording_type] = recording
        self.recorder.start(call.cid, recording_type)
        self._publish(call, "call.recording_started", recording, user_id)

    def check_enabled(self, call: Call, recording_type: str) -> None:
        """Raises the vendor's input error when the settings of `call` do not let it be recorded so."""
        section = SECTIONS[recording_type]
        if call.settings[section]["mode"] == "disabled":
            raise input_error(f"settings.{section}.mode is disabled")

    def start_automatic(self, call: Call) -> None:
        """Record what the settings say is recorded without being asked, once a session is open to all."""
        if call.backstage or call.session is None or call.session.started_at is None:
            return
        for recording_type, section in SECTIONS.items():
            if call.settings[section]["mode"] == AUTOMATIC and recording_type not in call.recorders:
                self.start(call, recording_type, None, call.base_url)

    def stop(self, call: Call, recording_type: str, user_id: str | None = None) -> None:
        """Stop; the file, or that there is none, is told when the recorder has finished."""
        recording = call.recorders.pop(recording_type, None)
        if recording is None:
            raise input_error("call egress is not running")
        recording.ended_at = self._source.now()
        self._publish(call, "call.recording_stopped", recording, user_id)
        delivery = asyncio.ensure_future(self._deliver(call, recording))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    def stop_all(self, call: Call) -> None:
        """Stop whatever records `call`."""
        for recording_type in list(call.recorders):
            self.stop(call, recording_type)

    def delete(self, call: Call, recording: Recording) -> None:
        """Forget a finished recording and its file."""
        call.recordings.remove(recording)
        if recording.file:
            self.recorder.delete(recording.file)

    def forget(self, call: Call) -> None:
        """Delete the files of a call that is gone; those still to come go as soon as they are there."""
        call.deleted = True
        for recording in list(call.recordings):
            self.delete(call, recording)

    async def close(self) -> None:
        """Complete what is being recorded, and tell of no file any more."""
        for delivery in self._deliveries:
            delivery.cancel()
        await self.recorder.close()

    async def _deliver(self, call: Call, recording: Recording) -> None:
        try:
            recording.file = await self.recorder.stop(call.cid, recording.type, recording.base_url)
        except Exception:
            log.exception("the recorder failed on %s", call.cid)
        if recording.file is None:
            self._publish(call, "call.recording_failed", recording, None)
            return
        if call.deleted:
            self.recorder.delete(recording.file)
            return
        call.recordings.append(recording)
        shown = recording_response(recording)
        self._publish(call, "call.recording_ready", recording, None, call_recording=shown)

    def _publish(
        self, call: Call, event: str, recording: Recording, user_id: str | None, /, **detail: object
    ) -> None:
        detail |= {"egress_id": recording.egress_id, "recording_type": recording.type}
        self._publisher.publish(call, event, detail, user_id)


def recording_response(recording: Recording) -> dict[str, object]:
    """CallRecording."""
    return {
        "filename": recording.file.name if recording.file else "",
        "url": recording.file.url if recording.file else "",
        "start_time": recording.started_at,
        "end_time": recording.ended_at,
        "session_id": recording.session_id,
        "recording_type": recording.type,
    }
