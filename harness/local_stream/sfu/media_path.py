"""The way that one track's packets take at one participant; faults stand on it, and none is the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from harness.local_stream.sfu.held_packets import Deliver
from harness.local_stream.sfu.media_rule import KINDS, Place

NAMES = {number: name for name, number in KINDS.items()}


class Obstacle(Protocol):
    """A fault on one path: it passes packets on, later, changed, twice or not at all."""

    def push(self, data: bytes, onward: Deliver) -> None: ...

    def release(self) -> None:
        """Pass on at once what is held: the fault is over."""


class MediaPath:
    """`send` a packet, and `deliver` is called with what comes through. Users look at `disturbed` first."""

    def __init__(self, place: Place, deliver: Deliver) -> None:
        self.place = place
        self.disturbed = False
        self._deliver = deliver
        self._obstacles: Sequence[Obstacle] = ()

    def put(self, obstacles: Sequence[Obstacle]) -> None:
        """From now on these are in the way, in this order; what those that went away held is let go."""
        gone = [each for each in self._obstacles if each not in obstacles]
        self._obstacles = obstacles
        self.disturbed = bool(obstacles)
        for each in gone:
            each.release()

    def send(self, data: bytes) -> None:
        """A packet meets those that stand there when it comes."""
        self._pass(self._obstacles, data)

    def _pass(self, obstacles: Sequence[Obstacle], data: bytes) -> None:
        if obstacles:
            obstacles[0].push(data, lambda changed: self._pass(obstacles[1:], changed))
        else:
            self._deliver(data)


OpenPath = Callable[[int, Deliver], MediaPath]
"""Opens the path of a track of a `models.TrackType`."""


def undisturbed(kind: int, deliver: Deliver) -> MediaPath:
    """A path that no fault finds."""
    return MediaPath(Place("", "", "", "publish", NAMES.get(kind, "")), deliver)
