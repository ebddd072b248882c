"""Recordings of calls: what the SFU forwards, written into files as it is, never decoded."""

from harness.local_stream.recording.folder import RecordingFolder
from harness.local_stream.recording.recorder import CallRecorder

__all__ = ["CallRecorder", "RecordingFolder"]
