"""What the token endpoint costs: `.venv/bin/python -m bench.token_endpoint` in the checkout.

Three ways to the same two changes on Stream take turns, over and over, so that noise meets them all:

    reference   the reference token server, `python -m harness.token_server`
    Node        the same work as a Node function with the vendor's own SDK, `bench/node/function.mjs`
    bare        what neither can do without: the two requests to Stream, sent by the load generator itself,
                and once more with the two reads of Supabase before them

Everything runs on this machine, in processes of its own, against the local Stream and the local Supabase.
Each request to Stream is passed on at once, or after 30 ms. The figures are medians of the rounds.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from pathlib import Path
from shutil import copy
from typing import Any
from urllib.parse import urlsplit

import click
import jwt
from rich.console import Console
from rich.table import Table

from harness.config import HarnessSettings, child_environment, load, server_environment
from harness.errors import Finding, HarnessError, ServerError
from harness.setup.cache import cache_folder
from harness.setup.locked import locked
from harness.setup.npm import CI_OPTIONS, LOCK_FILES, NODE, NPM, RETRIES, WITHIN
from harness.setup.tool import run_tool
from harness.stack.keys import Keys, make_keys
from harness.stack.process import ServerProcess
from harness.stack.system import TOKEN_PATH
from harness.target import Party, Session, StreamApi, Supabase, Target, TokenEndpoint, contract

SOURCES = Path(__file__).parent / "node"
ORIGIN = "http://127.0.0.1:1"  # of a page that nobody serves; both endpoints let it read
PEOPLE, PARTIES = 20, 5
CLIENTS = (1, 10, 100)
DELAYS = (0, 30)  # milliseconds for each request to Stream
ROUNDS = 5
WARM_UP = 300  # requests to each subject, before any figure
MEMORY_WARM_UP, MEMORY_STEPS, MEMORY_CLIENTS = 2000, 10, 10
AIM = 3.0  # milliseconds that the endpoint may add to the bare requests, at p50 with one client
REFERENCE, NODE_FUNCTION, BARE, BARE_ALL = "reference", "Node", "bare Stream", "bare Stream + Supabase"
TICKS = os.sysconf("SC_CLK_TCK")

Visit = list[list[dict[str, object]]]  # steps, each of requests that are sent at the same time


def say(text: str) -> None:
    """A line of progress; standard output belongs to the figures."""
    click.echo(text, err=True)


# The programs


class NodeProgram:
    """A program of `bench/node`, which says in a line that it is ready and answers a line with a line."""

    def __init__(self, file: Path, log: Path, environment: dict[str, str], *arguments: str) -> None:
        self.name, self._log = file.name, log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [NODE, file, *arguments],
                env=server_environment(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )
        self.pid = self._process.pid
        self.ready = self._answer()

    @property
    def url(self) -> str:
        """Where it listens, if it does."""
        return f"http://127.0.0.1:{self.ready['port']}"

    def ask(self, line: dict[str, object]) -> dict[str, Any]:
        """Its answer to one line; raises ServerError when it ended instead."""
        assert self._process.stdin
        with suppress(BrokenPipeError):  # the answer, or its absence, tells
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """Close its input, which it takes as the end."""
        assert self._process.stdin
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(6)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise ServerError(f"{self.name} was expected to run but ended: {last_lines(self._log)}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def last_lines(log: Path) -> str:
    """What a program said last."""
    lines = log.read_text(errors="replace").splitlines()[-10:]
    return "".join(f"\n    {line}" for line in lines) or "it said nothing."


@contextmanager
def node_sources(settings: HarnessSettings) -> Iterator[Path]:
    """A folder with the programs of `bench/node`, below their packages, which are installed once."""
    content = b"".join((SOURCES / name).read_bytes() for name in LOCK_FILES)
    packages = cache_folder(settings, "bench", f"packages-{sha256(content).hexdigest()[:16]}")
    with locked(packages):
        # npm writes this file last.
        if not (packages / "node_modules" / ".package-lock.json").is_file():
            say("installing the Node function's packages ...")
            for name in LOCK_FILES:
                copy(SOURCES / name, packages)
            path = f"{NODE.parent}{os.pathsep}{child_environment({}).get('PATH', os.defpath)}"
            command: list[str | Path] = [NODE, NPM, "ci", *CI_OPTIONS, *RETRIES]
            doing = "Installing the Node function's packages (`npm ci`)"
            environment = child_environment({"PATH": path, "CI": "1"})
            run_tool(command, doing, within=WITHIN, cwd=packages, environment=environment)
    with tempfile.TemporaryDirectory(prefix=".run-", dir=packages) as folder:
        for file in SOURCES.glob("*.mjs"):
            copy(file, folder)
        yield Path(folder)


class System:
    """A context: inside it all servers run, and the load generator beside them."""

    def __init__(self, settings: HarnessSettings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self.keys: Keys = make_keys()
        self._stack = ExitStack()
        self.supabase = self._server("local Supabase", "harness.local_supabase")
        self.stream = self._server("local Stream", "harness.local_stream")

    def __enter__(self) -> System:
        with self._stack:
            self._start(self.supabase, self._supabase_environment())
            self._start(self.stream, self._stream_keys())
            sources = self._stack.enter_context(node_sources(self._settings))
            behind = str(urlsplit(self.stream.url).port)
            self.delay = self._program(sources / "delay.mjs", {}, behind)
            self.function = self._program(sources / "function.mjs", self._endpoint_environment())
            self.load = self._program(sources / "load.mjs", {})
            self.reference = self.token_server()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def token_server(self) -> ServerProcess:
        """A fresh reference token server."""
        server = self._server("token server", "harness.token_server")
        self._start(server, self._endpoint_environment())
        return server

    def target(self, token_url: str) -> Target:
        """The system with this address as its token endpoint."""
        return Target(
            pages_url=ORIGIN,
            token_url=token_url + TOKEN_PATH,
            supabase_url=self.supabase.url,
            supabase_anon_key=self.keys.supabase_anon_key,
            supabase_service_role_key=self.keys.supabase_service_role_key,
            stream_api_key=self.keys.stream_api_key,
            stream_api_secret=self.keys.stream_api_secret,
            stream_base_url=self.stream.url,
        )

    def _server(self, name: str, module: str) -> ServerProcess:
        return ServerProcess(name, module, self._folder / f"{name.replace(' ', '-')}.log")

    def _start(self, server: ServerProcess, environment: dict[str, str]) -> None:
        self._stack.callback(server.stop)
        server.start(environment, lambda dead: say(str(dead.death())))
        server.await_ready()

    def _program(self, file: Path, environment: dict[str, str], *arguments: str) -> NodeProgram:
        program = NodeProgram(file, self._folder / f"{file.stem}.log", environment, *arguments)
        self._stack.callback(program.stop)
        return program

    def _stream_keys(self) -> dict[str, str]:
        return {"STREAM_API_KEY": self.keys.stream_api_key, "STREAM_API_SECRET": self.keys.stream_api_secret}

    def _supabase_environment(self) -> dict[str, str]:
        given = self._settings.database_url
        return {
            "SUPABASE_URL": self.supabase.url,
            "SUPABASE_ANON_KEY": self.keys.supabase_anon_key,
            "SUPABASE_SERVICE_ROLE_KEY": self.keys.supabase_service_role_key,
            "SUPABASE_JWT_SECRET": self.keys.supabase_jwt_secret,
            "HARNESS_DATA_DIR": tempfile.gettempdir(),
            "HARNESS_DATABASE_TEMPLATES": str(self._settings.cache / "postgresql"),
            **({"DATABASE_URL": given.get_secret_value()} if given else {}),
        }

    def _endpoint_environment(self) -> dict[str, str]:
        return {
            **self._stream_keys(),
            "STREAM_BASE_URL": self.delay.url,
            "SUPABASE_URL": self.supabase.url,
            "SUPABASE_SERVICE_ROLE_KEY": self.keys.supabase_service_role_key,
            "ALLOWED_ORIGINS": ORIGIN,
            "RATE_LIMIT": "0",  # a few people ask as often as they can
        }


# What is asked


@dataclass(frozen=True)
class World:
    """Who asks, and for which parties."""

    sessions: list[Session]
    parties: list[Party]

    @property
    def pairs(self) -> list[tuple[Session, Party]]:
        """Everybody for each party; neighbours in the list are different people."""
        return [(session, party) for party, session in product(self.parties, self.sessions)]


def make_world(supabase: Supabase) -> World:
    people = [supabase.create_user(f"Person {number}") for number in range(PEOPLE)]
    parties = [supabase.create_party(host, "Bench") for host in people[:PARTIES]]
    return World([supabase.sign_in(person) for person in people], parties)


def request(method: str, url: str, headers: dict[str, str], body: object = None) -> dict[str, object]:
    """A request for the load generator: where to, and its bytes as text (plain ASCII)."""
    at = urlsplit(url)
    content = "" if body is None else json.dumps(body)
    all_headers = {"Host": at.netloc, **headers}
    if body is not None:
        all_headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    path = at.path + (f"?{at.query}" if at.query else "")
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in all_headers.items())]
    return {"port": at.port, "request": "\r\n".join([*lines, "", content])}


def endpoint_visits(url: str, world: World) -> list[Visit]:
    """One request for a token in each visit."""

    def visit(session: Session, party: Party) -> Visit:
        headers = {"Authorization": f"Bearer {session.access_token}", "Origin": ORIGIN}
        body = {"callType": contract.CALL_TYPE, "callId": party.id}
        return [[request("POST", url + TOKEN_PATH, headers, body)]]

    return [visit(*pair) for pair in world.pairs]


def stream_visits(system: System, world: World) -> list[Visit]:
    """The two requests to Stream that every endpoint must make, one after the other."""
    token = jwt.encode({"server": True}, system.keys.stream_api_secret, "HS256")
    headers = {"Authorization": token, "stream-auth-type": "jwt"}
    base, key = f"{system.delay.url}/api/v2", f"?api_key={system.keys.stream_api_key}"

    def visit(session: Session, party: Party) -> Visit:
        user = {"id": session.user_id, "name": "Person", "role": "user"}
        call = f"{base}/video/call/{contract.CALL_TYPE}/{party.id}{key}"
        return [
            [request("POST", f"{base}/users{key}", headers, {"users": {session.user_id: user}})],
            [request("POST", call, headers, {"data": {"created_by_id": party.host_id}})],
        ]

    return [visit(*pair) for pair in world.pairs]


def supabase_reads(system: System, world: World) -> list[Visit]:
    """The party and the profile, at the same time."""
    key = system.keys.supabase_service_role_key
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    rest = f"{system.supabase.url}/rest/v1"

    def visit(session: Session, party: Party) -> Visit:
        of_party = f"{rest}/parties?id=eq.{party.id}&select=id,host_id"
        of_user = f"{rest}/profiles?id=eq.{session.user_id}&select=display_name"
        return [[request("GET", of_party, headers), request("GET", of_user, headers)]]

    return [visit(*pair) for pair in world.pairs]


def prove_same_work(target: Target, supabase: Supabase) -> None:
    """Raise Finding unless the endpoint of `target` keeps the contract: fast and wrong is no figure."""
    host, viewer = supabase.create_user("Host"), supabase.create_user("Viewer")
    party = supabase.create_party(host, "Bench")
    session, asked = supabase.sign_in(viewer), {"callType": contract.CALL_TYPE, "callId": party.id}
    with closing(TokenEndpoint(target)) as endpoint, closing(StreamApi(target)) as stream:
        forged = session.access_token[:-8] + "AAAAAAAA"
        contract.refused(endpoint.ask(forged, asked), 401, "Invalid auth")
        contract.preflight_allows(endpoint.ask(None, None, method="OPTIONS", origin=ORIGIN), ORIGIN)
        answer = endpoint.ask(session.access_token, asked, origin=ORIGIN)
        contract.granted(answer, target, party, viewer)
        contract.readable_from(answer, ORIGIN)
        contract.token_of(answer, target, viewer)
        contract.on_stream(answer, stream.call(contract.CALL_TYPE, party.id), party)
        known = {"id": viewer.id, "name": viewer.name, "role": "user"}
        contract.known_as(answer, stream.user(viewer.id), known)


# Figures


@dataclass(frozen=True)
class Subject:
    """What is measured: its visits, and its process if it is one."""

    name: str
    visits: list[Visit]
    pid: int | None = None


@dataclass(frozen=True)
class Slice:
    """One round of one subject. Times in milliseconds; `core` is the load generator's share of one."""

    milliseconds: list[float]
    rate: float
    core: float
    cpu: float | None  # milliseconds of a core that the subject took for each request
    failed: int  # requests, which are in no other figure

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)


