"""What connections measured (`getStats`, once a second by the probe) as series for plots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from harness.trace.evidence import Series

Entry = dict[str, Any]


@dataclass(frozen=True)
class Measure:
    """`field` of entries of a type, as it is or, when `rate`, by how much it rises in a second."""

    type: str
    field: str
    name: str
    unit: str
    rate: bool = False
    factor: float = 1.0


MEASURES = (
    Measure("inbound-rtp", "bytesReceived", "received", "kbit/s", rate=True, factor=0.008),
    Measure("inbound-rtp", "framesDecoded", "frames decoded", "per second", rate=True),
    Measure("inbound-rtp", "frameHeight", "picture height", "pixels"),
    Measure("inbound-rtp", "packetsLost", "packets lost", "per second", rate=True),
    Measure("inbound-rtp", "jitter", "jitter", "ms", factor=1000),
    Measure("inbound-rtp", "freezeCount", "freezes", "in all"),
    Measure("inbound-rtp", "totalAudioEnergy", "sound energy", "per second", rate=True),
    Measure("inbound-rtp", "concealedSamples", "concealed samples", "per second", rate=True),
    Measure("outbound-rtp", "bytesSent", "sent", "kbit/s", rate=True, factor=0.008),
    Measure("outbound-rtp", "framesEncoded", "frames encoded", "per second", rate=True),
    Measure("outbound-rtp", "frameHeight", "picture height sent", "pixels"),
    Measure("remote-inbound-rtp", "fractionLost", "lost on the way", "%", factor=100),
    Measure("remote-inbound-rtp", "roundTripTime", "round trip", "ms", factor=1000),
    Measure("candidate-pair", "availableOutgoingBitrate", "estimated bandwidth", "kbit/s", factor=0.001),
)


def series_of(who: str, samples: Sequence[dict[str, Any]]) -> Iterator[Series]:
    """A series for each measure of each track (or path) of each connection that moved at all.

    `samples` are the probe's: {at: milliseconds, connection: number, entries: [...]}.
    """
    tracks: dict[tuple[int, str], list[tuple[float, Entry]]] = defaultdict(list)
    for sample in samples:
        for entry in sample["entries"]:
            if entry["type"] != "candidate-pair" or entry.get("nominated"):
                tracks[sample["connection"], entry["id"]].append((sample["at"] / 1000, entry))
    for (connection, _), seen in tracks.items():
        last = seen[-1][1]
        for measure in MEASURES:
            points = _points(measure, seen) if measure.type == last["type"] else []
            if any(value for _, value in points):
                name = " ".join(filter(None, [last.get("kind"), measure.name]))
                yield Series(who, f"{name} ({_place(connection, last)})", measure.unit, tuple(points))


def _place(connection: int, entry: Entry) -> str:
    parts = [f"{name} {entry[name]}" for name in ("mid", "rid") if entry.get(name) is not None]
    return ", ".join([f"connection {connection}", *parts])


def _points(measure: Measure, seen: Sequence[tuple[float, Entry]]) -> list[tuple[float, float]]:
    values = [(t, float(entry[measure.field])) for t, entry in seen if entry.get(measure.field) is not None]
    if not measure.rate:
        return [(t, value * measure.factor) for t, value in values]
    return [
        # A counter that begins anew has not fallen.
        (t, max(0.0, value - before) / (t - began) * measure.factor)
        for (began, before), (t, value) in pairwise(values)
        if t > began
    ]
