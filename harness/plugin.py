"""The pytest plugin: the system under test, its people and its evidence, as fixtures.

A check reads like the story that it proves: `party` is a fresh party with its host, `host` and `viewer` are
people in browsers of their own; `new_viewer()`, `new_party()` and `new_person()` make more of them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import Playwright

from harness.browser.browsers import Browsers
from harness.browser.cast import CAMERA_AND_MICROPHONE, Cast
from harness.browser.eventually import eventually
from harness.browser.failures import Armed, failure_named
from harness.browser.host import Host
from harness.browser.keeper import Keeper, evidence_folder
from harness.browser.rehearsal import Rehearsal
from harness.browser.rehearsals import Rehearsals
from harness.browser.viewer import Viewer
from harness.browser.visitor import Visitor
from harness.config import HarnessSettings, load, load_target, secrets_of
from harness.errors import Finding, NotGiven
from harness.setup import browser, pages
from harness.stack import Deployment, Stack
from harness.stack.account import While, armed_faults, server_account
from harness.target import (
    Given,
    Party,
    Person,
    Session,
    StreamApi,
    StreamJournal,
    Supabase,
    Target,
    TokenEndpoint,
    witnesses,
)
from harness.trace.events import RunLog
from harness.trace.outcomes import OutcomeRecorder
from harness.trace.sightings import Ledger, Sighting

if TYPE_CHECKING:
    from harness.target.personas import Personas

RUN_LOG = pytest.StashKey[RunLog]()
FAILED = pytest.StashKey[bool]()
STACK = pytest.StashKey[Stack]()
DEPLOYMENT = pytest.StashKey[Deployment]()
KEEPER = pytest.StashKey[Keeper]()
LATE_BY = 6.0  # seconds that a webhook may take


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    group.addoption("--run-dir", type=Path, help="folder for the evidence; default: a temporary one")
    group.addoption("--seed", type=int, help="what names and titles are made from; default: HARNESS_SEED, 1")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(id): the release check of this id, as in checks.toml")
    run_dir = config.getoption("--run-dir")
    if run_dir is not None:
        config.stash[RUN_LOG] = RunLog(run_dir / "events.jsonl")
        config.pluginmanager.register(OutcomeRecorder(config.stash[RUN_LOG]), "harness outcomes")
        config.stash[KEEPER] = Keeper(config.stash[RUN_LOG], config.getoption("--seed"))
        config.pluginmanager.register(config.stash[KEEPER], "harness evidence")


def pytest_report_header(config: pytest.Config) -> str:
    seed = config.getoption("--seed")
    seed = load(HarnessSettings).seed if seed is None else seed
    return f"names and paths: --seed {seed}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    yield from _gap_when_not_given()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    yield from _gap_when_not_given()


def _gap_when_not_given() -> Generator[None, None, None]:
    """A check that needs what the target does not have is not run, which its verdict counts as a gap."""
    try:
        yield
    except NotGiven as missing:
        pytest.skip(f"not run: {missing}")


@pytest.fixture(scope="session")
def harness_settings(pytestconfig: pytest.Config) -> HarnessSettings:
    """What the environment says, and the command line of pytest."""
    settings, seed = load(HarnessSettings), pytestconfig.getoption("--seed")
    return settings if seed is None else settings.model_copy(update={"seed": seed})


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
    began = time.monotonic()
    system = Stack(_of_worker(pytestconfig, run_dir), harness_settings, pages.ensure(harness_settings))
    run_log.secrets.add(*system.keys.secret_values())
    if harness_settings.database_url is not None:
        run_log.secrets.add(harness_settings.database_url.get_secret_value())
    with system:
        run_log.event("harness", "phase", name="servers started", seconds=round(time.monotonic() - began, 3))
        pytestconfig.stash[STACK] = system
        yield system
        del pytestconfig.stash[STACK]


def _of_worker(config: pytest.Config, run_dir: Path) -> Path:
    """Where this process leaves its servers' logs: several may work on one run, each with its own servers."""
    number = str(config.getoption("--worker", "1/1")).partition("/")[0]
    return run_dir if number == "1" else run_dir / f"worker-{number}"