Slices = list[Slice]


def measure(load: NodeProgram, subject: Subject, clients: int, **limit: float) -> Slice:
    """One job of the load generator, `seconds` or `requests` long; raises ServerError when none succeeds."""
    before = cpu_seconds(subject.pid)
    done = load.ask({"clients": clients, "visits": subject.visits, **limit})
    after = cpu_seconds(subject.pid)
    times = done["milliseconds"]
    if not times:
        raise ServerError(
            f"{subject.name} was expected to answer {clients} clients but did not ({done['why']}): "
            "run the bench again with fewer things running, or see its server's tests."
        )
    if failed := done["failed"]:
        say(f"{subject.name}, {clients} clients: {failed} of {failed + len(times)} failed: {done['why']}")
    cpu = None if before is None or after is None else (after - before) * 1000 / (failed + len(times))
    return Slice(times, len(times) / done["seconds"], done["core"], cpu, failed)


def cpu_seconds(pid: int | None) -> float | None:
    """What a process took of the processors until now; None where there is no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if pid is None or not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float | None:
    """Megabytes of memory that a process holds; None where there is no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@dataclass(frozen=True)
class Cell:
    """All rounds with this delay and so many clients, by the subject's name."""

    delay: int
    clients: int
    slices: dict[str, Slices]

    def rate(self, name: str) -> float:
        """Requests in a second."""
        return statistics.median(one.rate for one in self.slices[name])

    def p50(self, name: str) -> float:
        """Milliseconds."""
        return statistics.median(one.p50 for one in self.slices[name])

    def ratios(self) -> tuple[float, float]:
        """Reference to Node, requests per second and p50: round by round, which met the same noise."""
        pairs = list(zip(self.slices[REFERENCE], self.slices[NODE_FUNCTION], strict=True))
        return (
            statistics.median(ours.rate / theirs.rate for ours, theirs in pairs),
            statistics.median(ours.p50 / theirs.p50 for ours, theirs in pairs),
        )

    def p99(self, name: str) -> float:
        """Milliseconds, of all rounds together: one round has too few requests."""
        times = [time for one in self.slices[name] for time in one.milliseconds]
        return statistics.quantiles(times, n=100, method="inclusive")[98] if len(times) > 1 else times[0]

    def cpu(self, name: str) -> float | None:
        """Milliseconds of a core for each request."""
        known = [one.cpu for one in self.slices[name] if one.cpu is not None]
        return statistics.median(known) if known else None

    def failed(self, name: str) -> int:
        """Requests without a good answer, of all rounds."""
        return sum(one.failed for one in self.slices[name])

    @property
    def adds(self) -> float:
        """Milliseconds that the reference adds to the bare requests to Stream."""
        return self.p50(REFERENCE) - self.p50(BARE)

    @property
    def reads(self) -> float:
        """Milliseconds of these that the two reads of Supabase take without any endpoint."""
        return self.p50(BARE_ALL) - self.p50(BARE)

    @property
    def core(self) -> float:
        """The load generator's largest share of a core."""
        return max(one.core for slices in self.slices.values() for one in slices)


