"""The SFU of the local Stream: real WebRTC media, forwarded between browsers without being decoded."""

from harness.local_stream.sfu.publish_options import CameraOptions
from harness.local_stream.sfu.room import SfuObserver
from harness.local_stream.sfu.sfu import Sfu
from harness.local_stream.sfu.subscriber import Source
from harness.local_stream.sfu.subscription import TrackKey
from harness.local_stream.sfu.token import SfuUser

__all__ = ["CameraOptions", "Sfu", "SfuObserver", "SfuUser", "Source", "TrackKey"]
