"""What the SFU costs: `.venv/bin/python -m bench.sfu [--minutes M] [--turnover N] [--viewers N,N,...]`.

One 640x480 camera and a microphone (200 packets a second) to more and more light viewers, until the SFU
cannot any more: its processor time for each forwarded packet, and the delay that it adds. Then its memory
while people join and leave, and over minutes. Host and viewers are processes of their own; their time is in
no figure.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from harness.config import child_environment
from tests.unit.local_stream.server import API_KEY, running, signed

STEPS = "1,10,25,50,75,100,125,150,200"
SECONDS = 5.0
WARM_SECONDS = 1.0
# A viewer who gets less, or later, has no livestream any more.
DELIVERED, LATE_MS = 0.99, 50.0
# For the memory: as many as leave most of a core free.
STAYING, COMING = 20, 10
CALL_ID = "party"
MEGABYTE = 1_000_000


class People:
    """A process of `bench.sfu_people`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, what: str, argument: object = None) -> Any:  # noqa: ANN401 - JSON
        """Its answer to one command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([what, argument]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the process that was to do {what!r} ended: see above"
        return json.loads(answer)


@contextmanager
def people(base_url: str, role: str) -> Iterator[People]:
    """The host with the probe, or the crowd, meanwhile."""
    command = [sys.executable, "-m", "bench.sfu_people", base_url, CALL_ID, role]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, env=child_environment({}), text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield People(process)
    finally:
        process.stdin.close()
        process.wait(timeout=60)


@dataclass(frozen=True)
class Row:
    """One step; times in milliseconds, `core` is the part of one that the SFU took."""

    viewers: int
    forwarded: float
    core: float
    cpu: float
    p50: float
    p99: float
    delivered: float

    def __str__(self) -> str:
        took = f"{self.forwarded:9.0f} {self.core:5.0%} {self.cpu:7.4f}"
        return f"{self.viewers:7} {took} {self.p50:7.2f} {self.p99:7.2f} {self.delivered:6.1%}"

    @property
    def fails(self) -> bool:
        return self.delivered < DELIVERED or self.p50 > LATE_MS


class Party:
    """A livestream that flows; `health` is the server's own word of what it takes."""

    def __init__(self, http: httpx.Client, host: People, crowd: People) -> None:
        self._http, self._host, self._crowd = http, host, crowd
        self._session = host.do("session")
        self.viewers = 0

    def health(self) -> dict[str, float]:
        return dict(self._http.get("/_control/health").json())

    def have(self, viewers: int) -> None:
        """So many light viewers, beside the probe."""
        if viewers > self.viewers:
            self._crowd.do("more", [viewers - self.viewers, self._session])
        else:
            self._crowd.do("fewer", self.viewers - viewers)
        self.viewers = viewers

    def measure(self, seconds: float) -> Row:
        """What `seconds` with those who are there now give."""
        time.sleep(WARM_SECONDS)
        before, sent, came = self.health(), self._host.do("figures")["sent"], self._crowd.do("packets")
        began = time.perf_counter()
        time.sleep(seconds)
        figures, after = self._host.do("figures"), self.health()
        got = self._crowd.do("packets") - came
        took, cpu = time.perf_counter() - began, after["cpu_seconds"] - before["cpu_seconds"]
        added = figures["added"]
        forwarded = got + len(added)
        wanted = (figures["sent"] - sent) * (self.viewers + 1)
        return Row(
            self.viewers + 1,
            forwarded / took,
            cpu / took,
            cpu / forwarded * 1000,
            statistics.median(added) * 1000 if added else float("inf"),
            added[int(len(added) * 0.99)] * 1000 if added else float("inf"),
            forwarded / wanted,
        )


def up_to_the_limit(party: Party, steps: list[int]) -> list[Row]:
    """A row for each number of viewers, and the first that cannot be served is the last."""
    print(
        f"{'viewers':>7} {'packets/s':>9} {'core':>5} {'CPU ms':>7} {'p50 ms':>7} {'p99 ms':>7} {'came':>6}"
    )
    rows: list[Row] = []
    for viewers in steps:
        party.have(viewers - 1)
        row = party.measure(SECONDS)
        print(row, flush=True)
        rows.append(row)
        if row.fails:
            break
    return rows


def conclude(rows: list[Row]) -> None:
    """Medians, and where it ends."""
    good = [row for row in rows if not row.fails]
    if not good:
        print("It fails at once.")
        return
    most = good[-1]
    per_viewer = statistics.median(row.core / row.viewers for row in good if row.viewers >= most.viewers / 2)
    cpu = statistics.median(row.cpu for row in good if row.viewers > 1) if len(good) > 1 else most.cpu
    print(f"Processor time for each forwarded packet, median: {cpu:.4f} ms.")
    print(
        f"Served: {most.viewers} viewers with {most.core:.0%} of a core; a whole one: {1 / per_viewer:.0f}."
    )
    if rows[-1].fails:
        print(f"Breaking point: {rows[-1].viewers} viewers.")


def over_minutes(party: Party, minutes: int) -> None:
    """Memory while the same people stay."""
    party.have(STAYING)
    held = []
    for minute in range(minutes + 1):
        if minute:
            time.sleep(60)
        held.append(party.health()["rss_bytes"] / MEGABYTE)
        print(f"after {minute} min with {party.viewers + 1} viewers: {held[-1]:.1f} MB", flush=True)
    half = len(held) // 2
    print(f"grown in the second half: {held[-1] - held[half]:+.1f} MB")


def over_turnover(party: Party, number: int) -> None:
    """Memory, tasks and files while people join, watch and leave; the journal keeps what they did."""
    party.have(0)
    rounds = number // COMING
    for turn in range(rounds + 1):
        if turn:
            party.have(COMING)
            party.have(0)
        if turn % max(1, rounds // 5) == 0:
            now = party.health()
            print(
                f"after {turn * COMING} joins and leaves: {now['rss_bytes'] / MEGABYTE:.1f} MB, "
                f"{now['tasks']:.0f} tasks, {now['files']:.0f} files, {now['journal']:.0f} journal entries",
                flush=True,
            )


def options() -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(prog="bench.sfu", description=__doc__.partition("\n")[0])
    parser.add_argument("--viewers", default=STEPS, help="numbers of viewers, in this order")
    parser.add_argument("--minutes", type=int, default=0, help="how long to watch the memory (0: not)")
    parser.add_argument("--turnover", type=int, default=0, help="how many join and leave (0: nobody)")
    return parser.parse_args()


def go_live(http: httpx.Client) -> None:
    """The call, with its host."""
    path = f"/api/v2/video/call/livestream/{CALL_ID}"
    members = [{"user_id": "host", "role": "host"}]
    for where, body in (
        ("/api/v2/users", {"users": {name: {"id": name} for name in ("host", "probe", "viewer")}}),
        (path, {"data": {"created_by_id": "host", "members": members}}),
        (f"{path}/go_live", {}),
    ):
        parameters, headers = {"api_key": API_KEY}, signed({"server": True})
        http.post(where, json=body, params=parameters, headers=headers).raise_for_status()


def main() -> None:
    asked = options()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with running() as base_url, httpx.Client(base_url=base_url, timeout=30) as http:
        go_live(http)
        with people(base_url, "host") as host, people(base_url, "crowd") as crowd:
            party = Party(http, host, crowd)
            if steps := [int(each) for each in asked.viewers.split(",") if each]:
                conclude(up_to_the_limit(party, steps))
            if asked.turnover:
                over_turnover(party, asked.turnover)
            if asked.minutes:
                over_minutes(party, asked.minutes)
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
