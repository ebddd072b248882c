"""Media faults on demand: the rules in force, and what each has done to whose packets.

All rules that match a track stand on its way, in the order in which they were added.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from weakref import WeakKeyDictionary

from harness.local_stream.journal import Journal
from harness.local_stream.sfu.disturbance import Disturbance
from harness.local_stream.sfu.held_packets import Deliver
from harness.local_stream.sfu.media_path import NAMES, MediaPath, OpenPath
from harness.local_stream.sfu.media_rule import Direction, MediaRule, Place, read_media_rule


@dataclass
class Fault:
    """A rule in force; `counts` of each place outlive the track that was there."""

    fault_id: str
    rule: MediaRule
    counts: dict[Place, Counter[str]] = field(default_factory=dict)

    def shown(self) -> dict[str, object]:
        """What was asked for, and what came of it, in all and for each track."""
        touched = {place: counts for place, counts in self.counts.items() if counts}
        total = sum(touched.values(), Counter(matches=0, hits=0))
        tracks = [asdict(place) | counts for place, counts in touched.items()]
        asked = self.rule.model_dump(exclude_defaults=True)
        shown = {"matches": 0, "hits": 0} | dict(total)
        return {"id": self.fault_id, **asked, **shown, "tracks": tracks}


class MediaFaults:
    """The faults by id. Ids count on across `clear`, so that an old one never names a new fault."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._faults: dict[str, Fault] = {}
        self._made = 0
        self._paths: WeakKeyDictionary[MediaPath, dict[str, Disturbance]] = WeakKeyDictionary()

    def add(self, given: Mapping[str, object]) -> dict[str, object]:
        """The new fault as it is listed; raises BadRule."""
        rule = read_media_rule(given)
        self._made += 1
        fault = self._faults[str(self._made)] = Fault(str(self._made), rule)
        self._apply()
        return fault.shown()

    def listed(self) -> list[dict[str, object]]:
        """Every fault with its counts."""
        return [fault.shown() for fault in self._faults.values()]

    def remove(self, fault_id: str) -> bool:
        """Whether there was such a fault to remove."""
        removed = self._faults.pop(fault_id, None)
        self._apply()
        return removed is not None

    def clear(self) -> None:
        """Forget every fault."""
        self._faults.clear()
        self._apply()

    def opener(self, cid: str, user_id: str, session_id: str, direction: Direction) -> OpenPath:
        """What opens the paths of one participant in one direction."""

        def open_path(kind: int, deliver: Deliver) -> MediaPath:
            path = MediaPath(Place(cid, user_id, session_id, direction, NAMES[kind]), deliver)
            self._paths[path] = {}
            self._put(path)
            return path

        return open_path

    def _apply(self) -> None:
        for path in list(self._paths):
            self._put(path)

    def _put(self, path: MediaPath) -> None:
        """Those that stand there already stay, with what they have counted."""
        standing = self._paths[path]
        matching = {key: fault for key, fault in self._faults.items() if fault.rule.matches(path.place)}
        now = {key: standing.get(key) or self._disturbance(fault, path) for key, fault in matching.items()}
        self._paths[path] = now
        path.put(tuple(now.values()))

    def _disturbance(self, fault: Fault, path: MediaPath) -> Disturbance:
        counts = fault.counts.setdefault(path.place, Counter())
        first_hit = partial(self._record, fault, path.place)
        return Disturbance(fault.rule, counts, first_hit, asyncio.get_running_loop())

    def _record(self, fault: Fault, place: Place) -> None:
        self._journal.record(
            "fault",
            f"{place.direction} {place.kind}",
            user_id=place.user_id,
            call_cid=place.call_cid,
            fault=fault.fault_id,
            at="media",
            effect=fault.rule.effect,
            session_id=place.session_id,
        )
