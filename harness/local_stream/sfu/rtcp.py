"""RTCP, the little that a forwarding SFU reads and writes.

Sources: RFC 3550 section 6 (reports), RFC 4585 (NACK, PLI), RFC 5104 (FIR),
draft-alvestrand-rmcat-remb-03 (REMB).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import Struct

SENDER_REPORT, RECEIVER_REPORT, TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 205, 206
NACK = 1
PLI, FIR, APPLICATION = 1, 4, 15

_HEADER = Struct("!BBH")
_TWO = Struct("!LL")
_SENDER = Struct("!LQLLL")
_BLOCK = Struct("!LLLLLL")
_PID_BLP = Struct("!HH")


@dataclass(frozen=True, slots=True)
class Rtcp:
    """One packet of a compound one: `kind` is its packet type, `format` its count or FMT field."""

    kind: int
    format: int
    body: bytes


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What binds a source's RTP time to its wall clock (`ntp`: 32.32 fixed point)."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int

    @classmethod
    def read(cls, body: bytes) -> SenderReport | None:
        return cls(*_SENDER.unpack_from(body)) if len(body) >= _SENDER.size else None

    def write(self) -> bytes:
        return _packet(
            SENDER_REPORT, 0, _SENDER.pack(self.ssrc, self.ntp, self.timestamp, self.packets, self.octets)
        )


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What one receiver says of one source (RFC 3550, 6.4.1); times in 1/65536 s."""

    ssrc: int
    fraction_lost: int
    packets_lost: int
    highest_sequence: int
    jitter: int
    last_sender_report: int
    delay: int


def read(data: bytes) -> Iterator[Rtcp]:
    """The packets of a compound one, as far as they are whole."""
    position = 0
    while position + 4 <= len(data):
        first, kind, words = _HEADER.unpack_from(data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        yield Rtcp(kind, first & 0x1F, data[position + 4 : end])
        position = end


def media_ssrcs(packet: Rtcp) -> list[int]:
    """The streams that a feedback packet (PLI, FIR, NACK) is about."""
    if len(packet.body) < 8:
        return []
    if packet.kind == PAYLOAD_FEEDBACK and packet.format == FIR:
        return [_TWO.unpack_from(packet.body, at)[0] for at in range(8, len(packet.body) - 7, 8)]
    return [_TWO.unpack_from(packet.body)[1]]


def lost_sequences(packet: Rtcp) -> list[int]:
    """The sequence numbers that a NACK asks for."""
    lost: list[int] = []
    for at in range(8, len(packet.body) - 3, 4):
        first, mask = _PID_BLP.unpack_from(packet.body, at)
        lost.append(first)
        lost.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)
    return lost


def report_blocks(packet: Rtcp) -> list[ReportBlock]:
    """What a sender or receiver report says of the sources that its sender receives."""
    start = {RECEIVER_REPORT: 4, SENDER_REPORT: _SENDER.size}.get(packet.kind)
    if start is None or len(packet.body) < start + packet.format * _BLOCK.size:
        return []
    found = []
    for at in range(start, start + packet.format * _BLOCK.size, _BLOCK.size):
        ssrc, lost, *rest = _BLOCK.unpack_from(packet.body, at)
        total = (lost & 0xFFFFFF) - (lost << 1 & 0x1000000)
        found.append(ReportBlock(ssrc, lost >> 24, total, *rest))
    return found


def receiver_report(sender: int, blocks: Iterable[ReportBlock]) -> bytes:
    """A receiver report of at most 31 blocks."""
    written = b"".join(
        _BLOCK.pack(
            block.ssrc,
            (block.fraction_lost << 24) | (block.packets_lost & 0xFFFFFF),
            block.highest_sequence,
            block.jitter,
            block.last_sender_report,
            block.delay,
        )
        for block in blocks
    )
    return _packet(RECEIVER_REPORT, len(written) // _BLOCK.size, sender.to_bytes(4, "big") + written)


def picture_loss(sender: int, media: int) -> bytes:
    """PLI: the sender of `media` shall send a key frame."""
    return _packet(PAYLOAD_FEEDBACK, PLI, _TWO.pack(sender, media))


def negative_acknowledgement(sender: int, media: int, lost: Iterable[int]) -> bytes:
    """NACK for `lost`, in ascending order as the source numbered them."""
    pairs: list[list[int]] = []
    for sequence in lost:
        distance = (sequence - pairs[-1][0]) & 0xFFFF if pairs else 0
        if pairs and 0 < distance <= 16:
            pairs[-1][1] |= 1 << (distance - 1)
        else:
            pairs.append([sequence, 0])
    return _packet(
        TRANSPORT_FEEDBACK, NACK, _TWO.pack(sender, media) + b"".join(_PID_BLP.pack(*pair) for pair in pairs)
    )


def maximum_bitrate(sender: int, bitrate: int, media: list[int]) -> bytes:
    """REMB: the sources `media` together may send `bitrate` (bit/s)."""
    exponent = max(0, bitrate.bit_length() - 18)
    packed = (len(media) << 24) | (exponent << 18) | (bitrate >> exponent)
    ssrcs = b"".join(ssrc.to_bytes(4, "big") for ssrc in media)
    return _packet(
        PAYLOAD_FEEDBACK, APPLICATION, _TWO.pack(sender, 0) + b"REMB" + packed.to_bytes(4, "big") + ssrcs
    )


def _packet(kind: int, form: int, body: bytes) -> bytes:
    return _HEADER.pack(0x80 | form, kind, len(body) // 4) + body
