"""Events: one publisher, which knows who should get them.

An event goes to who watches the call (after get, getOrCreate, join or a query with their `connection_id`), to
who is in it and to its members, once to each connection, in the order of publishing. Times on the WebSocket
are ISO 8601.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from harness.local_stream.coordinator.calls import Call
from harness.local_stream.coordinator.connections import Connection, Connections
from harness.local_stream.coordinator.encoding import dump, iso
from harness.local_stream.coordinator.errors import ApiError, Code, input_error
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.spoiling import deliver
from harness.local_stream.coordinator.users import User
from harness.local_stream.faults import Faults
from harness.local_stream.journal import Journal
from harness.local_stream.webhooks import Outbox

# A client does not come back after this code.
NORMAL = 1000


class Publisher:
    """Sends events to the connections that should get them, and writes them in the journal."""

    def __init__(self, source: Source, journal: Journal, faults: Faults, outbox: Outbox) -> None:
        self._source = source
        self._journal = journal
        self._faults = faults
        self._outbox = outbox
        self.connections = Connections()

    def connect(self, user: User) -> Connection:
        """A new connection of `user`."""
        connection = Connection(self._source.new_id(), user)
        self.connections.add(connection)
        user.connections += 1
        user.last_active = self._source.now()
        return connection

    def disconnect(self, connection: Connection) -> bool:
        """Forget `connection` and what it watched; False when it was forgotten already."""
        known = self.connections.remove(connection)
        if known:
            connection.user.connections -= 1
            connection.user.last_active = self._source.now()
        return known

    def check_watches(self, connection_id: str | None, user_id: str | None) -> None:
        """Raises ApiError 4 without a connection, and 46 when it is not open or not that user's."""
        if not connection_id:
            raise input_error(
                "Watch or Presence requires an active websocket connection, "
                "please make sure to include your websocket connection_id"
            )
        connection = self.connections.get(connection_id)
        if connection is None or connection.user.id != user_id:
            raise ApiError(
                400, Code.CONNECTION_ID, f"connection_id {connection_id} is not an open connection"
            )

    def watch(self, connection_id: str | None, user_id: str | None, call: Call) -> None:
        """Send the call's events to this connection from now on, if it is that user's and open.

        It may be neither: clients name their old one until they are connected anew, and then watch again.
        """
        connection = self.connections.get(connection_id or "")
        if connection and connection.user.id == user_id:
            self.connections.watch(connection, call.cid)

    def publish(
        self,
        call: Call,
        event: str,
        detail: Mapping[str, object],
        user_id: str | None = None,
        *,
        to: Collection[str] | None = None,
        also: Collection[str] = (),
    ) -> None:
        """Send `event` of `call`; `detail` is what the vendor's event holds beside type, cid and time.

        `to` names the users that it is for, whoever else watches; `also` users that it is for besides.
        Who is blocked hears nothing.
        """
        receivers = self._receivers(call, to, also)
        body = {"type": event, "call_cid": call.cid, "created_at": self._source.now(), **detail}
        self._outbox.put(event, call.cid, body)
        if receivers:
            frame = dump(body, iso)
            for connection in receivers:
                self._send(connection, event, frame, call.cid)
        self._journal.record("event", event, user_id=user_id, call_cid=call.cid, receivers=len(receivers))

    def _receivers(self, call: Call, to: Collection[str] | None, also: Collection[str]) -> list[Connection]:
        connections = self.connections
        inside = [each.user.id for each in call.session.participants.values()] if call.session else []
        concerned = {*call.members, *inside, *also}
        found = connections.concerned(call.cid, concerned) if to is None else connections.of(to)
        deaf = set(call.blocked_user_ids)
        return [each for each in found if each.user.id not in deaf] if deaf else found

    def publish_user(self, event: str, user: Mapping[str, object], to: Iterable[str]) -> None:
        """Send `event` about `user`, as the vendor shows it, to the users `to`."""
        receivers = self.connections.of(dict.fromkeys(to))
        frame = dump({"type": event, "created_at": self._source.now(), "custom": {}, "user": user}, iso)
        for connection in receivers:
            self._send(connection, event, frame, None)
        self._journal.record("event", event, user_id=str(user["id"]), receivers=len(receivers))

    def publish_custom(self, event: str, custom: Mapping[str, object], user_id: str) -> None:
        """Send an app's own `event` to one user."""
        receivers = self.connections.of([user_id])
        frame = dump({"type": event, "created_at": self._source.now(), "custom": custom}, iso)
        for connection in receivers:
            self._send(connection, event, frame, None)
        self._journal.record("event", event, user_id=user_id, receivers=len(receivers))

    def _send(self, connection: Connection, event: str, frame: str, cid: str | None) -> None:
        deliver(connection, frame, self._faults.bite("ws", event, user_id=connection.user.id, call_cid=cid))

    def disconnect_user(self, user_id: str) -> None:
        """Close every connection of one user, for good."""
        for connection in self.connections.of([user_id]):
            connection.close(NORMAL)

    def close_all(self) -> None:
        """Forget every connection, and close it: how soon it is closed is up to its client."""
        for connection in self.connections:
            self.disconnect(connection)
            connection.close()
