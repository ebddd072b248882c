"""A WebSocket that costs little: no thread of its own, and nobody's goodbye is waited for."""

from __future__ import annotations

import socket
from contextlib import suppress

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

WITHIN = 30.0  # seconds for an answer
CHUNK = 65_536


class Wire:
    """Connected to `url` once it is made."""

    def __init__(self, url: str) -> None:
        uri = parse_uri(url)
        self._socket = socket.create_connection((uri.host, uri.port), WITHIN)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._protocol = ClientProtocol(uri)
        self._came: list[str | bytes] = []
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        while self._protocol.state is State.CONNECTING:
            self._take()

    def send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)
        self._flush()

    def receive(self) -> str | bytes:
        """The next message."""
        while not self._came:
            self._take()
        return self._came.pop(0)

    def close(self, code: int) -> None:
        """Say goodbye; what the other side still says is not read, and the socket stays until `free`."""
        if self._protocol.state is not State.OPEN:
            return
        with suppress(OSError):  # the other side may have been the first to go
            self._protocol.send_close(code)
            self._flush()
            self._socket.shutdown(socket.SHUT_WR)

    def breaks(self) -> None:
        """As when the network is gone: no goodbye."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self.free()

    def free(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def _take(self) -> None:
        data = self._socket.recv(CHUNK)
        assert data, "the WebSocket was closed by the other side"
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._came.append(bytes(event.data).decode())
            elif isinstance(event, Frame) and event.opcode is Opcode.BINARY:
                self._came.append(bytes(event.data))
        if self._protocol.handshake_exc is not None:
            raise self._protocol.handshake_exc
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._socket.sendall(data)
