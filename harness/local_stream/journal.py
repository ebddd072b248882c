"""What was asked of the local Stream and what it said, in order: its evidence.

Nothing secret goes in: callers record operations, ids and outcomes, never tokens or SDPs. What clients make
long is cut, so that the whole stays of a bounded size.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

Door = Literal["client", "server", "ws", "sfu_rpc", "sfu_ws", "event", "fault", "webhook"]
Entry = dict[str, Any]

LIMIT = 100_000
LONGEST_TEXT = 500
LONGEST_LIST = 100


class Journal:
    """The last `LIMIT` entries; `seq` counts on across `clear`, so who follows never sees one twice."""

    def __init__(self, clock: Callable[[], float] = time.time, limit: int = LIMIT) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._seq = 0

    def record(
        self,
        door: Door,
        operation: str,
        *,
        method: str = "",
        path: str = "",
        status: int | None = None,
        user_id: str | None = None,
        call_cid: str | None = None,
        **detail: object,
    ) -> None:
        """Add one entry; `operation` is Stream's name for it (`JoinCall`, `SetPublisher`, `call.ended`)."""
        self._seq += 1
        self._entries.append(
            {
                "seq": self._seq,
                "time": self._clock(),
                "door": door,
                "operation": operation,
                "method": method,
                "path": _cut(path),
                "status": status,
                "user_id": _cut(user_id),
                "call_cid": _cut(call_cid),
                "detail": {name: _cut(value) for name, value in detail.items()},
            }
        )

    def __len__(self) -> int:
        return len(self._entries)

    def entries(
        self,
        *,
        call_cid: str | None = None,
        user_id: str | None = None,
        operation: str | None = None,
        after_seq: int = 0,
    ) -> list[Entry]:
        """Entries later than `after_seq` that match every filter given, oldest first."""
        wanted = {"call_cid": call_cid, "user_id": user_id, "operation": operation}
        filters = {name: value for name, value in wanted.items() if value is not None}
        return [
            entry
            for entry in self._entries
            if entry["seq"] > after_seq and all(entry[name] == value for name, value in filters.items())
        ]

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()


def _cut(value: object) -> object:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    if isinstance(value, list):
        return [_cut(each) for each in value[:LONGEST_LIST]]
    return value
