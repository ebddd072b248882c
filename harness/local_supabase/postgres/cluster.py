"""A PostgreSQL of our own: started for one run on a socket that no one else can reach, and gone afterwards.

It hangs on a guard, a shell that reads from a pipe held by this process alone. However this process ends,
killed included, the pipe closes; the guard then stops PostgreSQL and removes its files. The guard has a
session of its own, so that Ctrl-C in the terminal reaches PostgreSQL only after the server has closed its
connections.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from psycopg.conninfo import make_conninfo

from harness.errors import ServerError
from harness.local_supabase.postgres import folders
from harness.local_supabase.postgres.folders import Folders
from harness.local_supabase.postgres.installation import Installation
from harness.local_supabase.postgres.template import SUPERUSER, make_cluster

log = logging.getLogger("local_supabase.postgres")

# TERM as well as INT: until PostgreSQL has its own handlers, a child of a shell ignores INT but dies of TERM.
# The shell gives up its error stream, so that the stream ends when PostgreSQL does.
GUARD = """
home=$1; sockets=$2; shift 2
"$@" </dev/null &
exec 2>/dev/null
read -r _
kill -TERM $!; kill -INT $!; wait $!
rm -rf -- "$home" "$sockets"
"""
# Nothing has to survive a crash: nothing waits for the disk. Statements carry secrets: they are not logged.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "logging_collector": "off",
}
READY = "ready to accept connections"
START_TIMEOUT = 30.0
STOP_TIMEOUT = 10.0


class Cluster:
    """A running PostgreSQL: `conninfo` reaches it as superuser, `ended` is set once it is no more."""

    def __init__(self, guard: Process, sockets: Path) -> None:
        self._guard = guard
        self._last_words: deque[str] = deque(maxlen=5)
        self._ready = asyncio.Event()
        self.ended = asyncio.Event()
        self.conninfo = make_conninfo(host=str(sockets), user=SUPERUSER, dbname="postgres")
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._guard.stderr is not None
        async for line in self._guard.stderr:
            words = line.decode(errors="replace").strip()
            self._last_words.append(words)
            if READY in words:
                self._ready.set()
        self.ended.set()

    async def ready(self) -> None:
        """Wait until it accepts connections; raises ServerError with its last words."""
        waits = [asyncio.create_task(event.wait()) for event in (self._ready, self.ended)]
        await asyncio.wait(waits, timeout=START_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not self._ready.is_set() or self.ended.is_set():
            raise ServerError(
                f"PostgreSQL was to accept connections within {START_TIMEOUT:.0f} s but did not "
                f"({' / '.join(self._last_words) or 'it said nothing'}): mend that or set DATABASE_URL."
            )

    async def watch(self) -> None:
        """Say it once, loudly, when PostgreSQL ends before it is told to."""
        await self.ended.wait()
        log.error("PostgreSQL ended unexpectedly: %s", " / ".join(self._last_words) or "it said nothing")

    async def stop(self) -> None:
        """Close the pipe, and wait until the guard has stopped PostgreSQL and removed its files."""
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        try:
            await asyncio.wait_for(self._guard.wait(), STOP_TIMEOUT)
            await self._reader
        except TimeoutError:
            log.error(
                "PostgreSQL was to stop within %.0f s but did not; its guard goes on trying", STOP_TIMEOUT
            )
            self._reader.cancel()


@asynccontextmanager
async def running_cluster(
    installation: Installation, data_dir: Path, templates: Path | None
) -> AsyncIterator[Cluster]:
    """Make, start and finally remove a cluster in `data_dir`; raises ServerError."""
    made_here = not data_dir.exists()
    own = folders.make(installation.account, data_dir)
    try:
        await asyncio.to_thread(make_cluster, installation, own.data, templates)
        cluster = Cluster(await _start_guarded(installation, own), own.sockets)
    except BaseException:
        own.remove()
        raise
    # From here on the guard tidies up, whatever happens to us.
    try:
        await cluster.ready()
        async with _watched(cluster):
            yield cluster
    finally:
        await cluster.stop()
        if made_here:
            with suppress(OSError):
                data_dir.rmdir()


@asynccontextmanager
async def _watched(cluster: Cluster) -> AsyncIterator[None]:
    watching = asyncio.create_task(cluster.watch())
    try:
        yield
    finally:
        watching.cancel()


async def _start_guarded(installation: Installation, own: Folders) -> Process:
    options = [f"-c{name}={value}" for name, value in SERVER_OPTIONS.items()]
    where = (f"-D{own.data}", f'-cunix_socket_directories="{own.sockets}"')
    return await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", GUARD, "harness-postgres", str(own.home), str(own.sockets)),
        *installation.command("postgres", *where, *options),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=PIPE,
        start_new_session=True,
    )
