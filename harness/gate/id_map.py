"""The path of one callId through the system as shapes on a plane: who had it, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.trace.sightings import Divergence, Sighting
from harness.trace.timeline import rank

WIDTH = 1000.0
LEFT = 118.0  # room for the names of the lanes
RIGHT = 96.0  # room for the last label, which stands aslant
TOP = 104.0  # room for the labels
LANE = 30.0


@dataclass(frozen=True)
class Station:
    """A place that saw the id, `number` in the order of time. `differs`: not the first id."""

    number: int
    where: str
    who: str
    value: str
    evidence: str
    x: float
    y: float
    differs: bool
    parts: bool


@dataclass(frozen=True)
class IdMap:
    """All that the SVG needs, in its own units. `lanes` are names with the height of their line."""

    lanes: tuple[tuple[str, float], ...]
    stations: tuple[Station, ...]
    height: float
    top: float = TOP
    width: float = WIDTH
    left: float = LEFT

    @property
    def sections(self) -> list[tuple[Station, Station]]:
        """From each station to the next one."""
        return list(zip(self.stations, self.stations[1:], strict=False))


def draw_path(sightings: Iterable[Sighting], divergence: Divergence | None) -> IdMap:
    """One station for the first time that each place saw each value, and one where ids part."""
    stops = _stops(sightings, divergence)
    lanes = {
        who: TOP + LANE * (row + 0.5) for row, who in enumerate(sorted({one.who for one in stops}, key=rank))
    }
    step = (WIDTH - LEFT - RIGHT) / max(1, len(stops))
    stations = tuple(
        Station(
            number,
            one.where,
            one.who,
            one.value or "empty",
            one.evidence,
            LEFT + step * (number - 0.5),
            lanes[one.who],
            one.call_id != stops[0].call_id,
            divergence is not None and one == divergence.at,
        )
        for number, one in enumerate(stops, 1)
    )
    return IdMap(tuple(lanes.items()), stations, TOP + LANE * len(lanes) + 4)


def _stops(sightings: Iterable[Sighting], divergence: Divergence | None) -> list[Sighting]:
    first: dict[tuple[str, str, str], Sighting] = {}
    for one in sightings:
        first.setdefault((one.who, one.where, one.value), one)
    stops = list(first.values())
    if divergence is not None and divergence.at not in stops:
        # An id that was seen there before, and now comes after another one.
        stops.append(divergence.at)
    return sorted(stops, key=lambda one: one.t)
