"""Hundreds of paths through a party, without a browser: whatever happens, it stays one party.

It is a test of the servers and of the order in which the pages ask them, so it stands with the unit tests:
what a release is judged by are checks with browsers. The seed is that of the run, and printed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import httpx
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from harness.config import HarnessSettings
from harness.errors import Finding
from harness.stack import Stack
from harness.target import Party, Person, Session, StreamApi, Supabase, Target, TokenEndpoint
from tests.unit.party.machine import PartyMachine
from tests.unit.party.tab import System, Tab

PATHS, STEPS = 200, 8
PARTIES_OF_A_HOST = 10  # who makes people pays for their passwords
LENIENT = settings(
    max_examples=PATHS,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    derandomize=False,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    phases=(Phase.generate,),  # a story has STEPS sentences at most: nobody need wait for a shorter one
)


@pytest.fixture(scope="module")
def system(
    stack: Stack, target: Target, supabase: Supabase, stream_api: StreamApi, token_endpoint: TokenEndpoint
) -> Iterator[System]:
    with httpx.Client(base_url=stack.stream_control_url, timeout=30, trust_env=False) as control:
        yield System(target, supabase, stream_api, token_endpoint, control)


@pytest.fixture
def machine(system: System, supabase: Supabase) -> Iterator[type[PartyMachine]]:
    """The paths of one test; whoever took part is gone after it."""
    people: list[Person] = []

    def somebody(name: str) -> tuple[Person, Session]:
        person = supabase.create_user(name)
        people.append(person)
        return person, supabase.sign_in(person)

    hosts: list[tuple[Person, Session]] = []

    def new_party() -> tuple[Party, Session]:
        if Paths.paths % PARTIES_OF_A_HOST == 1:
            hosts.append(somebody("Host"))
        host, session = hosts[-1]
        return supabase.create_party(host, secrets.token_hex(4)), session

    class Paths(PartyMachine):
        pass

    Paths.system, Paths.new_party, Paths.calls = system, staticmethod(new_party), set()
    Paths.audience = [somebody(f"Viewer {number}") for number in (1, 2, 3)]
    yield Paths
    for person in people:
        supabase.delete(person)


def walk(machine: type[PartyMachine], number: int, paths: int = PATHS) -> None:
    """As many paths as are wanted, the same ones for the same seed."""
    seed(number)(machine)
    run_state_machine_as_test(machine, settings=settings(LENIENT, max_examples=paths))


@pytest.mark.timeout(600)  # a crowded machine takes five times as long as a quiet one
def test_whatever_happens_it_stays_one_party(
    machine: type[PartyMachine], harness_settings: HarnessSettings
) -> None:
    print(f"paths with --harness-seed {harness_settings.seed}")  # noqa: T201  pytest shows it with a failure
    walk(machine, harness_settings.seed)
    assert machine.paths >= PATHS


def ends_on_stream_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    saves = Tab.saves
    monkeypatch.setattr(Tab, "saves", lambda tab, **_: saves(tab, is_live=True))


def stays_in_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tab, "leaves", lambda tab: setattr(tab, "joined", False))


def creates_a_call_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the next click, as when the id is not the party's."""
    goes_live = Tab.broadcasts

    def and_another(tab: Tab, operation: str) -> httpx.Response:
        stream = tab.system.stream_api
        body = {"data": {"created_by_id": tab.person.id}}
        stream._ask("POST", f"/api/v2/video/call/livestream/{secrets.token_hex(8)}", json=body)
        return goes_live(tab, operation)

    monkeypatch.setattr(Tab, "broadcasts", and_another)


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (ends_on_stream_alone, r"expected a row with is_live False, it is True[\s\S]*ends the party"),
        (stays_in_the_call, r"in the call, the SFU has [\s\S]*\d\. .*(leaves|ends)"),
        (creates_a_call_of_its_own, r"expected one call of the party, Stream has [\s\S]*The story:"),
    ],
)
def test_a_broken_app_is_found_and_told_as_a_story(
    machine: type[PartyMachine],
    harness_settings: HarnessSettings,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[pytest.MonkeyPatch], None],
    says: str,
) -> None:
    break_it(monkeypatch)
    machine.patience = 2.0  # what is broken never comes right
    with pytest.raises(Finding, match=says):
        walk(machine, harness_settings.seed, 60)
