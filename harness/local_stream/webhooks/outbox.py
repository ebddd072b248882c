"""Events that wait for their receivers: in order for each call and receiver, and never in anybody's way.

Source of the attempts and times: the vendor's documentation of webhooks. How long it waits between two
attempts it does not say.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from harness.local_stream.coordinator.encoding import dump, nanoseconds
from harness.local_stream.coordinator.source import Source
from harness.local_stream.webhooks.delivery import Delivery, State
from harness.local_stream.webhooks.hook import Hook
from harness.local_stream.webhooks.sender import Sender

log = logging.getLogger("local-stream")

# Waiting at once: what comes on top is lost, and said to be. And how many are remembered.
MOST_WAITING = 1_000
MOST_KEPT = 10_000
# One delivery with all its attempts takes no longer than so many timeouts: the vendor's 15 s of 6 s.
TIMEOUTS_IN_ALL = 2.5


class Outbox:
    """`hooks` says at any time where events go; `timeout` of a request and `backoff` are in seconds."""

    def __init__(
        self, hooks: Callable[[], list[Hook]], sender: Sender, source: Source, timeout: float, backoff: float
    ) -> None:
        self._hooks, self._sender, self._source = hooks, sender, source
        self._in_all, self._backoff = timeout * TIMEOUTS_IN_ALL, backoff
        self._kept: deque[Delivery] = deque(maxlen=MOST_KEPT)
        self._lines: dict[tuple[str, str], deque[Delivery]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    def put(self, event: str, call_cid: str, body: Mapping[str, Any]) -> None:
        """Send an event to every receiver that wants it. Returns at once."""
        wanting = [hook for hook in self._hooks() if hook.wants(event)]
        if not wanting:
            return
        content = dump(body, nanoseconds).encode()
        for hook in wanting:
            delivery = Delivery(self._source.new_id(), event, call_cid, hook, content)
            self._kept.append(delivery)
            self._enqueue(delivery)

    def listed(self, **wanted: str | None) -> list[dict[str, object]]:
        """Deliveries whose fields are as wanted, oldest first."""
        shown = [delivery.shown() for delivery in self._kept]
        filters = {name: value for name, value in wanted.items() if value is not None}
        return [each for each in shown if all(each[name] == value for name, value in filters.items())]

    def redeliver(self, delivery_id: str) -> dict[str, object] | None:
        """Send one once more, with its old id and body; None when there is no such one."""
        for delivery in self._kept:
            if delivery.id == delivery_id:
                if delivery.state != "waiting":
                    self._enqueue(delivery)
                return delivery.shown()
        return None

    async def reset(self) -> None:
        """Forget everything at once, also what is under way; then wait for the end of that."""
        self._lines.clear()
        self._kept.clear()
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def close(self) -> None:
        """Stop for good: no request and no task is left."""
        await self.reset()
        await self._sender.close()

    def _enqueue(self, delivery: Delivery) -> None:
        if sum(map(len, self._lines.values())) >= MOST_WAITING:
            delivery.state = "overflowed"
            log.warning("webhook lost, %d are waiting: %s %s", MOST_WAITING, delivery.event, delivery.id)
            return
        delivery.state = "waiting"
        line = self._lines.get(delivery.line)
        if line is not None:
            line.append(delivery)
            return
        self._lines[delivery.line] = deque([delivery])
        worker = asyncio.create_task(self._work(delivery.line))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, name: tuple[str, str]) -> None:
        line = self._lines[name]
        try:
            while line:
                line[0].state = await self._outcome(line[0])
                line.popleft()
        finally:
            if self._lines.get(name) is line:
                del self._lines[name]

    async def _outcome(self, delivery: Delivery) -> State:
        try:
            return "delivered" if await self._attempts(delivery) else "failed"
        except Exception as error:  # whatever it is, those behind this one have to get through
            # Its words may hold the address, and that a secret.
            log.error("webhook failed by a defect, %s: %s", type(error).__name__, delivery.id)
            return "failed"

    async def _attempts(self, delivery: Delivery) -> bool:
        now = asyncio.get_running_loop().time
        deadline, tried = now() + self._in_all, 0
        while True:
            tried += 1
            number, left = len(delivery.attempts) + 1, deadline - now()
            attempt = await self._sender.attempt(delivery, number, within=left)
            delivery.attempts.append(attempt)
            pause = self._backoff * 2 ** (tried - 1)
            if attempt.good or tried >= attempt.allowed or now() + pause >= deadline:
                return attempt.good
            await asyncio.sleep(pause)
