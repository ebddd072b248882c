"""One section (m-line) of a session description, read.

Only what a forwarding SFU acts on is kept. Sources: RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8853 (simulcast).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_RTPMAP = re.compile(r"(\d+) ([^/]+)/(\d+)(?:/(\d+))?$")


@dataclass
class Codec:
    """One payload type of a section."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int = 1
    parameters: str = ""
    feedback: list[str] = field(default_factory=list)

    @property
    def retransmits(self) -> int | None:
        """The payload type that this one retransmits (RTX), else None."""
        apt = re.search(r"\bapt=(\d+)", self.parameters) if self.name.lower() == "rtx" else None
        return int(apt.group(1)) if apt else None


@dataclass
class Section:
    """One m-line. `ssrcs` and `groups` are empty when the peer tells streams apart by mid and rid.

    `rids` are the simulcast layers that the peer sends, in its order of preference.
    """

    kind: str
    port: int
    protocol: str
    formats: list[str]
    mid: str = ""
    direction: str = "sendrecv"
    bundle_only: bool = False
    codecs: dict[int, Codec] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)
    groups: list[tuple[int, int]] = field(default_factory=list)
    rids: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    feedback: list[tuple[int | None, str]] = field(default_factory=list)

    def complete(self) -> None:
        """Give each codec what was said of it, after or (Firefox) before its own line."""
        for number, codec in self.codecs.items():
            codec.parameters = self.parameters.get(number, "")
            codec.feedback = [said for about, said in self.feedback if about in (None, number)]

    @property
    def rejected(self) -> bool:
        return self.port == 0 and not self.bundle_only

    @property
    def sends(self) -> bool:
        return not self.rejected and self.direction in ("sendrecv", "sendonly")

    def codec(self, name: str) -> Codec | None:
        """The first payload type of this name, in the peer's order of preference."""
        numbers = (int(number) for number in self.formats if number.isdigit())
        found = (self.codecs[number] for number in numbers if number in self.codecs)
        return next((codec for codec in found if codec.name.lower() == name.lower()), None)

    def rtx_for(self, payload_type: int) -> Codec | None:
        return next((codec for codec in self.codecs.values() if codec.retransmits == payload_type), None)

    def read(self, name: str, value: str) -> None:
        """Take over one attribute; raises ValueError or IndexError when it cannot be read."""
        reader = _READERS.get(name)
        if reader:
            reader(self, value)
        elif name in ("sendrecv", "sendonly", "recvonly", "inactive"):
            self.direction = name
        elif name == "bundle-only":
            self.bundle_only = True
        else:
            self.attributes.setdefault(name, value)


def _mid(section: Section, value: str) -> None:
    section.mid = value


def _rtpmap(section: Section, value: str) -> None:
    match = _RTPMAP.match(value.strip())
    if match:
        number, name, clock_rate, channels = match.groups()
        section.codecs[int(number)] = Codec(int(number), name, int(clock_rate), int(channels or 1))


def _fmtp(section: Section, value: str) -> None:
    number, _, parameters = value.partition(" ")
    section.parameters[int(number)] = parameters


def _feedback(section: Section, value: str) -> None:
    number, _, feedback = value.partition(" ")
    section.feedback.append((None if number == "*" else int(number), feedback))


def _extmap(section: Section, value: str) -> None:
    number, uri = value.split()[:2]
    section.extensions[uri] = int(number.partition("/")[0])


def _ssrc(section: Section, value: str) -> None:
    ssrc = int(value.split()[0])
    if ssrc not in section.ssrcs:
        section.ssrcs.append(ssrc)


def _ssrc_group(section: Section, value: str) -> None:
    semantics, *ssrcs = value.split()
    if semantics == "FID":
        section.groups.append((int(ssrcs[0]), int(ssrcs[1])))


def _simulcast(section: Section, value: str) -> None:
    """RFC 8853, 5.1: of alternatives the first; a tilde marks what is paused for now."""
    words = value.split()
    streams = dict(zip(words[::2], words[1::2], strict=False)).get("send", "")
    section.rids = [each.split(",")[0].removeprefix("~") for each in streams.split(";") if each]


_READERS = {
    "mid": _mid,
    "rtpmap": _rtpmap,
    "fmtp": _fmtp,
    "rtcp-fb": _feedback,
    "extmap": _extmap,
    "ssrc": _ssrc,
    "ssrc-group": _ssrc_group,
    "simulcast": _simulcast,
}
