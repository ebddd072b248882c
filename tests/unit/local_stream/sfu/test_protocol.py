"""The messages come from `getstream` without the time that importing all of it takes."""

import subprocess
import sys


def test_sfu_starts_without_getstream_and_leaves_the_way_free_for_it() -> None:
    program = """
import sys
import harness.local_stream.sfu
from harness.local_stream.sfu.protocol import events, models
for name in ("getstream", "getstream.models", "getstream.video"):
    assert name not in sys.modules, name
import getstream
from getstream.video.rtc.pb.stream.video.sfu.event import events_pb2
from getstream.video.rtc import track_util
assert getstream.Stream.__name__ == "Stream"
assert events_pb2 is events
assert events_pb2.TrackPublished(type=models.TRACK_TYPE_VIDEO).SerializeToString() == b"\\x18\\x02"
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_sfu_takes_the_modules_of_a_getstream_that_is_there() -> None:
    program = """
from getstream.video.rtc.pb.stream.video.sfu.event import events_pb2
from harness.local_stream.sfu.protocol import events
assert events is events_pb2
"""
    subprocess.run([sys.executable, "-c", program], check=True)
