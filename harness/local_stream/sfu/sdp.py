"""Session descriptions, read: what a peer offers or answers.

Sources: RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8843 (BUNDLE).
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.local_stream.sfu.errors import invalid
from harness.local_stream.sfu.sdp_section import Section


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
        for section in description.sections:
            section.complete()
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
        if self.sections:
            self.sections[-1].read(name, value)
        else:
            self.attributes[name] = value
