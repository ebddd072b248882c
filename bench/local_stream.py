"""What the local Stream takes: `.venv/bin/python -m bench.local_stream [REQUESTS]` in the checkout.

How long JoinCall and GetOrCreateCall take for 1, 10 and 100 clients at once, alone and beside 1,000 connected
WebSockets; what 2,000 WebSockets take to connect and to hold; and what an event costs that one of them gets.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx

from bench.closed_loop import Figures, run
from tests.unit.local_stream.crowd import crowd
from tests.unit.local_stream.server import API_KEY, running, signed, token

ADDRESS = "127.0.0.1"
CLIENTS = (1, 10, 100)
BESIDE = (0, 1_000)
MANY = 2_000
EVENTS = 300
MEGABYTE = 1_000_000


def request(path: str, body: object, claims: dict[str, object]) -> bytes:
    """The bytes of one POST."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path}?api_key={API_KEY} HTTP/1.1\r\nHost: {ADDRESS}\r\nAuthorization: {token(claims)}\r\n"
        "stream-auth-type: jwt\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def creations(number: int, name: str) -> Iterator[bytes]:
    """GetOrCreateCall of so many new calls."""
    body = {"data": {"created_by_id": "host", "members": [{"user_id": "host", "role": "host"}]}}
    for each in range(number):
        yield request(f"/api/v2/video/call/livestream/{name}-{each}", body, {"server": True})


def joins(number: int, call_id: str) -> Iterator[bytes]:
    """JoinCall by the host, so many times."""
    asked = request(f"/video/call/livestream/{call_id}/join", {"location": "LCL"}, {"user_id": "host"})
    for _ in range(number):
        yield asked


Row = tuple[str, int, int, Figures, float]


def measure(port: int, requests: int, http: httpx.Client) -> Iterator[Row]:
    """Operation, clients, WebSockets beside, the figures, and the server's processor time in milliseconds."""

    def measured(asked: Iterator[bytes]) -> tuple[Figures, float]:
        before = http.get("/_control/health").json()["cpu_seconds"]
        figures = run((ADDRESS, port), clients, asked)
        return figures, (http.get("/_control/health").json()["cpu_seconds"] - before) / requests * 1000

    for beside in BESIDE:
        with ExitStack() as meanwhile:
            meanwhile.enter_context(crowd(f"http://{ADDRESS}:{port}", [f"idle-{n}" for n in range(beside)]))
            for clients in CLIENTS:
                name = f"{beside}-{clients}"
                yield "GetOrCreateCall", clients, beside, *measured(creations(requests, name))
                yield "JoinCall", clients, beside, *measured(joins(requests, f"{name}-0"))


def show(rows: list[Row]) -> None:
    """The table; `ratio` is p50 to that of one client, `beside` p50 to that without WebSockets."""
    print(f"{'operation':16} {'clients':>7} {'sockets':>7} {'req/s':>7} {'p50 ms':>8} {'p99 ms':>8}", end="")
    print(f" {'ratio':>6} {'beside':>6} {'CPU ms':>6} {'failed':>6}")
    p50 = {(name, clients, beside): figures.p50 for name, clients, beside, figures, _ in rows}
    for name, clients, beside, got, cpu in rows:
        ratio, over_none = got.p50 / p50[name, 1, beside], got.p50 / p50[name, clients, 0]
        print(f"{name:16} {clients:7} {beside:7} {got.per_second:7.0f} {got.p50:8.2f} {got.p99:8.2f}", end="")
        print(f" {ratio:6.1f} {over_none:6.2f} {cpu:6.2f} {got.failed:6}")


def sockets(base_url: str, http: httpx.Client) -> None:
    """What many WebSockets take, and an event that one of them gets."""
    before = http.get("/_control/health").json()["rss_bytes"]
    began = time.perf_counter()
    with crowd(base_url, [f"person-{n}" for n in range(MANY)]) as people:
        took = time.perf_counter() - began
        held = http.get("/_control/health").json()["rss_bytes"] - before
        print(f"{MANY} WebSockets: connected in {took:.1f} s, ", end="")
        print(f"{held / MEGABYTE / MANY * 1000:.1f} MB for each 1,000", end="")
        with_many = event_time(people[7][0].hears_next, http, "person-7")
    with crowd(base_url, ["person-7"]) as ((alone, _),):
        with_one = event_time(alone.hears_next, http, "person-7")
    print(f"; an event reaches one of them in {with_many:.2f} ms ({with_many / with_one:.2f} of when alone)")


def event_time(hear: object, http: httpx.Client, user_id: str) -> float:
    """Milliseconds from asking for a change until its event was heard, on average."""
    assert callable(hear)
    headers, parameters = signed({"server": True}), {"api_key": API_KEY}
    path = f"/api/v2/video/call/livestream/{user_id}-{time.monotonic_ns()}"
    body = {"data": {"created_by_id": user_id, "members": [{"user_id": user_id}]}}
    http.post(path, params=parameters, headers=headers, json=body).raise_for_status()
    assert hear()["type"] == "call.created"
    began = time.perf_counter()
    for turn in range(EVENTS):
        http.patch(path, params=parameters, headers=headers, json={"custom": {"turn": turn}})
        assert hear()["call"]["custom"] == {"turn": turn}
    return (time.perf_counter() - began) / EVENTS * 1000


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with running() as base_url, httpx.Client(base_url=base_url, timeout=30) as http:
        port = int(base_url.rpartition(":")[2])
        sockets(base_url, http)
        http.post("/_control/reset").raise_for_status()
        users = {"users": {"host": {"id": "host"}}}
        headers = signed({"server": True})
        http.post(
            "/api/v2/users", params={"api_key": API_KEY}, headers=headers, json=users
        ).raise_for_status()
        run((ADDRESS, port), 1, creations(200, "warm"))
        show(list(measure(port, requests, http)))


if __name__ == "__main__":
    main()
