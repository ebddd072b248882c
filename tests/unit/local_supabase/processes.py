"""The processes under a server, and waiting for their end without asking again and again."""

from __future__ import annotations

import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Child:
    """A process, held by a descriptor: its number cannot come to mean another."""

    pid: int
    descriptor: int
    arguments: tuple[str, ...]

    @property
    def uid(self) -> int:
        """The effective user."""
        (line,) = (
            row
            for row in (PROC / str(self.pid) / "status").read_text().splitlines()
            if row.startswith("Uid:")
        )
        return int(line.split()[2])

    def ends_within(self, seconds: float) -> bool:
        """Wait until the process has ended; False when it has not."""
        waiting = select.poll()
        waiting.register(self.descriptor, select.POLLIN)
        return bool(waiting.poll(seconds * 1000))

    def kill(self) -> None:
        """SIGKILL."""
        signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)


def children(pid: int) -> list[Child]:
    """The direct children of a process."""
    numbers = [
        number
        for task in (PROC / str(pid) / "task").iterdir()
        for number in (task / "children").read_text().split()
    ]
    return [_child(int(number)) for number in numbers]


def _child(pid: int) -> Child:
    descriptor = os.pidfd_open(pid)
    arguments = (PROC / str(pid) / "cmdline").read_text().split("\0")
    return Child(pid, descriptor, tuple(arguments))


def guard_and_postgres(server_pid: int) -> tuple[Child, Child]:
    """The guard that a local Supabase hangs PostgreSQL on, and PostgreSQL."""
    (guard,) = (child for child in children(server_pid) if "harness-postgres" in child.arguments)
    (postgres,) = children(guard.pid)
    return guard, postgres
