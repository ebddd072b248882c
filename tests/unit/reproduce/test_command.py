"""`harness reproduce` on the reference page, as a person starts it; and what it refuses before it starts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.browser.failures import FAILURES
from harness.config import HarnessSettings, child_environment
from harness.errors import HarnessError
from harness.reproduce.options import Options
from harness.reproduce.possible import DISPLAYS, expect_possible
from tests.unit.browser.firefox_here import needs_firefox

WITHIN = 90.0  # seconds, on a busy machine


def start(runs: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command, with what it prints to be read; it leaves its run in `runs`."""
    return subprocess.Popen(
        [sys.executable, "-m", "harness.cli", "reproduce", *arguments],
        env=child_environment({"HARNESS_RUNS": str(runs)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(command: subprocess.Popen[str], words: str) -> str:
    """What it prints up to these words; it runs on. Ends the command when they do not come in time."""
    overdue = threading.Timer(WITHIN, command.kill)
    overdue.start()
    said = ""
    assert command.stdout is not None
    while words not in said and (line := command.stdout.readline()):
        said += line
    overdue.cancel()
    assert command.poll() is None, said
    return said


def test_it_stays_as_long_as_wanted_and_its_browser_until_ctrl_c(tmp_path: Path) -> None:
    with start(tmp_path, "mic-busy", "--heal-after", "2", "--keep-open") as command:
        said = read_until(command, "The browser stays open")
        command.send_signal(signal.SIGINT)
        rest = command.communicate(timeout=WITHIN)[0]
    assert "NotReadableError: Could not start audio source" in said
    assert "and it works again" in said
    (evidence,) = re.findall(r"Evidence: (.+)", said)
    assert [file.name for file in Path(evidence).parent.glob("trace-*")] == ["trace-host.zip"]
    assert "The page handled it." in said
    assert (command.returncode, rest.strip()) == (0, "Stopping ...")


@pytest.mark.parametrize("how_long", [["--keep-open"], ["--heal-after", "3600"]])
def test_the_failure_stays_while_somebody_looks_and_is_healed_then(
    how_long: list[str], tmp_path: Path
) -> None:
    with start(tmp_path, "no-mic", *how_long) as command:
        said = read_until(command, "It fails now")
        os.killpg(command.pid, signal.SIGINT)  # as a terminal does: it reaches whatever we started, too
        rest = command.communicate(timeout=WITHIN)[0]
    assert "and it works again" in rest, said + rest
    assert command.returncode == 0


@needs_firefox
@pytest.mark.parametrize(
    "name",
    ["permission-denied", "overconstrained", "iframe-without-allow", "security-error", "insecure-origin"],
)
def test_in_firefox(name: str, tmp_path: Path) -> None:
    with start(tmp_path, name, "--browser", "firefox") as command:
        said = command.communicate(timeout=WITHIN)[0]
    assert command.returncode == 0, said
    assert "The page handled it." in said
    assert "in firefox" in said


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("mic-unplugged", Options(browser="firefox"), "no Firefox can be made to give mic-unplugged"),
        ("mic-busy", Options(headed=True), "--headed needs a display, and this machine has none"),
        ("mic-busy", Options(browser="webkit"), "no failure is made in WebKit yet"),
        ("mic-busy", Options(browser="msedge"), "`python -m playwright install msedge` installs it"),
        ("mic-busy", Options(click="#go"), "--click names a button of a page of yours"),
        (
            "mic-busy",
            Options(storage_state=Path("state.json")),
            "--storage-state signs in to a page of yours",
        ),
        ("mic-busy", Options(url="http://localhost:99999/"), "--url was expected .* port"),
        ("mic-busy", Options(url="http://[::1/"), "--url was expected .* IPv6"),
        ("mic-busy", Options(url="localhost:3000"), "--url was expected .* should be 'http' or 'https'"),
        ("mic-busy", Options(url="http://me:word@localhost/"), "must not hold a user name"),
        ("mic-busy", Options(role="viewer"), "mic-busy is a failure of a host"),
    ],
)
def test_what_cannot_be_is_told_before_anything_starts(
    name: str, options: Options, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for display in DISPLAYS:
        monkeypatch.delenv(display, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(HarnessError, match=why):
        expect_possible(HarnessSettings(), FAILURES[name], options)


def test_browsers_of_other_machines_cannot_be_broken() -> None:
    settings = HarnessSettings(HARNESS_CONNECT="ws://127.0.0.1:1/x")
    with pytest.raises(HarnessError, match="HARNESS_CONNECT names browsers of other machines"):
        expect_possible(settings, FAILURES["mic-busy"], Options())
