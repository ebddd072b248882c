"""One run of another program (pip, npm, apt-get ...) whose long answer becomes one sentence."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import SetUpError
from harness.setup.locked import held

NO_NETWORK = re.compile(
    r"name resolution|name or service not known|nodename nor servname|ENOTFOUND|EAI_AGAIN|ECONNREFUSED"
    r"|ENETUNREACH|ETIMEDOUT|could not resolve|network is unreachable|connection refused"
    r"|timed out|cannot connect to proxy|tunnel connection failed|no route to host",
    re.IGNORECASE,
)
NO_SPACE = re.compile(r"no space left|ENOSPC|disk quota", re.IGNORECASE)
READ_ONLY = re.compile(r"read-only file system|EROFS|permission denied|EACCES", re.IGNORECASE)
CAUSES = {
    NO_SPACE: "the disk is full: free some space and start again",
    NO_NETWORK: "its server could not be reached: check the network (or proxy) and start again",
    READ_ONLY: "a folder may not be written: make it writable and start again",
}


class ToolError(SetUpError):
    """A tool ended with an error, or not at all; `output` is all that it said."""

    def __init__(self, sentence: str, output: str) -> None:
        super().__init__(sentence)
        self.output = output


def run_tool(
    command: Sequence[str | Path],
    doing: str,
    *,
    within: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run `command`, `within` seconds at most, and return what it wrote; raises ToolError, named by `doing`.

    It is a process group of its own, so that whatever it starts ends with it.
    """
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=environment,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=held,
        )
    except OSError as error:
        raise ToolError(
            f"{doing} failed: {command[0]} could not be started ({error.strerror}).", ""
        ) from None
    try:
        output, _ = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        _end(process)
        raise ToolError(
            f"{doing} took longer than {within:.0f} s and was given up: check the network and start again.",
            "",
        ) from None
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        raise ToolError(f"{doing} failed: {_cause(output)}.", output)
    return output


def _cause(output: str) -> str:
    known = next((cause for pattern, cause in CAUSES.items() if pattern.search(output)), None)
    return known or f"it said {last_words(output)!r}"


def last_words(output: str) -> str:
    """The line that most likely says what went wrong, cut to a readable length."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(npm )?(error|err!|e:|fatal)", line, re.IGNORECASE)]
    return ([*lines, *errors] or ["nothing"])[-1][:200].rstrip(".")


def _end(process: subprocess.Popen[str]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.communicate(timeout=5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
