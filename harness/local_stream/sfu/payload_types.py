"""Which payload types the offers to one subscriber give to the codecs of its tracks."""

from __future__ import annotations

from harness.local_stream.sfu.publish_options import VIDEO_FEEDBACK
from harness.local_stream.sfu.sdp_section import Codec

OPUS = 111
# Dynamic payload types (RFC 3551, 6), each with the next one for its RTX; 64 to 95 would look like RTCP.
PAIRS = [*range(96, 110, 2), *range(112, 127, 2), *range(36, 63, 2)]


class SubscriberCodecs:
    """Sections of one transport share their numbers: none may mean two codecs (RFC 8843, 9.1)."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], int] = {}

    def of(self, codec: Codec) -> list[Codec]:
        """What an offer says of a track of this codec: the codec, then its RTX."""
        if codec.name.lower() == "opus":
            return [Codec(OPUS, "opus", 48_000, 2, codec.parameters, [])]
        key = (codec.name.lower(), codec.parameters)
        number = self._taken.setdefault(key, PAIRS[len(self._taken) % len(PAIRS)])
        return [
            Codec(number, codec.name, codec.clock_rate, 1, codec.parameters, list(VIDEO_FEEDBACK)),
            Codec(number + 1, "rtx", codec.clock_rate, 1, f"apt={number}"),
        ]
