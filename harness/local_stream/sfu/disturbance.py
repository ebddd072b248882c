"""One media fault at work on one path: which packets it hits, and what becomes of them.

Each path has a count and chances of its own, so what is hit does not depend on what else flows.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from harness.local_stream.sfu.held_packets import Clock, Deliver, HeldPackets, Timer
from harness.local_stream.sfu.media_rule import MediaRule
from harness.local_stream.sfu.rtp import payload_start

# A packet that waits to be overtaken goes on after so long: perhaps nothing follows it.
OVERTAKEN_WITHIN = 1.0
# What the queue before a narrow path holds; what comes on top is lost.
QUEUE_SECONDS = 0.5
# The first bytes of a payload are the codec's own header: they stay, so that it is the picture that suffers.
SPARED = 16


@dataclass(eq=False)
class Overtaken:
    """A packet that goes on after so many later ones, or when its time is over."""

    left: int
    data: bytes
    onward: Deliver
    timer: Timer | None = None


class Disturbance:
    """Counts `matches`, `hits` and what became of them (`dropped`, `delayed` ...) in `counts`.

    `first_hit` is called once. Held packets are passed on by timers of `clock`.
    """

    def __init__(
        self,
        rule: MediaRule,
        counts: Counter[str],
        first_hit: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._rule = rule
        self._counts = counts
        self._first_hit = first_hit
        self._clock = clock
        self._random = random.Random(rule.seed)  # noqa: S311 - a pattern to repeat, no secret
        self._number = self._row = 0
        self._began: float | None = None
        self._free_at = self._latest = 0.0
        self._held = HeldPackets(clock)
        self._overtaken: list[Overtaken] = []
        self._affect: Callable[[bytes, Deliver], None] = getattr(self, f"_{rule.effect}")

    def push(self, data: bytes, onward: Deliver) -> None:
        self._counts["matches"] += 1
        if not self._is_over() and self._is_hit():
            self._counts["hits"] += 1
            if self._counts["hits"] == 1:
                self._first_hit()
            self._affect(data, onward)
        else:
            onward(data)
            self._overtake()

    def release(self) -> None:
        """Pass on at once what is held."""
        self._held.release()
        while self._overtaken:
            self._go(self._overtaken[0])

    def _is_over(self) -> bool:
        now = self._clock.time()
        self._began = now if self._began is None else self._began
        over = self._rule.seconds is not None and now >= self._began + self._rule.seconds
        if over:
            self.release()
        return over

    def _is_hit(self) -> bool:
        """Whether this packet begins, or belongs to, a row of packets that are hit."""
        self._number += 1
        rule = self._rule
        # Drawn for each packet, so that a row of hits does not shift the pattern.
        lucky = rule.rate is None or self._random.random() < rule.rate
        chosen = rule.packets is None or self._number in rule.packets
        if lucky and chosen and self._number % (rule.every or 1) == 0:
            self._row = rule.burst
        self._row -= 1
        return self._row >= 0

    def _drop(self, _data: bytes, _onward: Deliver) -> None:
        self._counts["dropped"] += 1

    _freeze = _drop

    def _delay_ms(self, data: bytes, onward: Deliver) -> None:
        """Jitter stretches the distances and keeps the order, as a queue on the way does."""
        self._counts["delayed"] += 1
        seconds = (self._rule.delay_ms + self._random.random() * self._rule.jitter_ms) / 1000
        self._latest = max(self._latest, self._clock.time() + seconds)
        self._held.put(self._latest, data, onward)

    def _stall(self, data: bytes, onward: Deliver) -> None:
        self._counts["delayed"] += 1
        assert self._began is not None
        assert self._rule.seconds is not None
        self._held.put(self._began + self._rule.seconds, data, onward)

    def _bandwidth_kbps(self, data: bytes, onward: Deliver) -> None:
        now = self._clock.time()
        done = max(now, self._free_at) + len(data) * 8 / (self._rule.bandwidth_kbps * 1000)
        if done - now > QUEUE_SECONDS:
            self._counts["dropped"] += 1
            return
        self._counts["delayed"] += 1
        self._free_at = done
        self._held.put(done, data, onward)

    def _duplicate(self, data: bytes, onward: Deliver) -> None:
        self._counts["duplicated"] += 1
        onward(data)
        onward(data)

    def _corrupt(self, data: bytes, onward: Deliver) -> None:
        """As many bytes as told are inverted, each time at other places."""
        self._counts["corrupted"] += 1
        start, changed = payload_start(data), bytearray(data)
        places = range(min(start + SPARED, len(data) - 1), len(data))
        for at in self._random.sample(places, min(self._rule.corrupt, len(places))):
            changed[at] ^= 0xFF
        onward(bytes(changed))

    def _reorder(self, data: bytes, onward: Deliver) -> None:
        self._overtake()
        self._counts["reordered"] += 1
        waiting = Overtaken(self._rule.reorder, data, onward)
        until = self._clock.time() + OVERTAKEN_WITHIN
        waiting.timer = self._clock.call_at(until, lambda: self._go(waiting))
        self._overtaken.append(waiting)

    def _overtake(self) -> None:
        """A packet has come by: those that waited for it go on."""
        for waiting in list(self._overtaken):
            waiting.left -= 1
            if waiting.left == 0:
                self._go(waiting)

    def _go(self, waiting: Overtaken) -> None:
        if waiting.timer:
            waiting.timer.cancel()
        self._overtaken.remove(waiting)
        waiting.onward(waiting.data)
