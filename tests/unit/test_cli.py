from __future__ import annotations

import os
import signal
from typing import Any

import click
import pytest

from harness import cli
from harness.config import HostPage, TargetSettings
from harness.errors import SetUpError
from harness.setup.commands import BROWSER, COMMANDS, PACKAGES, POSTGRES


def run(*arguments: str) -> int:
    """The exit code of a command line."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gatte"], "There is no command `gatte`: did you mean `gate`?\n"),
        (["gate", "--onyl", "T"], "No such option '--onyl'. Did you mean '--only'?\n"),
        (["up", "--port", "70000"], "Invalid value for '--port': 70000 is not in the range 0<=x<=65535.\n"),
        (["doctor", "now"], "Got unexpected extra argument (now)\n"),
    ],
)
def test_what_does_not_exist_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert capsys.readouterr().err == sentence


def test_an_unknown_check_is_told_before_anything_is_set_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_BROWSER", "/nowhere/chrome")
    assert run("gate", "--only", "Z99") == 2
    error = capsys.readouterr().err
    assert "Z99" in error
    assert len(error.splitlines()) == 1


def test_a_browser_that_is_not_there_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_BROWSER", "/nowhere/chrome")
    assert run("gate", "--only", "T01") == 2
    assert capsys.readouterr().err == (
        "HARNESS_BROWSER names /nowhere/chrome, which is no browser that starts: name a Chromium or Chrome, "
        "or unset it.\n"
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"host": True, "in_browsers": True}, (PACKAGES, BROWSER)),
        ({"host": True, "in_browsers": False}, (PACKAGES,)),
        ({"host": False, "in_browsers": True}, (PACKAGES,)),
        ({"host": True, "in_browsers": True, "supabase": "local"}, (PACKAGES, BROWSER, POSTGRES)),
    ],
)
def test_a_deployment_needs_a_browser_where_its_pages_are_looked_at(
    told: dict[str, Any], expected: tuple[str, ...]
) -> None:
    page = HostPage(url="https://x.example/{party_id}") if told["host"] else HostPage()
    target = TargetSettings(token_url="https://x.example", host=page, supabase=told.get("supabase", "real"))
    assert cli._gate_needs(target, in_browsers=told["in_browsers"]) == expected


def test_a_setting_that_cannot_be_read_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_TOKEN_URL", "nowhere")
    assert run("gate") == 2
    assert "HARNESS_TOKEN_URL is wrong" in capsys.readouterr().err


def raises(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


def test_an_error_of_the_harness_is_its_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cli.commands.commands, "gate", raises(SetUpError("No: do this.")))
    assert run("gate") == 2
    assert capsys.readouterr().err == "No: do this.\n"


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli.commands.commands, "gate", raises(KeyboardInterrupt()))
    assert run("gate") == 130


def test_sigterm_ends_like_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def terminated() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.sigtimedwait([signal.SIGUSR1], 20)
        raise AssertionError("SIGTERM was not heard")

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setitem(cli.commands.commands, "gate", terminated)
    try:
        assert run("gate") == 130
    finally:
        signal.signal(signal.SIGTERM, before)


def test_every_command_that_help_names_is_there() -> None:
    assert set(cli.commands.commands) == set(COMMANDS)
