"""Events: one publisher, and the WebSocket connections that they go to.

An event goes to who watches the call (after get, getOrCreate, join or a query with their `connection_id`) and
to its members, once to each connection, in the order of publishing. Times on the WebSocket are ISO 8601.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from harness.local_stream.coordinator.calls import Call
from harness.local_stream.coordinator.encoding import dump, iso
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.users import User
from harness.local_stream.journal import Journal

# A client that leaves this many events unread is disconnected: it is gone or stuck.
UNREAD_LIMIT = 1_000


class Connection:
    """One open WebSocket of a user. Frames wait in `outbox`; None closes the connection."""

    def __init__(self, connection_id: str, user: User) -> None:
        self.id = connection_id
        self.user = user
        self.watched: set[str] = set()
        self.outbox: asyncio.Queue[str | None] = asyncio.Queue()

    def send(self, frame: str) -> None:
        """Put `frame` in line; a connection that is too far behind is closed instead."""
        self.outbox.put_nowait(frame if self.outbox.qsize() < UNREAD_LIMIT else None)

    def close(self) -> None:
        """Close after the frames that are in line."""
        self.outbox.put_nowait(None)


class Publisher:
    """Sends events to the connections that should get them, and writes them in the journal."""

    def __init__(self, source: Source, journal: Journal) -> None:
        self._source = source
        self._journal = journal
        self._connections: dict[str, Connection] = {}

    def connect(self, user: User) -> Connection:
        """A new connection of `user`."""
        connection = Connection(self._source.new_id(), user)
        self._connections[connection.id] = connection
        user.connections += 1
        user.last_active = self._source.now()
        return connection

    def disconnect(self, connection: Connection) -> None:
        """Forget `connection` and what it watched."""
        if self._connections.pop(connection.id, None):
            connection.user.connections -= 1
            connection.user.last_active = self._source.now()

    def watch(self, connection_id: str | None, user_id: str | None, call: Call) -> None:
        """Send the call's events to this connection from now on, if it is that user's and open."""
        connection = self._connections.get(connection_id or "")
        if connection and connection.user.id == user_id:
            connection.watched.add(call.cid)

    def publish(
        self, call: Call, event: str, detail: Mapping[str, object], user_id: str | None = None
    ) -> None:
        """Send `event` of `call`; `detail` is what the vendor's event holds beside type, cid and time."""
        body = {"type": event, "call_cid": call.cid, "created_at": self._source.now(), **detail}
        frame = dump(body, iso)
        receivers = [each for each in self._connections.values() if _concerns(call, each)]
        for connection in receivers:
            connection.send(frame)
        self._journal.record("event", event, user_id=user_id, call_cid=call.cid, receivers=len(receivers))

    def close_all(self) -> None:
        """Close every connection."""
        for connection in list(self._connections.values()):
            connection.close()


def _concerns(call: Call, connection: Connection) -> bool:
    return call.cid in connection.watched or connection.user.id in call.members
