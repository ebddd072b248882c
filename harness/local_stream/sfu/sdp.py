"""Session descriptions, read: what a peer offers or answers, section by section.

Only what a forwarding SFU acts on is kept. Sources: RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8843 (BUNDLE),
RFC 8853 (simulcast).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.local_stream.sfu.errors import invalid

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


@dataclass
class TransportDescription:
    """The one bundled transport of a peer."""

    username: str
    password: str
    fingerprints: list[tuple[str, str]]
    setup: str


@dataclass
class Description:
    """A whole offer or answer."""

    sections: list[Section]
    attributes: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> Description:
        """Raises SfuError REQUEST_VALIDATION_FAILED when `text` is no session description."""
        description = cls([], {})
        lines = text.splitlines()
        if not lines or lines[0].strip() != "v=0":
            raise invalid("the SDP does not begin with v=0")
        for line in lines:
            key, _, value = line.strip().partition("=")
            try:
                if key == "m":
                    kind, port, protocol, *formats = value.split()
                    description.sections.append(Section(kind, int(port), protocol, formats))
                elif key == "a":
                    description._attribute(*value.partition(":")[::2])
            except (ValueError, IndexError):
                raise invalid(f"a line of the SDP could not be read: {line[:80]!r}") from None
        return description

    def section(self, mid: str) -> Section | None:
        return next((section for section in self.sections if section.mid == mid), None)

    def transport(self) -> TransportDescription:
        """ICE and DTLS parameters, of the first section that has them; raises SfuError when none has."""
        for section in self.sections:
            found = self.attributes | section.attributes
            if not section.rejected and {"ice-ufrag", "ice-pwd", "fingerprint"} <= found.keys():
                algorithm, _, value = found["fingerprint"].partition(" ")
                return TransportDescription(
                    found["ice-ufrag"], found["ice-pwd"], [(algorithm, value)], found.get("setup", "actpass")
                )
        raise invalid("the SDP has no section with ice-ufrag, ice-pwd and fingerprint")

    def _attribute(self, name: str, value: str) -> None:
        if not self.sections:
            self.attributes[name] = value
            return
        section = self.sections[-1]
        reader = _READERS.get(name)
        if reader:
            reader(section, value)
        elif name in ("sendrecv", "sendonly", "recvonly", "inactive"):
            section.direction = name
        elif name == "bundle-only":
            section.bundle_only = True
        else:
            section.attributes.setdefault(name, value)


def _mid(section: Section, value: str) -> None:
    section.mid = value


def _rtpmap(section: Section, value: str) -> None:
    match = _RTPMAP.match(value.strip())
    if match:
        number, name, clock_rate, channels = match.groups()
        section.codecs[int(number)] = Codec(int(number), name, int(clock_rate), int(channels or 1))


def _fmtp(section: Section, value: str) -> None:
    number, _, parameters = value.partition(" ")
    if int(number) in section.codecs:
        section.codecs[int(number)].parameters = parameters


def _feedback(section: Section, value: str) -> None:
    number, _, feedback = value.partition(" ")
    wanted = section.codecs.values() if number == "*" else [section.codecs.get(int(number))]
    for codec in wanted:
        if codec:
            codec.feedback.append(feedback)


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
