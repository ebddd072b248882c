"""Session descriptions, written: the SFU's answer to a publisher and its offer to a subscriber.

All of a peer's sections share one transport (BUNDLE, rtcp-mux), and our candidates stand in the description
itself: a loopback port is bound in no time, so nothing is left to trickle. Source: RFC 8829 (JSEP).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.local_stream.sfu.sdp_section import Codec, Section
from harness.local_stream.sfu.transport import LOOPBACK, LocalDescription

CNAME = "sfu"
PROFILE = "UDP/TLS/RTP/SAVPF"


@dataclass
class Line:
    """One section in use. `extensions` maps URI to id; `ssrcs` are the media stream and, if any, its RTX.

    `rids` are the simulcast layers that we receive.
    """

    kind: str
    mid: str
    direction: str
    codecs: list[Codec]
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)
    rids: list[str] = field(default_factory=list)
    stream: str = ""
    track: str = ""


@dataclass
class Refused:
    """One section that is not used: port 0 (RFC 8829, 5.3.1)."""

    kind: str
    mid: str
    protocol: str
    formats: list[str]

    @classmethod
    def of(cls, section: Section) -> Refused:
        return cls(section.kind, section.mid, section.protocol, section.formats)


def describe(
    lines: Iterable[Line | Refused], local: LocalDescription, *, setup: str, session: int, version: int
) -> str:
    """The whole description; `session` and `version` identify it (RFC 8866, 5.2)."""
    lines = list(lines)
    bundle = " ".join(line.mid for line in lines if isinstance(line, Line))
    written = [
        "v=0",
        f"o=- {session} {version} IN IP4 {LOOPBACK}",
        "s=-",
        "t=0 0",
        *([f"a=group:BUNDLE {bundle}"] if bundle else []),
        "a=msid-semantic: WMS *",
        "a=ice-options:trickle",
    ]
    for line in lines:
        written += _refused(line) if isinstance(line, Refused) else _used(line, local, setup)
    return "\r\n".join(written) + "\r\n"


def _refused(line: Refused) -> list[str]:
    return [
        f"m={line.kind} 0 {line.protocol} {' '.join(line.formats) or '0'}",
        f"c=IN IP4 {LOOPBACK}",
        *([f"a=mid:{line.mid}"] if line.mid else []),
        "a=inactive",
    ]


def _used(line: Line, local: LocalDescription, setup: str) -> list[str]:
    return [
        f"m={line.kind} 9 {PROFILE} {' '.join(str(codec.payload_type) for codec in line.codecs)}",
        f"c=IN IP4 {LOOPBACK}",
        f"a=mid:{line.mid}",
        f"a={line.direction}",
        f"a=ice-ufrag:{local.username}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:{local.fingerprint}",
        f"a=setup:{setup}",
        *(f"a={candidate}" for candidate in local.candidates),
        "a=end-of-candidates",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *(f"a=extmap:{number} {uri}" for uri, number in line.extensions.items()),
        *(text for codec in line.codecs for text in _codec(codec)),
        *_layers(line),
        *_streams(line),
    ]


def _codec(codec: Codec) -> list[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    return [
        f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}",
        *(f"a=rtcp-fb:{codec.payload_type} {feedback}" for feedback in codec.feedback),
        *([f"a=fmtp:{codec.payload_type} {codec.parameters}"] if codec.parameters else []),
    ]


def _layers(line: Line) -> list[str]:
    if not line.rids:
        return []
    return [*(f"a=rid:{rid} recv" for rid in line.rids), f"a=simulcast:recv {';'.join(line.rids)}"]


def _streams(line: Line) -> list[str]:
    if not line.ssrcs:
        return []
    return [
        f"a=msid:{line.stream} {line.track}",
        *([f"a=ssrc-group:FID {' '.join(map(str, line.ssrcs))}"] if len(line.ssrcs) > 1 else []),
        *(f"a=ssrc:{ssrc} cname:{CNAME}" for ssrc in line.ssrcs),
    ]
