"""Many people on the coordinator's WebSocket: bare sockets, so that the server is what takes the time.

They offer compression as browsers do. Everybody takes each step together: all ask, then all hear.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.unit.local_stream.server import API_KEY, token

PATIENCE_SECONDS = 30.0
TEXT, CLOSE, PING = 0x1, 0x8, 0x9
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
)


class Wire:
    """One bare WebSocket: frames out, frames in."""

    def __init__(self, base_url: str, path: str) -> None:
        address = urlsplit(base_url)
        assert address.hostname is not None
        assert address.port is not None
        self.socket = socket.create_connection((address.hostname, address.port), timeout=PATIENCE_SECONDS)
        self._unread = bytearray()
        self.socket.sendall(HANDSHAKE.format(path=path, host=address.netloc).encode())

    def opened(self) -> None:
        """Read the answer to the handshake, which must be a good one."""
        while b"\r\n\r\n" not in self._unread:
            self._more()
        head, _, rest = bytes(self._unread).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        self.compressed = b"permessage-deflate" in head
        self._unread = bytearray(rest)

    def send(self, text: str) -> None:
        """One text frame."""
        self.socket.sendall(frame(text.encode()))

    def hears_next(self) -> dict[str, Any]:
        """The next event."""
        while True:
            opcode, payload = self.next_frame()
            assert opcode in (TEXT, PING), (opcode, payload)
            if opcode == TEXT:
                return dict(json.loads(payload))

    def next_frame(self) -> tuple[int, bytes]:
        """Opcode and payload."""
        first, length = self._take(2)
        if length >= 126:
            (length,) = struct.unpack("!H" if length == 126 else "!Q", self._take(2 if length == 126 else 8))
        return first & 0xF, self._take(length)

    def _take(self, size: int) -> bytes:
        while len(self._unread) < size:
            self._more()
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def _more(self) -> None:
        read = self.socket.recv(65_536)
        if not read:
            raise ConnectionError("the server closed the connection")
        self._unread += read


def frame(payload: bytes, opcode: int = TEXT, *, last: bool = True) -> bytes:
    """A masked frame, as clients must send them."""
    head = bytes([opcode | (0x80 if last else 0)])
    size = len(payload)
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += struct.pack("!BH", 0x80 | 126, size)
    else:
        head += struct.pack("!BQ", 0x80 | 127, size)
    mask = os.urandom(4)
    pattern = mask * (size // 4 + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(pattern[:size], "big")
    return head + mask + masked.to_bytes(size, "big")


@contextmanager
def crowd(base_url: str, user_ids: Sequence[str]) -> Iterator[list[tuple[Wire, dict[str, Any]]]]:
    """A connection for each of `user_ids` (twice named is two tabs), each with its `connection.ok`."""
    path = f"/video/connect?api_key={API_KEY}&stream-auth-type=jwt"
    wires: list[Wire] = []
    try:
        for _ in user_ids:
            wires.append(Wire(base_url, path))  # one by one: what is open is closed when one fails
        for wire, user_id in zip(wires, user_ids, strict=True):
            wire.opened()
            said = {"token": token({"user_id": user_id}), "user_details": {"id": user_id}}
            wire.send(json.dumps(said))
        yield [(wire, wire.hears_next()) for wire in wires]
    finally:
        for wire in wires:
            wire.socket.close()
