"""An app that the harness knows by its target file alone is judged as the built-in system is."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
import sys
from pathlib import Path

import httpx
import pytest

from tests.demo_app.demo import built, gate, harness
from tests.unit.stack.up_alone import up

ELSEWHERE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app, built."""
    return built(tmp_path_factory.mktemp("demo"))


def changed(app: Path, folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the app with one edit."""
    copy = shutil.copytree(app, folder / "app")
    text = (copy / file).read_text()
    assert text.count(old) == 1, f"{old!r} was not found once in {file}"
    (copy / file).write_text(text.replace(old, new))
    return copy


@pytest.mark.timeout(240)
def test_it_is_proved_by_its_target_file_alone(app: Path) -> None:
    came = gate(app, "T01,G01,G03,C02")
    assert came.code == 0, came.text
    assert "PARTIAL  The 4 chosen checks are green" in came.text


@pytest.mark.timeout(240)
def test_it_turns_red_where_it_is_wrong(app: Path, tmp_path: Path) -> None:
    wrong = changed(app, tmp_path, "server.mjs", "callId: room.room }", f'callId: "{ELSEWHERE}" }}')
    target = str(wrong / "harness.toml")
    came = harness(wrong, "gate", "--target", target, "--only", "C01", "--no-rerun")
    assert came.code == 1, came.text
    assert re.search(rf"callId parts at [\w ]+ \(\w+\): {ELSEWHERE}; before it", came.text), came.text


@pytest.mark.timeout(240)
def test_it_is_proved_on_a_stream_that_is_known_by_its_address_and_keys_alone(app: Path) -> None:
    """As the vendor's is: no journal, no control API, nothing redirected, not started by us."""
    keys = {"STREAM_API_KEY": "akeyofstream", "STREAM_API_SECRET": secrets.token_hex(32)}
    with up(**keys) as stream:
        assert httpx.get(f"{stream.url}/_control/journal", trust_env=False).status_code == 501
        told = {"HARNESS_STREAM": "real", "STREAM_BASE_URL": stream.url, **keys}
        command = f"env STREAM_FOR_PAGES={stream.url} node server.mjs"
        came = gate(app, "T07,G01,G03,C01", None, **told, HARNESS_APP_COMMAND=command)
    assert came.code == 0, came.text
    assert "PARTIAL  The 4 chosen checks are green" in came.text


@pytest.mark.timeout(240)
def test_its_people_may_come_with_a_session_that_a_script_prints(app: Path) -> None:
    script = shlex.join([sys.executable, str(Path(__file__).with_name("signs_in.py"))])
    told = {"HARNESS_SIGN_IN__HOW": "script", "HARNESS_SIGN_IN__DONE": "#menu"}
    came = gate(app, "G02", None, **told, HARNESS_SIGN_IN__COMMAND=script)
    assert came.code == 0, came.text
    failing = gate(app, "G02", None, **told, HARNESS_SIGN_IN__COMMAND="false")
    assert failing.code == 2, failing.text
    assert "sign_in.command was expected to print a storage state" in failing.text
    assert "it ended with exit code 1" in failing.text
    assert "Traceback" not in failing.text


def test_what_its_owner_did_not_tell_is_a_gap(app: Path, tmp_path: Path) -> None:
    silent = changed(
        app, tmp_path, "harness.toml", 'url = "http://127.0.0.1:{port}/studio?room={party_id}"', ""
    )
    came = gate(silent, "G02")
    assert came.code == 2, came.text
    assert "skipped: not run: needs host.url in the target file" in came.text
    assert "pass" not in came.text