@pytest.fixture(scope="session")
def target(
    request: pytest.FixtureRequest, harness_settings: HarnessSettings, run_dir: Path, run_log: RunLog
) -> Iterator[Target]:
    """Where the system under test is: the deployment that was named, or else the reference system."""
    told = load_target(harness_settings.target_file)
    if told.token_url is None:
        stack: Stack = request.getfixturevalue("stack")
        own = stack.target
        yield replace(own, required_sightings=told.required_sightings or own.required_sightings)
        return
    deployment = Deployment(_of_worker(request.config, run_dir), harness_settings, told)
    target = deployment.target
    run_log.secrets.add(*target.secrets.values(), *secrets_of(told))
    if harness_settings.database_url is not None:
        run_log.secrets.add(harness_settings.database_url.get_secret_value())
    with deployment, closing(TokenEndpoint(target)) as endpoint:
        endpoint.expect_there()
        request.config.stash[DEPLOYMENT] = deployment
        yield target
        del request.config.stash[DEPLOYMENT]


@pytest.fixture(autouse=True)
def _servers_told(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of a red test, what the servers have to say: asked last of all, while they run."""
    yield
    keeper, stash = request.config.stash.get(KEEPER, None), request.config.stash
    servers = stash.get(STACK, None) or stash.get(DEPLOYMENT, None)
    if keeper is None or servers is None or not request.node.stash.get(FAILED, False):
        return
    about = While(keeper.began, time.time(), keeper.calls())
    control = servers.stream_control_url or servers.target.stream_control_url
    account = server_account(about, control, servers.server_logs)
    keeper.tell(account, faults=armed_faults(control) if control else ())


@pytest.fixture(autouse=True)
def _servers_live(request: pytest.FixtureRequest) -> Iterator[None]:
    """A server that died says so itself, instead of the check that missed it."""
    yield
    if (stack := request.config.stash.get(STACK, None)) is not None:
        stack.check()
    if (deployment := request.config.stash.get(DEPLOYMENT, None)) is not None:
        deployment.check()


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
def stream_journal(target: Target) -> Iterator[StreamJournal | None]:
    """What the local Stream was asked; None where there is no such witness."""
    if target.stream_control_url is None:
        yield None
        return
    with closing(StreamJournal(target)) as journal:
        yield journal


@pytest.fixture(scope="session")
def token_endpoint(target: Target) -> Iterator[TokenEndpoint]:
    """The target's token endpoint."""
    with closing(TokenEndpoint(target)) as client:
        yield client


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


@pytest.fixture
def new_party(supabase: Supabase, names: Personas, new_person: NewPerson) -> Iterator[NewParty]:
    """Makes parties that have not started, each with a host of its own; they are gone after the test."""
    made: list[Party] = []

    def make(title: str | None = None, host_name: str | None = None) -> Party:
        made.append(supabase.create_party(new_person(host_name), title or names.title()))
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
    if not target.makes_people:
        given: Given = request.getfixturevalue("given")
        return given.session
    supabase: Supabase = request.getfixturevalue("supabase")
    return supabase.sign_in(party.host)


@pytest.fixture(scope="session")
def browsers(
    target: Target,
    playwright: Playwright,
    pytestconfig: pytest.Config,
    harness_settings: HarnessSettings,
) -> Iterator[Browsers]:
    """One browser process for each device profile, kept for the whole run."""
    if STACK not in pytestconfig.stash and target.host.url is None:
        raise NotGiven("needs host.url in the target file, the address of the host's page")
    connect = harness_settings.connect
    # Playwright servers have browsers of their own; a path that is named is one on their machines.
    executable = harness_settings.browser if connect else browser.ensure(harness_settings)
    headless, clips = not pytestconfig.getoption("--headed"), harness_settings.cache / "clips"
    with Browsers(playwright, executable, clips, headless=headless, connect=connect) as running:
        if seen_at := target.pages_url or target.host.url:
            running.expect_reach(seen_at.partition("{")[0])
        yield running


@pytest.fixture
def cast(
    request: pytest.FixtureRequest, browsers: Browsers, target: Target, run_log: RunLog
) -> Iterator[Cast]:
    """The people of this test."""
    folder = evidence_folder(run_log.path.parent, request.node.nodeid, run_log.attempt)
    people = Cast(browsers, target, run_log, folder)
    yield people
    account = people.leave(failed=request.node.stash.get(FAILED, False))
    if KEEPER in request.config.stash:
        request.config.stash[KEEPER].tell(account, people.devices)


SecondTab = Callable[[Host, Party], Host]


@pytest.fixture
def second_tab(cast: Cast) -> SecondTab:
    """`second_tab(host, party)`: the same host in another tab of the same browser."""
    return cast.second_tab


class NewHost(Protocol):
    """How a test asks for a host."""

    def __call__(
        self,
        party: Party,
        profile: str = ...,
        permissions: Sequence[str] = ...,
        *,
        signed_in: bool = ...,
    ) -> Host: ...


@pytest.fixture
def new_host(cast: Cast) -> NewHost:
    """Brings the host of a party to its page, with the devices and permissions that are named."""

    def come(
        party: Party,
        profile: str = "host_a",
        permissions: Sequence[str] = CAMERA_AND_MICROPHONE,
        *,
        signed_in: bool = True,
    ) -> Host:
        return cast.host(party, party.host if signed_in else None, profile, permissions)

    return come


@pytest.fixture
def new_viewer(cast: Cast, target: Target, request: pytest.FixtureRequest) -> Callable[[Party], Viewer]:
    """Brings one more viewer to a party's page, signed in where viewers do."""

    def come(party: Party) -> Viewer:
        if not target.sign_in.viewer:
            return cast.viewer(party, None)
        if not target.makes_people:
            given: Given = request.getfixturevalue("given")
            return cast.viewer(party, given.viewer)
        new_person: Callable[[], Person] = request.getfixturevalue("new_person")
        return cast.viewer(party, new_person())

    return come


@pytest.fixture
def host(new_host: NewHost, party: Party) -> Host:
    """The party's host, on its page and signed in, not live yet."""
    return new_host(party)


@pytest.fixture
def viewer(new_viewer: Callable[[Party], Viewer], party: Party) -> Viewer:
    """A viewer on the party's page, signed in."""
    return new_viewer(party)


Fail = Callable[[str, Visitor], Armed]


@pytest.fixture
def fail(browsers: Browsers) -> Iterator[Fail]:
    """`fail("mic-busy", host)`: that failure is there until it is healed, or the test ends.

    The host's browser must have the failure's own profile: `new_host(party, FAILURES["mic-busy"].profile)`.
    """
    with ExitStack() as healed:
        yield lambda name, person: healed.enter_context(
            failure_named(name).arm(person, browsers.devices_of(person.page))
        )


class NewRehearsal(Protocol):
    """How a test asks for a rehearsal: a host whose devices fail, and a viewer."""

    def __call__(self, profile: str = ...) -> Rehearsal: ...


@pytest.fixture(scope="session")
def _rehearsals(
    browsers: Browsers,
    target: Target,
    supabase: Supabase,
    stream_api: StreamApi,
    harness_settings: HarnessSettings,
    run_log: RunLog,
) -> Iterator[Rehearsals]:
    from harness.target.personas import Personas

    names = Personas(f"{harness_settings.seed} rehearsals")
    people: list[Person] = []

    def new_person() -> Person:
        people.append(supabase.create_user(names.name()))
        run_log.secrets.add(people[-1].password)
        return people[-1]

    def new_party() -> Party:
        return supabase.create_party(new_person(), names.title())

    with Rehearsals(browsers, target, run_log, supabase, stream_api, new_party, new_person) as kept:
        yield kept
    for person in people:
        supabase.delete(person)


@pytest.fixture
def new_rehearsal(
    request: pytest.FixtureRequest, run_log: RunLog, _rehearsals: Rehearsals
) -> Iterator[NewRehearsal]:
    """Brings a host with the devices that are named, and a viewer; they stay on if all goes well."""
    folder = evidence_folder(run_log.path.parent, request.node.nodeid, run_log.attempt)
    used: set[str] = set()

    def come(profile: str = "changeable") -> Rehearsal:
        used.add(profile)
        return _rehearsals.of(profile, folder)

    yield come
    if not request.node.stash.get(FAILED, False):
        return
    for profile in used:
        account, devices = _rehearsals.drop(profile, failed=True)
        if KEEPER in request.config.stash:
            request.config.stash[KEEPER].tell(account, devices)


@pytest.fixture
def rehearsal(new_rehearsal: NewRehearsal) -> Rehearsal:
    """A host whose devices can fail, and a viewer of the same party."""
    return new_rehearsal()


Keep = Callable[..., None]
NothingLive = Callable[[Party, Host], None]
LedgerOf = Callable[..., Ledger]


@pytest.fixture
def keep(run_dir: Path, request: pytest.FixtureRequest) -> Keep:
    """`keep(host, viewer)`: a screenshot of each, for the report."""

    def take(*people: Visitor) -> None:
        for person in people:
            name = re.sub(r"\W+", "-", f"{request.node.name}-{person.who}").strip("-")
            person.screenshot(run_dir / "screenshots" / f"{name}.png")

    return take


@pytest.fixture
def off_air(supabase: Supabase, stream_api: StreamApi) -> NothingLive:
    """`off_air(party, host)`: page, row, Stream do not say live, no light is on, the host is in no call."""

    def prove(party: Party, host: Host) -> None:
        row, call = supabase.party_row(party.id), stream_api.call("livestream", party.id)
        host.reads_status("Not live", within=0)
        assert row["is_live"] is False, f"expected a row that is not live, it is {row}"
        assert call is None or call["backstage"], "expected a call in backstage, Stream has it live"
        assert host.on_light == [], f"expected no light on, the page still captures {host.on_light}"
        eventually(lambda: why_not_gone(stream_api, party), within=15)

    return prove


def why_not_gone(stream_api: StreamApi, party: Party) -> str | None:
    """Why the host is not out of the call, or None."""
    there = stream_api.participants("livestream", party.id)
    return f"expected the host to be in no call, Stream has {there}" if party.host_id in there else None


@pytest.fixture
def nothing_live(off_air: NothingLive) -> NothingLive:
    """`nothing_live(party, host)`: off the air, and no track was ever published."""

    def prove(party: Party, host: Host) -> None:
        off_air(party, host)
        sent = host.probe.sent_media_bytes()
        assert sent.total == 0, f"expected no track to be published, the host sent {sent}"

    return prove


@pytest.fixture
def ledger_of(
    target: Target,
    supabase: Supabase,
    stream_api: StreamApi,
    stream_journal: StreamJournal | None,
    run_log: RunLog,
) -> LedgerOf:
    """`ledger_of(party, host, viewer)`: where they, the servers and the database saw the callId."""

    def witnessed(party: Party, accounts: list[Person]) -> list[Sighting]:
        seen = [*witnesses.in_database(supabase, party), *witnesses.on_stream(stream_api, party)]
        if target.token_server_log is not None:
            seen += witnesses.in_server_log(target.token_server_log, party, accounts)
        if target.webhook_log is not None:
            seen += witnesses.in_webhooks(target.webhook_log, party, accounts)
        if stream_journal is not None:
            seen += witnesses.in_journal(stream_journal, party, accounts)
        return seen

    def gather(party: Party, *people: Visitor) -> Ledger:
        accounts = [person.account for person in people if person.account]
        for person in people:
            person.recorder.sight_links()
        on_pages = [sighting for person in people for sighting in person.recorder.sightings]
        ledger = Ledger()

        def why_not_yet() -> str | None:
            nonlocal ledger
            seen = witnessed(party, accounts)
            ledger = Ledger([*seen, *on_pages])
            late = "webhook" in target.sightings() and ledger.missing(["webhook"])
            return "no webhook has told of the call yet" if late else None

        # What never comes is missing in the ledger, and the check that asks for it says so.
        with suppress(Finding):
            eventually(why_not_yet, within=LATE_BY)
        for sighting in ledger.in_order():
            if sighting not in on_pages:
                run_log.event(**sighting.as_event())
        return ledger

    return gather
