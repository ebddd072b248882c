"""`python3 -m harness`: what a person meets before anything is installed."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.setup.commands import CHECKOUT
from harness.setup.virtual_environment import VirtualEnvironment
from tests.unit.setup.checkout import environment, make_checkout, start


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that is set up: its commands print where they run and exit with 7."""
    folder = make_checkout(tmp_path_factory.mktemp("main") / "checkout")
    assert start(folder, "gate")[0] == 7
    return folder


def test_a_python_that_is_too_old_is_told_so() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 1); sys.version = '3.9.1 (old)'"
    old = f"{pretend}; runpy.run_module('harness')"
    ran = subprocess.run(
        [sys.executable, "-c", old], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("The harness needs Python 3.11 or newer, and this is Python 3.9.1 (")
    assert len(ran.stderr.splitlines()) == 1


def test_the_first_file_can_be_parsed_by_old_pythons() -> None:
    for name in ("__init__.py", "__main__.py"):
        ast.parse((CHECKOUT / "harness" / name).read_text(), feature_version=(3, 4))


def test_arguments_and_exit_code_pass_and_the_packages_are_there(checkout: Path) -> None:
    code, output, error = start(checkout, "up", "--only", "stream")
    assert (code, output.split(), error) == (7, [str(checkout / ".venv"), "up", "--only", "stream"], "")


def test_inside_its_own_environment_it_goes_on_at_once(checkout: Path) -> None:
    code, output, _ = start(checkout, "gate", python=str(checkout / ".venv" / "bin" / "python"))
    assert (code, output.split()) == (7, [str(checkout / ".venv"), "gate"])


def test_from_inside_a_broken_environment_the_python_that_made_it_mends_it(checkout: Path) -> None:
    next((checkout / ".venv").rglob("tiny.py")).unlink()
    code, output, error = start(checkout, "gate", python=str(checkout / ".venv" / "bin" / "python"))
    assert (code, output.split()) == (7, [str(checkout / ".venv"), "gate"]), error
    assert error.startswith("[1/4] Python packages ... ")
    assert VirtualEnvironment(checkout).fault() is None


@pytest.fixture
def running(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "harness", "gate", "--wait"],
        cwd=checkout,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_ctrl_c_reaches_the_command_itself(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    assert running.stdout.readline() == "waiting\n"
    os.kill(running.pid, signal.SIGINT)
    assert running.wait(30) == -signal.SIGINT


def test_ctrl_c_during_set_up_ends_it_and_what_it_started(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path / "checkout")
    with subprocess.Popen(
        [sys.executable, "-m", "harness", "gate"],
        cwd=folder,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.read(len("[1/4] Python packages ... ")) == "[1/4] Python packages ... "
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == "not done\n\nStopped; the next start mends what is half done.\n"


@pytest.mark.parametrize(("arguments", "expected"), [([], 2), (["--help"], 0), (["-h"], 0)])
def test_help_needs_no_set_up(tmp_path: Path, arguments: list[str], expected: int) -> None:
    folder = make_checkout(tmp_path / "checkout")
    code, output, error = start(folder, *arguments)
    assert code == expected
    assert (error or output).startswith("Usage: python3 -m harness COMMAND")
    assert not (folder / ".venv").exists()


def test_an_unknown_command_needs_no_set_up(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path / "checkout")
    assert start(folder, "gat") == (2, "", "There is no command `gat`: did you mean `gate`?\n")
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize("option", [["--only", "strem"], ["--only=strem"]])
def test_a_server_that_there_is_not_is_told_before_anything_is_installed(
    tmp_path: Path, option: list[str]
) -> None:
    folder = make_checkout(tmp_path / "checkout")
    said = start(folder, "up", *option)
    assert said == (2, "", "There is no server `strem`: did you mean `stream`?\n")
    assert not (folder / ".venv").exists()


def test_the_doctor_looks_and_installs_nothing(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path / "checkout")
    code, output, _ = start(folder, "doctor")
    assert code == 2
    assert "missing  Python packages  not made yet; mend with: python3 -m harness doctor --mend\n" in output
    assert not (folder / ".venv").exists()