def measure_all(system: System, subjects: Sequence[Subject], seconds: float) -> Iterator[Cell]:
    """Each cell, in rounds in which the subjects take turns."""
    for delay, clients in product(DELAYS, CLIENTS):
        system.delay.ask({"delay": delay})
        slices: dict[str, Slices] = {subject.name: [] for subject in subjects}
        for _ in range(ROUNDS):
            for subject in subjects:
                slices[subject.name].append(measure(system.load, subject, clients, seconds=seconds / ROUNDS))
        cell = Cell(delay, clients, slices)
        say(f"Stream +{delay} ms, {clients} clients: {cell.rate(REFERENCE):.0f} requests/s, "
            f"Node {cell.rate(NODE_FUNCTION):.0f}")  # fmt: skip
        yield cell


def measure_memory(system: System, world: World, requests: int) -> str:
    """What a fresh token server's memory does over so many requests, in a sentence."""
    server = system.token_server()
    if resident(server.pid) is None:
        return "Memory: not measured, since this system has no /proc/PID/status (Linux has)."
    subject = Subject(REFERENCE, endpoint_visits(server.url, world), server.pid)
    measure(system.load, subject, MEMORY_CLIENTS, requests=MEMORY_WARM_UP)
    held = [resident(server.pid) or 0.0]
    step = requests // MEMORY_STEPS
    for number in range(1, MEMORY_STEPS + 1):
        measure(system.load, subject, MEMORY_CLIENTS, requests=step)
        held.append(resident(server.pid) or 0.0)
        say(f"memory after {number * step} requests: {held[-1]:.1f} MB")
    half = held[MEMORY_STEPS // 2]
    course = " ".join(f"{one:.1f}" for one in held)
    return (
        f"Memory of a fresh token server: {held[0]:.1f} MB after {MEMORY_WARM_UP} requests, "
        f"{held[-1]:.1f} MB after {requests} more: it grew by {held[-1] - held[0]:+.1f} MB, "
        f"of these {held[-1] - half:+.1f} MB in the second half.\n        ({course})"
    )


# What is shown

COLUMNS = (
    *("Stream", "clients"),
    *("req/s\nref", "\nNode", "\nratio"),
    *("p50 ms\nref", "\nNode", "\nratio"),
    *("p99 ms\nref", "\nNode"),
    *("bare\nStream", "ref adds\nat p50", "of it\nSupabase"),
    *("CPU ms\nref", "\nNode"),
    *("failed\nref", "\nNode"),
    "load's\ncore",
)


def table(cells: Sequence[Cell]) -> Table:
    """A line for each cell."""
    shown = Table(box=None, padding=(0, 2, 0, 0))
    for column in COLUMNS:
        shown.add_column(column, justify="right")
    both = (REFERENCE, NODE_FUNCTION)
    for cell in cells:
        rates, medians = cell.ratios()
        figures = [
            *(f"{cell.rate(name):.0f}" for name in both),
            f"{rates:.2f}",
            *(f"{cell.p50(name):.1f}" for name in both),
            f"{medians:.2f}",
            *(f"{cell.p99(name):.0f}" for name in both),
            *(f"{one:.1f}" for one in (cell.p50(BARE), cell.adds, cell.reads)),
            *(_or_dash(cell.cpu(name)) for name in both),
            *(str(cell.failed(name)) for name in both),
            f"{cell.core:.0%}",
        ]
        shown.add_row(f"+{cell.delay} ms", str(cell.clients), *figures)
    return shown


def _or_dash(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.2f}"


def conclusion(cells: Sequence[Cell]) -> str:
    """What the table says about the two aims, in words."""
    alone = cells[0]
    own = alone.adds - alone.reads
    lines = [
        f"One client, no delay: the reference adds {alone.adds:.1f} ms to the bare requests to Stream "
        f"(aim: less than {AIM:.0f}), {own:.1f} ms without the reads of Supabase."
    ]
    slower = [cell for cell in cells if cell.ratios()[0] < 1]
    listed = ", ".join(f"+{cell.delay} ms with {cell.clients}" for cell in slower)
    lines.append(f"Fewer requests/s than Node: {listed or 'nowhere'}.")
    return "\n".join(lines)


@click.command()
@click.option(
    "--seconds", type=click.FloatRange(0.1), default=3.0, help="for each figure, all rounds together"
)
@click.option("--memory-requests", type=click.IntRange(0), default=20_000, help="0 leaves the memory out")
def main(seconds: float, memory_requests: int) -> None:
    """Measure the reference token server beside a Node function that does the same."""
    try:
        run(load(HarnessSettings), seconds, memory_requests)
    except (HarnessError, Finding) as error:
        click.echo(str(error), err=True)
        sys.exit(HarnessError.exit_code)


def run(settings: HarnessSettings, seconds: float, memory_requests: int) -> None:
    with tempfile.TemporaryDirectory() as folder, System(settings, Path(folder)) as system:
        target = system.target(system.reference.url)
        with closing(Supabase(target)) as supabase:
            for url in (system.reference.url, system.function.url):
                prove_same_work(replace(target, token_url=url + TOKEN_PATH), supabase)
            say("both endpoints keep the contract")
            world = make_world(supabase)
        stream, reads = stream_visits(system, world), supabase_reads(system, world)
        subjects = [
            Subject(REFERENCE, endpoint_visits(system.reference.url, world), system.reference.pid),
            Subject(NODE_FUNCTION, endpoint_visits(system.function.url, world), system.function.pid),
            Subject(BARE, stream),
            Subject(BARE_ALL, [before + after for before, after in zip(reads, stream, strict=True)]),
        ]
        for subject in subjects:
            measure(system.load, subject, MEMORY_CLIENTS, requests=WARM_UP)
        cells = list(measure_all(system, subjects, seconds))
        memory = measure_memory(system, world, memory_requests) if memory_requests else "Memory: left out."
    Console(width=160).print(table(cells))
    click.echo(f"\n{conclusion(cells)}\n{memory}")


if __name__ == "__main__":
    main()
