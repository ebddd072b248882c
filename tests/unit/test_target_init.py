"""`harness target init`, by options and as a person at a terminal sees it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from harness.browser.eventually import eventually
from harness.config import child_environment, load_target
from harness.errors import HarnessError, UsageError
from harness.target_file.answers import understood
from harness.target_file.asking import Asking
from harness.target_file.questions import QUESTIONS, Question
from harness.target_file.writing import lacks, write

PATIENCE = 30.0  # seconds
STARTED = {
    "app_command": "node server.mjs",
    "app_environment": "SITE,MODE",
    "token_url": "http://127.0.0.1:{port}/token",
    "host.url": "http://127.0.0.1:{port}/{party_id}",
    "host.go_live": '["#menu", "text=Go"]',
    "stream": "local",
    "sign_in.viewer": "false",
}


def written(folder: Path, answers: dict[str, str], others: tuple[str, ...] = ()) -> Path:
    write(folder / "harness.toml", Asking(answers, others, is_person=False).whole())
    return folder / "harness.toml"


def test_answers_become_what_their_keys_want(tmp_path: Path) -> None:
    file = written(tmp_path, STARTED, ('party.values={ kind = "a \\"b\\"" }', "app_port=4711"))
    told = load_target(file)
    assert told.app_command == "node server.mjs"
    assert told.app_environment == ("SITE", "MODE")
    assert told.host.go_live == ("#menu", "text=Go")
    assert told.sign_in.viewer is False
    assert told.party.values == {"kind": 'a "b"'}
    assert told.host.url == "http://127.0.0.1:4711/{party_id}"


def test_an_endpoint_may_be_told_later(tmp_path: Path) -> None:
    answers = {"host.url": "https://app.example/{party_id}"}
    written(tmp_path, answers)
    assert lacks(answers)[0].startswith("Before it is checked, tell token_url")


def test_every_question_has_an_option_of_its_own() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_every_question_is_of_a_key_that_takes_its_default(question: Question) -> None:
    wanted = question.default or question.example.partition(", or ")[0] or "x"
    understood(question.key, "https://x.example" if question.key == "party.make.url" else wanted)


@pytest.mark.parametrize(
    ("key", "answer", "sentence"),
    [
        ("stream", "reel", "stream is wrong (input should be 'local' or 'real')."),
        ("host.url", "app.example", "host.url is wrong (input should be a valid URL"),
        ("host.url", "https://a.example/{id}", "expected no other place than {party_id}, came {id}"),
        ("host.live", "/(/", "host.live is wrong (it is no pattern"),
        ("sign_in.viewer", "perhaps", "sign_in.viewer is wrong"),
        ("host.goes_live", "#x", "host.goes_live is no key of a target file. Did you mean go_live?"),
        ("password", "hush", "password is no key of a target file."),
        ("hosts.url", "x", "hosts.url is no key of a target file. Did you mean host?"),
    ],
)
def test_wrong_answer_is_one_sentence(key: str, answer: str, sentence: str) -> None:
    with pytest.raises(UsageError) as told:
        understood(key, answer)
    assert sentence in str(told.value)
    assert "hush" not in str(told.value)


def test_answers_that_do_not_go_together_write_nothing(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="set app_command"):
        written(tmp_path, {"supabase": "local"})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "harness.toml").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        Asking({}, (), is_person=False).may_replace(tmp_path / "harness.toml", force=False)


class Terminal:
    """The command at a terminal of its own, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.text = ""
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            ["setsid", "--ctty", sys.executable, "-m", "harness.cli", "target", "init"],
            cwd=folder,
            env=child_environment({"TERM": "dumb"}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)

    def reads(self, words: str) -> None:
        """Wait until it says so, after what was read before."""
        until = time.monotonic() + PATIENCE
        while words not in self.text:
            assert time.monotonic() < until, f"expected {words!r}, it says {self.text!r}"
            if not self._more():
                raise AssertionError(f"expected {words!r}, it ended with {self.text!r}")
        self.text = self.text.partition(words)[2]

    def types(self, text: str) -> None:
        """As it is: Ctrl-C is a character of it."""
        os.write(self._master, text.encode())

    def answers(self, text: str) -> None:
        """And Enter."""
        self.types(f"{text}\n")

    def interrupts(self) -> None:
        """Press Ctrl-C until it ends: one that comes just before Python reads waits for the next key."""

        def why_not_yet() -> str | None:
            with suppress(OSError):  # it ended meanwhile
                self.types("\x03")
            return None if self.process.poll() is not None else "it goes on"

        eventually(why_not_yet, within=PATIENCE, every=1.0)

    def goes_on_with_enter(self) -> int:
        """Take every default that is left; its exit code."""
        self.answers("\n" * len(QUESTIONS))
        return self.ends()

    def ends(self) -> int:
        """Read all that it still says; its exit code."""
        until = time.monotonic() + PATIENCE
        while self._more():
            assert time.monotonic() < until, f"it does not end: {self.text}"
        return self.process.wait(PATIENCE)

    def _more(self) -> bool:
        if not select.select([self._master], [], [], 1.0)[0]:
            return self.process.poll() is None
        try:
            came = os.read(self._master, 4096)
        except OSError:  # nobody is at the other end
            return False
        self.text += came.decode("utf-8", "replace")
        return bool(came)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """In an empty folder."""
    one = Terminal(tmp_path)
    yield one
    one.close()


