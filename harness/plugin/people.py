"""Accounts and parties: made for a test and removed after it, or those that a target gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

import pytest

from harness.config import HarnessSettings
from harness.target import (
    Given,
    Party,
    Person,
    Session,
    Supabase,
    Target,
)
from harness.trace.events import RunLog

if TYPE_CHECKING:
    from harness.target.personas import Personas


@pytest.fixture
def names(harness_settings: HarnessSettings, request: pytest.FixtureRequest) -> Personas:
    """Names for people and parties: a test gets the same in every run, also when it runs alone."""
    from harness.target.personas import Personas  # Faker looks through all its languages

    return Personas(f"{harness_settings.seed} {request.node.nodeid}")


class NewPerson(Protocol):
    """How a test asks for somebody who can sign in."""

    def __call__(self, name: str | None = None) -> Person: ...


class NewParty(Protocol):
    """How a test asks for a party that has not started."""

    def __call__(self, title: str | None = None, host_name: str | None = None) -> Party: ...


@pytest.fixture
def new_person(supabase: Supabase, names: Personas, run_log: RunLog) -> Iterator[NewPerson]:
    """Makes people who can sign in; they are gone after the test, and with them their parties."""
    people: list[Person] = []

    def make(name: str | None = None) -> Person:
        person = supabase.create_user(name or names.name())
        run_log.secrets.add(person.password)
        people.append(person)
        return person

    yield make
    for person in people:
        supabase.delete(person)


@pytest.fixture(scope="session")
def parties_made() -> list[Party]:
    """Those that were made so far, in this test and before."""
    return []


@pytest.fixture
def new_party(
    supabase: Supabase, names: Personas, new_person: NewPerson, parties_made: list[Party]
) -> Iterator[NewParty]:
    """Makes parties that have not started, each with a host of its own; they are gone after the test."""
    made: list[Party] = []

    def make(title: str | None = None, host_name: str | None = None) -> Party:
        made.append(supabase.create_party(new_person(host_name), title or names.title()))
        parties_made.append(made[-1])
        return made[-1]

    yield make
    for party in made:
        supabase.delete(party)


@pytest.fixture(scope="session")
def given(target: Target) -> Given:
    """The user and the party of a target that lets checks make none."""
    return Given(target)


@pytest.fixture
def party(target: Target, request: pytest.FixtureRequest) -> Iterator[Party]:
    """A fresh party, with a host of its own where one can be made; else the given party."""
    if target.makes_people and target.makes_parties:
        new_party: Callable[[], Party] = request.getfixturevalue("new_party")
        yield new_party()
        return
    given: Given = request.getfixturevalue("given")
    if not target.makes_parties:
        yield given.party
        return
    supabase: Supabase = request.getfixturevalue("supabase")
    party = supabase.create_party(given.person, "A party of the harness")
    yield party
    supabase.delete(party)


@pytest.fixture
def host_session(target: Target, request: pytest.FixtureRequest, party: Party) -> Session:
    """A session of the party's host."""
    if not (target.makes_people and target.makes_parties):
        given: Given = request.getfixturevalue("given")
        return given.session
    supabase: Supabase = request.getfixturevalue("supabase")
    return supabase.sign_in(party.host)
