"""The pytest plugin: the system under test, its people and its evidence, as fixtures.

A check reads like the story that it proves: `party` is a fresh party with its host, `host` and `viewer` are
people in browsers of their own; `new_viewer()`, `new_party()` and `new_person()` make more of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faker import Faker

from harness.config import HarnessSettings, load
from harness.setup import pages
from harness.stack import Stack
from harness.target import Party, Person, StreamApi, Supabase, Target, TokenEndpoint
from harness.trace.events import RunLog
from harness.trace.outcomes import OutcomeRecorder

RUN_LOG = pytest.StashKey[RunLog]()
NAMES_SEED = 1  # people's names look random, and are the same in every run


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    group.addoption("--run-dir", type=Path, help="folder for the evidence; default: a temporary one")
    group.addoption("--pages-dist", type=Path, help="built pages to serve instead of our own")
    group.addoption(
        "--server",
        action="append",
        default=[],
        metavar="NAME=MODULE",
        help="start this module as the server NAME ('token server' ...) instead of our own",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(id): the release check of this id, as in checks.toml")
    run_dir = config.getoption("--run-dir")
    if run_dir is not None:
        config.stash[RUN_LOG] = RunLog(run_dir / "events.jsonl")
        config.pluginmanager.register(OutcomeRecorder(config.stash[RUN_LOG]), "harness outcomes")


@pytest.fixture(scope="session")
def harness_settings() -> HarnessSettings:
    """What the environment says."""
    return load(HarnessSettings)


@pytest.fixture(scope="session")
def run_dir(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder for the evidence of this run."""
    return pytestconfig.getoption("--run-dir") or tmp_path_factory.mktemp("run")


@pytest.fixture(scope="session")
def run_log(pytestconfig: pytest.Config, run_dir: Path) -> RunLog:
    """The events of this run."""
    return pytestconfig.stash.get(RUN_LOG, None) or RunLog(run_dir / "events.jsonl")


@pytest.fixture(scope="session")
def stack(
    pytestconfig: pytest.Config, harness_settings: HarnessSettings, run_dir: Path, run_log: RunLog
) -> Iterator[Stack]:
    """The reference system, started once."""
    dist = pytestconfig.getoption("--pages-dist") or pages.ensure(harness_settings)
    modules = dict(option.split("=", 1) for option in pytestconfig.getoption("--server"))
    began = time.monotonic()
    system = Stack(run_dir, harness_settings, dist, modules=modules)
    run_log.secrets.add(*system.keys.secret_values())
    with system:
        run_log.event("harness", "phase", name="servers started", seconds=round(time.monotonic() - began, 3))
        yield system


@pytest.fixture(scope="session")
def target(stack: Stack) -> Target:
    """Where the system under test is."""
    return stack.target


@pytest.fixture(autouse=True)
def _servers_live(request: pytest.FixtureRequest) -> Iterator[None]:
    """A server that died says so itself, instead of the check that missed it."""
    yield
    if "stack" in request.fixturenames:
        request.getfixturevalue("stack").check()


@pytest.fixture(scope="session")
def supabase(target: Target) -> Iterator[Supabase]:
    """The target's Supabase, asked from outside."""
    with closing(Supabase(target)) as client:
        yield client


@pytest.fixture(scope="session")
def stream_api(target: Target) -> Iterator[StreamApi]:
    """The target's Stream, asked from outside."""
    with closing(StreamApi(target)) as client:
        yield client


@pytest.fixture(scope="session")
def token_endpoint(target: Target) -> Iterator[TokenEndpoint]:
    """The target's token endpoint."""
    with closing(TokenEndpoint(target)) as client:
        yield client


@pytest.fixture(scope="session")
def names() -> Faker:
    """Names for people and parties."""
    faker = Faker()
    faker.seed_instance(NAMES_SEED)
    return faker


@pytest.fixture
def new_person(supabase: Supabase, names: Faker) -> Iterator[Callable[[], Person]]:
    """Makes people who can sign in; they are gone after the test, and with them their parties."""
    people: list[Person] = []

    def make() -> Person:
        people.append(supabase.create_user(names.name()))
        return people[-1]

    yield make
    for person in people:
        supabase.delete(person)


@pytest.fixture
def new_party(supabase: Supabase, names: Faker, new_person: Callable[[], Person]) -> Callable[[], Party]:
    """Makes parties that have not started, each with a host of its own."""

    def make() -> Party:
        return supabase.create_party(new_person(), names.catch_phrase())

    return make


@pytest.fixture
def party(new_party: Callable[[], Party]) -> Party:
    """A fresh party."""
    return new_party()
