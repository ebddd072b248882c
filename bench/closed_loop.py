"""Clients that ask again as soon as they have their answer, over keep-alive connections, in one thread."""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Figures:
    """What one run gave; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    failed: int


class Client:
    """One connection, one request at a time."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE_SECONDS)
        self._read = bytearray()
        self._asked = 0.0

    def ask(self, request: bytes) -> None:
        """Send; the answer is timed from here."""
        self._read.clear()
        self._asked = time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> tuple[float, bool] | None:
        """Seconds, and whether it was a good answer; None while there is more to come."""
        more = self.socket.recv(65_536)
        if not more:
            raise ConnectionError("the server closed a keep-alive connection")
        self._read += more
        head, complete, body = bytes(self._read).partition(b"\r\n\r\n")
        if not complete or len(body) < _length(head):
            return None
        return time.perf_counter() - self._asked, head.startswith(b"HTTP/1.1 2")


def run(address: tuple[str, int], clients: int, requests: Iterator[bytes]) -> Figures:
    """Let `clients` ask `requests` until there are none left."""
    times: list[float] = []
    failed = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            client = Client(address)
            selector.register(client.socket, selectors.EVENT_READ, client)
        began = time.perf_counter()
        asking = sum(_next(key.data, requests, selector) for key in list(selector.get_map().values()))
        while asking:
            for key, _ in selector.select(PATIENCE_SECONDS):
                answer = key.data.answered()
                if answer is None:
                    continue
                times.append(answer[0])
                failed += not answer[1]
                asking -= not _next(key.data, requests, selector)
        took = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return Figures(len(times) / took, cuts[49] * 1000, cuts[98] * 1000, failed)


def _next(client: Client, requests: Iterator[bytes], selector: selectors.BaseSelector) -> bool:
    request = next(requests, None)
    if request is None:
        selector.unregister(client.socket)
        client.socket.close()
        return False
    client.ask(request)
    return True


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
