"""Who comes with a session is signed in on a page that keeps it: by a file or by a command."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import harness.target.command as target_command
from harness.browser import visitor
from harness.browser.browsers import Browsers
from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.signing_in import State, storage_state
from harness.config import SignIn
from harness.errors import NotGiven, ServerError
from harness.target import Party, Person, Target
from harness.trace.events import RunLog
from tests.unit.browser.small_app import PARTY

PERSON = Person("id", "host@example.com", "a password", name="Host")
PRINTS = """
import json, os
told = {name: os.environ["HARNESS_" + name] for name in ("ROLE", "EMAIL", "PASSWORD")}
item = {"name": "session", "value": json.dumps(told)}
origin = {"origin": os.environ["HARNESS_ORIGIN"], "localStorage": [item]}
print(json.dumps({"origins": [origin]}))
"""
TOLD = {"ROLE": "host", "EMAIL": "host@example.com", "PASSWORD": "a password"}


FILE = SignIn(how="storage_state", host_state=Path("host.json"))


def state_of(session: dict[str, object]) -> str:
    """A storage state that has this session of Supabase's."""
    item = {"name": "sb-x-auth-token", "value": json.dumps(session)}
    return json.dumps({"origins": [{"origin": "http://x", "localStorage": [item]}]})


OLD = json.dumps(
    {"cookies": [{"name": "id", "value": "a token", "domain": "x", "path": "/", "expires": 1.5}]}
)


def command(script: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-c", script, *arguments])


def printed(told: str) -> State | None:
    how = SignIn(how="script", command=told)
    return storage_state(Target(token_url="http://x", pages_url="http://x", sign_in=how), "host", PERSON)


def kept_in_page(browsers: Browsers, page_url: str, state: State | None) -> object:
    context = browsers.new_context("no_devices", (), storage_state=state)
    try:
        page = context.new_page()
        page.goto(page_url)
        return json.loads(page.evaluate("localStorage.getItem('session')"))
    finally:
        context.close()


def test_state_of_a_command_and_of_a_file_is_in_the_page(
    browsers: Browsers, page_url: str, tmp_path: Path
) -> None:
    how = SignIn(how="script", command=command(PRINTS))
    came = storage_state(Target(token_url=page_url, pages_url=page_url, sign_in=how), "host", PERSON)
    assert kept_in_page(browsers, page_url, came) == TOLD
    (tmp_path / "host.json").write_text(json.dumps(came))
    read = storage_state(Target(token_url=page_url, sign_in=FILE, folder=tmp_path), "host", PERSON)
    assert kept_in_page(browsers, page_url, read) == TOLD


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("print('no state')", "what came is none"),
        ("print('[]')", "what came is none"),
        ('print(\'{"cookies": [{"name": "x"}]}\')', "what came is none"),
        ("print('{\"origins\": []}'); raise SystemExit(3)", "it ended with exit code 3"),
        (f"print({OLD!r})", "what came has expired"),
    ],
)
def test_command_that_prints_none_is_told_without_what_it_printed(script: str, fault: str) -> None:
    with pytest.raises(ServerError, match=rf"sign_in\.command was expected .*{fault}") as told:
        printed(command(script))
    assert "no state" not in str(told.value)
    assert "a token" not in str(told.value)


def test_command_that_is_none_is_told() -> None:
    with pytest.raises(ServerError, match=r"sign_in\.command was expected .* could not be started"):
        printed("no-such-program --now")


def test_command_that_hangs_is_ended_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(target_command, "WITHIN", 1.0)
    pid = tmp_path / "pid"
    with pytest.raises(ServerError, match=r"sign_in\.command was expected .* it took longer than 1 s"):
        printed(f"sh -c 'sleep 600 & echo $! > {pid}; wait'")
    eventually(lambda: why_it_runs(pid), within=20)


def test_command_ends_with_all_that_it_started_when_ctrl_c_is_pressed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"

    def interrupted(*_: object, **__: object) -> tuple[bytes, bytes]:
        eventually(lambda: None if pid.exists() and pid.read_text().strip() else "not begun", within=20)
        raise KeyboardInterrupt

    monkeypatch.setattr("subprocess.Popen.communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        printed(f"sh -c 'sleep 600 & echo $! > {pid}; wait'")
    eventually(lambda: why_it_runs(pid), within=20)


def why_it_runs(pid: Path) -> str | None:
    """None once the process whose number is kept there is gone."""
    stat = Path(f"/proc/{pid.read_text().strip()}/stat")
    return None if not stat.exists() or " Z " in stat.read_text() else "what it started runs on"


@pytest.mark.parametrize(
    ("content", "fault"), [(None, r"is none \(No such file"), ("{", "is none"), (OLD, "has expired")]
)
def test_file_that_is_none_is_told(tmp_path: Path, content: str | None, fault: str) -> None:
    if content is not None:
        (tmp_path / "host.json").write_text(content)
    with pytest.raises(ServerError, match=rf"sign_in\.host_state was expected .* {fault}"):
        storage_state(Target(token_url="http://x", sign_in=FILE, folder=tmp_path), "host", PERSON)


def test_session_that_can_be_renewed_or_lasts_is_good(tmp_path: Path) -> None:
    for session in ({"expires_at": 1, "refresh_token": "x"}, {"expires_at": 9e9}, {}):
        (tmp_path / "host.json").write_text(state_of({"access_token": "a token", **session}))
        assert storage_state(Target(token_url="http://x", sign_in=FILE, folder=tmp_path), "host", PERSON)


def test_file_of_one_host_does_not_do_for_the_parties_of_many() -> None:
    many = Target(token_url="http://x", sign_in=FILE, supabase_service_role_key="key")
    with pytest.raises(NotGiven, match=r'needs party\.how = "given": a storage state is the session of'):
        storage_state(many, "host", PERSON)


@pytest.mark.parametrize("done", ["text=A party", "#nothing"])
def test_who_comes_with_a_session_that_the_app_does_not_take_is_told(
    browsers: Browsers, target: Target, run_log: RunLog, monkeypatch: pytest.MonkeyPatch, done: str
) -> None:
    monkeypatch.setattr(visitor, "OPENS_WITHIN", 3.0)
    told = replace(target, sign_in=SignIn(how="script", command="true", done=done))
    host = Host(browsers.new_context("no_devices", ()), "host", PERSON, told, run_log)
    try:
        if done == "#nothing":
            with pytest.raises(ServerError, match=r"to be signed in by sign_in\.how = 'script', but nothing"):
                host.comes_to(Party(PARTY, PERSON, ""))
        else:
            host.comes_to(Party(PARTY, PERSON, ""))
    finally:
        host.page.context.close()