def test_a_person_is_asked_and_told_at_once_what_is_wrong(terminal: Terminal, tmp_path: Path) -> None:
    terminal.reads("The command that starts your app")
    terminal.answers("")
    terminal.reads("Variables of your environment")
    terminal.answers("")
    terminal.reads("The token endpoint, if you know it already")
    terminal.answers("app.example")
    terminal.reads("token_url is wrong (input should be a valid URL")
    terminal.reads("The token endpoint, if you know it already")
    terminal.answers("")
    terminal.reads("The host's page")
    terminal.answers("https://app.example/{party_id}")
    assert terminal.goes_on_with_enter() == 0, terminal.text
    assert tomllib.loads((tmp_path / "harness.toml").read_text())["host"] == {
        "url": "https://app.example/{party_id}"
    }


def test_a_person_mends_what_does_not_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def prompt(asks: str, *, default: str, **_: object) -> str:
        asked.append(asks)
        # Given by an option: asked for once it proves wrong.
        return "real" if asks.startswith("Which Supabase") else default

    monkeypatch.setattr("click.prompt", prompt)
    whole = Asking({}, ["supabase=local"], is_person=True).whole()
    assert "so the app must be started for the run" in capsys.readouterr().out
    assert whole["supabase"] == "real"
    assert len([asks for asks in asked if asks.startswith("Which Supabase")]) == 1


def test_a_person_writes_a_file(terminal: Terminal, tmp_path: Path) -> None:
    terminal.reads("The command that starts your app")
    assert terminal.goes_on_with_enter() == 0, terminal.text
    assert "Before it is checked, tell token_url" in terminal.text
    assert tomllib.loads((tmp_path / "harness.toml").read_text())["sign_in"]["how"] == "form"


def test_ctrl_c_writes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.reads("The command that starts your app")
    terminal.answers("serve")
    terminal.reads("Variables of your environment")
    terminal.interrupts()
    assert terminal.ends() == 130, terminal.text
    assert list(tmp_path.iterdir()) == []


def test_a_person_keeps_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "harness.toml").write_text("mine")
    terminal = Terminal(tmp_path)
    try:
        terminal.reads("is there already. Replace it? [y/N]")
        assert terminal.goes_on_with_enter() == 2
        assert re.search("name another with --output", terminal.text)
        assert (tmp_path / "harness.toml").read_text() == "mine"
    finally:
        terminal.close()
