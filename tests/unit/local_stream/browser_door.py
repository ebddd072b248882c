"""A person's WebSocket to the coordinator, as the JS client opens it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.unit.local_stream.server import API_KEY, PATIENCE, LocalStream, token


class Person:
    """One connected user: asks with its connection id, and hears events."""

    def __init__(self, local_stream: LocalStream, user_id: str, socket: ClientConnection) -> None:
        self.id = user_id
        self.socket = socket
        self._local_stream = local_stream
        self.hello = self.hears_next()
        self.connection_id = str(self.hello.get("connection_id"))

    def asks(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The answer to a request on the client door; it must be a good one."""
        answer = self._local_stream.as_user(
            self.id, method, f"/video{path}", body, connection_id=self.connection_id
        )
        assert answer.is_success, answer.text
        return dict(answer.json())

    def hears_next(self, within: float = PATIENCE) -> dict[str, Any]:
        """The next event, `within` seconds."""
        return dict(json.loads(self.socket.recv(timeout=within)))

    def hears(self, event_type: str, within: float = PATIENCE) -> dict[str, Any]:
        """The next event of this type; those before it are passed over, each `within` seconds."""
        while True:
            event = self.hears_next(within)
            if event["type"] == event_type:
                return event

    def heard_before_echo(self) -> list[dict[str, Any]]:
        """All events that came before the answer to a health check sent now."""
        self.socket.send(json.dumps([{"type": "health.check", "client_id": self.connection_id}]))
        heard: list[dict[str, Any]] = []
        while (event := self.hears_next())["type"] != "health.check":
            heard.append(event)
        return heard


@contextmanager
def opened(local_stream: LocalStream, api_key: str = API_KEY) -> Iterator[ClientConnection]:
    """The WebSocket before anything was said."""
    address = local_stream.base_url.replace("http", "ws", 1) + "/video/connect"
    with connect(f"{address}?api_key={api_key}&stream-auth-type=jwt&X-Stream-Client=tests") as socket:
        yield socket


@contextmanager
def connected(local_stream: LocalStream, user_id: str, **details: object) -> Iterator[Person]:
    """`user_id`, connected."""
    with opened(local_stream) as socket:
        socket.send(introduction(user_id, token({"user_id": user_id}), **details))
        yield Person(local_stream, user_id, socket)


def introduction(user_id: str, user_token: str, **details: object) -> str:
    """The first message of the JS client."""
    return json.dumps(
        {"token": user_token, "products": ["video"], "user_details": {"id": user_id, **details}}
    )
