"""The way from the Python that a person has into the one that has the packages."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from harness.errors import HarnessError, SetUpError, UsageError
from harness.setup.commands import (
    CHECKOUT,
    COMMANDS,
    PACKAGES,
    in_checkout,
    needs,
    unknown,
    usage,
    wrong_check,
    wrong_server,
)
from harness.setup.progress import Progress
from harness.setup.virtual_environment import VirtualEnvironment


def start(arguments: list[str]) -> int:
    """Run the command line `arguments`; returns an exit code only when there is nothing to go on with."""
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return _start(arguments)
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; the next start mends what is half done.\n")
        return 130


def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Handler of SIGTERM: what is under way is ended as after Ctrl-C."""
    raise KeyboardInterrupt


def _start(arguments: list[str]) -> int:
    if not in_checkout():
        return _become(sys.executable, "harness.cli", arguments)
    if not arguments:
        raise UsageError(usage())
    if arguments[0] in ("--help", "-h"):
        sys.stdout.write(usage() + "\n")
        return 0
    if arguments[0] not in COMMANDS:
        raise UsageError(unknown(arguments[0]))
    if wrong := wrong_server(arguments) or wrong_check(arguments):
        raise UsageError(wrong)
    return _enter(VirtualEnvironment(CHECKOUT), arguments)


def _enter(environment: VirtualEnvironment, arguments: list[str]) -> int:
    fault = environment.fault()
    inside = os.path.realpath(sys.prefix) == os.path.realpath(environment.folder)
    if fault and arguments[0] == "doctor" and "--mend" not in arguments:
        return _half_set_up(fault)
    if fault and inside:
        # A Python cannot make anew the folder that it runs from: the one it was made from can.
        _become(getattr(sys, "_base_executable", sys.executable), "harness", arguments)
    if fault:
        environment.make(Progress(needs(arguments)))
    return _become(str(environment.python), "harness.cli", arguments)


def _become(python: str, module: str, arguments: list[str]) -> NoReturn:
    """Go on as another Python in this very process: signals and exit codes need no passing on."""
    try:
        os.execv(python, [python, "-m", module, *arguments])  # noqa: S606
    except OSError as error:
        raise SetUpError(
            f"{python} could not be started ({error.strerror}): delete {CHECKOUT / '.venv'} and start again."
        ) from None


def _half_set_up(fault: str) -> int:
    """The doctor's answer while the packages that it is made of are missing."""
    mend = "python3 -m harness doctor --mend"
    sys.stdout.write(f"found    Python           {sys.version.split()[0]}  {sys.executable}\n")
    sys.stdout.write(f"missing  {PACKAGES}  {fault}; mend with: {mend}\n")
    sys.stdout.write("The rest can be looked at once the packages are there.\n")
    return 2
