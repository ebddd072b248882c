"""Devices that fail, and a host and a viewer who stay from one such test to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from harness.browser.browsers import Browsers
from harness.browser.failures import Armed, failure_named
from harness.browser.keeper import evidence_folder
from harness.browser.rehearsal import Rehearsal
from harness.browser.rehearsals import Rehearsals
from harness.browser.visitor import Visitor
from harness.config import HarnessSettings
from harness.plugin.stash import FAILED, KEEPER, SPOILT
from harness.target import (
    Party,
    Person,
    StreamApi,
    Supabase,
    Target,
)
from harness.trace.events import RunLog
from harness.trace.evidence import Account
from harness.trace.failure import Devices

Fail = Callable[[str, Visitor], Armed]
NewRehearsal = Callable[[str], Rehearsal]


@pytest.fixture
def fail(browsers: Browsers) -> Iterator[Fail]:
    """`fail("mic-busy", host)`: that failure is there until it is healed, or the test ends.

    The host's browser must have the failure's own profile: `new_host(party, FAILURES["mic-busy"].profile)`.
    """
    with ExitStack() as healed:
        yield lambda name, person: healed.enter_context(
            failure_named(name).arm(person, browsers.devices_of(person.page))
        )


@pytest.fixture(scope="session")
def _rehearsals(
    browsers: Browsers,
    target: Target,
    supabase: Supabase,
    stream_api: StreamApi,
    harness_settings: HarnessSettings,
    run_log: RunLog,
    parties_made: list[Party],
) -> Iterator[Rehearsals]:
    from harness.target.personas import Personas

    names = Personas(f"{harness_settings.seed} rehearsals")
    people: list[Person] = []

    def new_person() -> Person:
        people.append(supabase.create_user(names.name()))
        run_log.secrets.add(people[-1].password)
        return people[-1]

    def new_party() -> Party:
        parties_made.append(supabase.create_party(new_person(), names.title()))
        return parties_made[-1]

    with Rehearsals(browsers, target, run_log, supabase, stream_api, new_party, new_person) as kept:
        yield kept
    for person in people:
        supabase.delete(person)


@pytest.fixture
def _new_rehearsal(
    request: pytest.FixtureRequest, run_log: RunLog, _rehearsals: Rehearsals
) -> Iterator[NewRehearsal]:
    """Brings a host with the device profile that is named, and a viewer; they stay on if all goes well."""
    folder = evidence_folder(run_log.path.parent, request.node.nodeid, run_log.attempt)
    used: set[str] = set()

    def come(profile: str) -> Rehearsal:
        used.add(profile)
        return _rehearsals.of(profile, folder)

    yield come
    for account, devices in dropped(_rehearsals, used, request.node.stash):
        if KEEPER in request.config.stash:
            request.config.stash[KEEPER].tell(account, devices)


def dropped(
    rehearsals: Rehearsals, used: set[str], stash: pytest.Stash
) -> list[tuple[Account, Mapping[str, Devices]]]:
    """After a gap, too, people go who may still be live; returns what is kept of those of a failed check."""
    if not stash.get(SPOILT, False):
        return []
    failed = stash.get(FAILED, False)
    left = [rehearsals.drop(profile, failed=failed) for profile in sorted(used)]
    return [kept for kept in left if failed and kept is not None]


@pytest.fixture
def rehearsal(_new_rehearsal: NewRehearsal) -> Rehearsal:
    """A host whose devices can fail, and a viewer of the same party."""
    return _new_rehearsal("changeable")


@pytest.fixture
def pluggable_rehearsal(_new_rehearsal: NewRehearsal) -> Rehearsal:
    """The same with a microphone that can be unplugged, too. The gate gives its tests to one worker."""
    return _new_rehearsal("pluggable")
