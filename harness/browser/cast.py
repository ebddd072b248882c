"""The people of one test, each in a browser context of their own, and what is kept of them when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from harness.browser.host import Host
from harness.browser.moment import SCREEN, gather
from harness.browser.playwright_trace import mask_trace
from harness.browser.signing_in import State, storage_state
from harness.browser.stream_route import route_stream
from harness.browser.viewer import Viewer
from harness.browser.visitor import Visitor
from harness.target import Party, Person, Target
from harness.trace.events import RunLog
from harness.trace.evidence import Account
from harness.trace.failure import Devices

CAMERA_AND_MICROPHONE = ("camera", "microphone")


class Contexts(Protocol):
    """Where a person's browser comes from: `Browsers`, or a Firefox."""

    def new_context(
        self,
        profile: str,
        permissions: Sequence[str] = (),
        **more: Any,  # noqa: ANN401  as Playwright takes them
    ) -> BrowserContext:
        """A browser of one's own."""


class Cast:
    """`folder`, inside the run folder, gets pictures and traces of them when the test fails."""

    def __init__(self, browsers: Contexts, target: Target, run_log: RunLog, folder: Path) -> None:
        self._browsers, self._target, self._run_log = browsers, target, run_log
        self.folder = folder
        self._people: list[Visitor] = []
        self.devices: dict[str, Devices] = {}  # what each of them came with

    def host(
        self,
        party: Party,
        account: Person | None,
        profile: str = "host_a",
        permissions: Sequence[str] = CAMERA_AND_MICROPHONE,
    ) -> Host:
        """The host on the party's page, signed in when they have an `account`."""
        context = self._context(profile, permissions, storage_state(self._target, "host", account))
        host = Host(context, self._who("host"), account, self._target, self._run_log, profile)
        self.devices[host.who] = Devices(profile=profile, permissions=tuple(permissions))
        self._enter(host, party)
        return host

    def second_tab(self, host: Host, party: Party) -> Host:
        """The same person in another tab of the same browser, so signed in already."""
        context = host.page.context
        tab = Host(context, self._who("host"), host.account, self._target, self._run_log, host.profile)
        self.devices[tab.who] = self.devices[host.who]
        self._people.append(tab)
        tab.opens(party)
        return tab

    def viewer(self, party: Party, account: Person | None) -> Viewer:
        """A viewer on the party's page, without any device and with every permission denied."""
        account = account if self._target.sign_in.viewer else None
        context = self._context("no_devices", (), storage_state(self._target, "viewer", account))
        viewer = Viewer(context, self._who("viewer"), account, self._target, self._run_log)
        self.devices[viewer.who] = Devices(profile="no_devices")
        self._enter(viewer, party)
        return viewer

    def at(self, party: Party) -> list[Visitor]:
        """Everybody who came to this party, also who did not get in."""
        return [person for person in self._people if person.recorder.journey == party.id]

    def leave(self, *, failed: bool) -> Account:
        """Everybody goes; of a failed test all is kept that their pages show, hear and have now."""
        with ExitStack() as goodbyes:
            for person in self._people:
                goodbyes.callback(self._bye, person, failed=failed)
            account = gather([person.recorder for person in self._people]) if failed else Account()
            self._keep_screens(account)
        self._people.clear()
        return account

    def _bye(self, person: Visitor, *, failed: bool) -> None:
        # A browser that crashed cannot even close; it is noticed by Browsers, and nobody else may lose by it.
        with suppress(PlaywrightError):
            self._keep(person) if failed else person.page.context.tracing.stop()
        with suppress(PlaywrightError):
            person.page.context.close()

    def _context(self, profile: str, permissions: Sequence[str], state: State | None) -> BrowserContext:
        base_url = self._target.stream_base_url if self._target.stream == "local" else None
        routed: dict[str, Any] = {"bypass_csp": True, "service_workers": "block"} if base_url else {}
        context = self._browsers.new_context(profile, permissions, storage_state=state, **routed)
        if base_url:
            route_stream(context, base_url)
        # A snapshot is taken before and after each question to a page, thousands in a run: for who asks why.
        context.tracing.start(screenshots=False, snapshots=self._run_log.attempt > 1)
        return context

    def _who(self, role: str) -> str:
        number = sum(1 for person in self._people if person.role == role) + 1
        return role if number == 1 else f"{role} {number}"

    def _enter(self, person: Visitor, party: Party) -> None:
        # Noted first: who fails to come in leaves evidence, too.
        self._people.append(person)
        person.comes_to(party)

    def _keep_screens(self, account: Account) -> None:
        """As files, too: the run's report shows them."""
        for screen in account.exhibits:
            if screen.name == SCREEN:
                self.folder.mkdir(parents=True, exist_ok=True)
                path = self.folder / f"{_plain(screen.who)}.png"
                path.write_bytes(screen.content)
                self._run_log.event(screen.who, "screenshot", path=self._in_run(path), t=screen.t)

    def _keep(self, person: Visitor) -> None:
        kept = self.folder / f"trace-{_plain(person.who)}.zip"
        with TemporaryDirectory() as unmasked:
            trace = Path(unmasked) / "trace.zip"
            person.page.context.tracing.stop(path=trace)
            mask_trace(trace, kept, self._run_log.secrets)
        person.recorder.event("trace", path=self._in_run(kept))

    def _in_run(self, path: Path) -> str:
        return path.relative_to(self._run_log.path.parent).as_posix()


def _plain(who: str) -> str:
    return who.replace(" ", "-")
