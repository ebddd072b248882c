"""Servers that run together: started at once, awaited, watched, and ended, those that ask others first."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.config import HarnessSettings
from harness.stack.process import ServerProcess

MODULES = {
    "local Supabase": "harness.local_supabase",
    "local Stream": "harness.local_stream",
    "token server": "harness.token_server",
    "pages": "harness.page_server",
}
LANES = {
    "local Supabase": "database",
    "local Stream": "stream",
    "token server": "token-server",
    "pages": "page-server",
}
# Those that people talk to; the others answer until these are gone, whose last requests may need them.
FIRST_TO_END = ("pages", "token server")


class Servers:
    """Some of `MODULES`, each by its name, with the port that it shall take (0: a free one)."""

    def __init__(self, run_dir: Path, ports: Mapping[str, int]) -> None:
        self.folder = run_dir / "logs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._processes = {
            name: ServerProcess(name, MODULES[name], self.log(name), port) for name, port in ports.items()
        }
        self._dead: ServerProcess | None = None
        self.died = threading.Event()

    def start(self, environment: Callable[[str], dict[str, str]]) -> None:
        """Start each with its own environment, and return when all are ready; raises ServerError."""
        for name, process in self._processes.items():
            process.start(environment(name), self._on_death)
        for process in self._processes.values():
            process.await_ready()

    def check(self) -> None:
        """Raise ServerError, with its last lines, if one of them died."""
        if self._dead is not None:
            raise self._dead.death()

    def stop(self) -> None:
        """End them; safe to call twice."""
        for first in (True, False):
            ending = [one for name, one in self._processes.items() if (name in FIRST_TO_END) is first]
            for process in ending:
                process.ask_to_end()
            for process in ending:
                process.stop()

    def url(self, name: str) -> str | None:
        """Where it is, also before it was started; None when it is not one of these."""
        process = self._processes.get(name)
        return process.url if process is not None else None

    @property
    def stream_control_url(self) -> str | None:
        """The control API of the local Stream, if it is one of these."""
        stream = self.url("local Stream")
        return f"{stream}/_control" if stream is not None else None

    def log(self, name: str) -> Path:
        """What it writes; also of an app that is started beside them."""
        return self.folder / f"{name.lower().replace(' ', '-')}.log"

    def logs(self) -> dict[str, Path]:
        """What each writes, by its name in a timeline."""
        return {LANES[name]: self.log(name) for name in self._processes}

    def _on_death(self, process: ServerProcess) -> None:
        self._dead = self._dead or process
        self.died.set()


def database_environment(settings: HarnessSettings) -> dict[str, str]:
    """What the local Supabase is told of its database."""
    given = settings.database_url
    return {
        # It makes a folder of its own in there, and what outlives it removes that.
        "HARNESS_DATA_DIR": tempfile.gettempdir(),
        "HARNESS_DATABASE_TEMPLATES": str(settings.cache / "postgresql"),
        **({"DATABASE_URL": given.get_secret_value()} if given else {}),
    }
