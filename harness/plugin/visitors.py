"""People in browsers of their own: the host and the viewers of a party."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import pytest
from playwright.sync_api import Playwright

from harness.browser.browsers import Browsers
from harness.browser.cast import CAMERA_AND_MICROPHONE, Cast
from harness.browser.host import Host
from harness.browser.keeper import evidence_folder
from harness.browser.viewer import Viewer
from harness.config import HarnessSettings
from harness.errors import NotGiven
from harness.plugin.stash import FAILED, KEEPER, STACK
from harness.setup import browser
from harness.target import (
    Given,
    Party,
    Person,
    Target,
)
from harness.trace.events import RunLog


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
