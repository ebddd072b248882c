"""`python -m harness.stack.supervised COMMAND...`: runs a command that ends when our standard input closes.

Servers of our own end by themselves when the harness does, even when it is killed; this is for others.
Standard library only, for a quick start.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

ENDS_WITHIN = 5.0  # seconds after SIGTERM


def main(command: list[str]) -> int:
    """The command's exit code; 127 when there is no such program."""
    # Asked first: a signal that comes while it starts must find somebody to pass it on.
    signal.signal(signal.SIGTERM, lambda *_: os.close(0))
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        sys.stderr.write(f"{command[0]} could not be started: {error.strerror}\n")
        return 127
    threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
    return process.wait()


def _end_with_input(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        while os.read(0, 1024):
            pass
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDS_WITHIN)
        os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
