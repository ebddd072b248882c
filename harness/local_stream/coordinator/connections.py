"""The open WebSockets, found by id, by user and by the call that they watch.

An event costs its receivers alone, however many others are connected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from harness.local_stream.coordinator.users import User
from harness.local_stream.unread import Unread

GOING_AWAY = 1001


class Connection:
    """One open WebSocket of a user. Frames wait in line; None closes the connection."""

    def __init__(self, connection_id: str, user: User) -> None:
        self.id = connection_id
        self.user = user
        self.watched: set[str] = set()
        self.closing_code = GOING_AWAY
        self.cut: Callable[[], object] = self.close
        self._unread = Unread[str]()

    def send(self, frame: str) -> None:
        """Put `frame` in line; a connection that is too far behind is cut instead."""
        if not self._unread.put(frame, len(frame)):
            self.cut()

    def close(self, code: int = GOING_AWAY) -> None:
        """Close after the frames that are in line. Clients come back, except after code 1000."""
        self.closing_code = code
        self._unread.end()

    async def next_frame(self) -> str | None:
        """The frame that is first in line, once there is one."""
        return await self._unread.next()


class Connections:
    """All connections, oldest first in each of the indexes."""

    def __init__(self) -> None:
        self._by_id: dict[str, Connection] = {}
        self._by_user: dict[str, dict[str, Connection]] = {}
        self._watching: dict[str, dict[str, Connection]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_id.values()))

    def get(self, connection_id: str) -> Connection | None:
        """The open connection with this id, or None."""
        return self._by_id.get(connection_id)

    def add(self, connection: Connection) -> None:
        """Count a new connection in."""
        self._by_id[connection.id] = connection
        self._by_user.setdefault(connection.user.id, {})[connection.id] = connection

    def remove(self, connection: Connection) -> bool:
        """Forget a connection and what it watched; False when it was forgotten already."""
        if self._by_id.pop(connection.id, None) is None:
            return False
        _take_out(self._by_user, connection.user.id, connection)
        for cid in connection.watched:
            _take_out(self._watching, cid, connection)
        connection.watched.clear()
        return True

    def watch(self, connection: Connection, cid: str) -> None:
        """From now on `connection` watches the call."""
        connection.watched.add(cid)
        self._watching.setdefault(cid, {})[connection.id] = connection

    def of(self, user_ids: Iterable[str]) -> list[Connection]:
        """Every connection of these users."""
        return [each for user_id in user_ids for each in self._by_user.get(user_id, {}).values()]

    def concerned(self, cid: str, user_ids: Iterable[str]) -> list[Connection]:
        """Who watches the call, and every connection of these users; each once."""
        found = dict(self._watching.get(cid, {}))
        for user_id in user_ids:
            found |= self._by_user.get(user_id, {})
        return list(found.values())


def _take_out(index: dict[str, dict[str, Connection]], key: str, connection: Connection) -> None:
    index[key].pop(connection.id, None)
    if not index[key]:
        del index[key]
