"""The real gate with the real checks on a token endpoint that was named to it, as another team would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.config import PACKAGE, child_environment
from tests.unit.token_server.system import PAGES, System, running

# The small Stream of these tests leaves out what no check looks at.
pytestmark = pytest.mark.filterwarnings("ignore:Missing value of non-optional type")


@dataclass(frozen=True)
class Answer:
    """What the gate said."""

    code: int
    said: str


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A deployment of the endpoint."""
    with running(tmp_path_factory.mktemp("system") / "log") as system:
        yield system


def told_of(system: System, **more: str) -> dict[str, str]:
    """What its owner would tell of it."""
    names = ("supabase_url", "supabase_anon_key", "stream_api_key", "stream_api_secret", "stream_base_url")
    told = {name.upper(): system.target.needed(name) for name in names}
    return {**told, "HARNESS_ALLOWED_ORIGIN": PAGES, **more}


def gate(runs: Path, url: str, told: dict[str, str], only: str) -> Answer:
    """`harness gate --only ... --token-url ...` in a process of its own."""
    options = ["--only", only, "--token-url", url, "--runs", str(runs)]
    command = [sys.executable, "-m", "harness.cli", "gate", *options]
    environment = child_environment({"PYTHONPATH": str(PACKAGE.parent), **told})
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    return Answer(ran.returncode, ran.stdout + ran.stderr)


def test_given_user_and_party_are_enough_for_what_they_can_prove(system: System, tmp_path: Path) -> None:
    party = system.new_party()
    told = told_of(
        system,
        HARNESS_PARTY_ID=party.id,
        HARNESS_EMAIL=party.host.email,
        HARNESS_PASSWORD=party.host.password,
    )
    came = gate(tmp_path, system.target.token_url, told, "T01,T02,T04,T05,T07,T10")
    assert came.code == 0, came.said
    assert "PARTIAL  The 6 chosen checks are green" in came.said
    assert party.host.password not in (next(tmp_path.iterdir()) / "events.jsonl").read_text()


def test_session_may_come_from_a_command(system: System, tmp_path: Path) -> None:
    party = system.new_party()
    told = told_of(
        system,
        HARNESS_PARTY_ID=party.id,
        HARNESS_SESSION_COMMAND=f"echo {system.session(party.host)}",
    )
    came = gate(tmp_path, system.target.token_url, told, "T01")
    assert came.code == 0, came.said
    told["HARNESS_SESSION_COMMAND"] = "echo no session"
    came = gate(tmp_path, system.target.token_url, told, "T01")
    assert came.code == 2, came.said
    assert "HARNESS_SESSION_COMMAND was expected to print a Supabase access token" in came.said


def test_party_that_is_not_there_is_one_sentence_and_no_red_check(system: System, tmp_path: Path) -> None:
    party = system.new_party()
    told = told_of(
        system,
        HARNESS_PARTY_ID="11111111-1111-4111-8111-111111111111",
        HARNESS_EMAIL=party.host.email,
        HARNESS_PASSWORD=party.host.password,
    )
    came = gate(tmp_path, system.target.token_url, told, "T01,T04")
    assert came.code == 2, came.said
    assert "COULD NOT TELL" in came.said
    assert "HARNESS_PARTY_ID was expected to name a party that the given user hosts" in came.said
    assert "FAIL" not in came.said


def test_what_was_not_told_is_a_gap_that_says_what_is_needed(system: System, tmp_path: Path) -> None:
    party = system.new_party()
    told = told_of(
        system, HARNESS_PARTY_ID=party.id, HARNESS_SESSION_COMMAND=f"echo {system.session(party.host)}"
    )
    del told["STREAM_API_SECRET"]
    came = gate(tmp_path, system.target.token_url, told, "T02,T03,T14,T15,T16,T17,T18,G03")
    assert came.code == 2, came.said
    assert "8 checks not proven (gap): T02, T03, T14, T15, T16, T17, T18, G03." in came.said
    for needed in (
        "STREAM_API_SECRET",
        "HARNESS_TOKEN_SERVER_COMMAND",
        "HARNESS_TOKEN_SERVER_LOG",
    ):
        assert f"skipped: not run: needs {needed}" in came.said


def test_command_that_starts_no_server_is_one_sentence_and_no_red_check(
    system: System, tmp_path: Path
) -> None:
    told = told_of(
        system,
        HARNESS_TOKEN_SERVER_COMMAND="true",
        SUPABASE_SERVICE_ROLE_KEY=system.target.needed("supabase_service_role_key"),
    )
    came = gate(tmp_path, system.target.token_url, told, "T18")
    assert came.code == 2, came.said
    assert "HARNESS_TOKEN_SERVER_COMMAND was expected to start a token server on PORT, but it" in came.said
    assert "FAIL" not in came.said


def test_what_is_no_token_endpoint_is_one_sentence(system: System, tmp_path: Path) -> None:
    came = gate(tmp_path, "http://127.0.0.1:9/token", told_of(system), "T")
    assert came.code == 2, came.said
    assert "The token endpoint was expected to answer POST http://127.0.0.1:9/token but did not" in came.said
    assert "Traceback" not in came.said
