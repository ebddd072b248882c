"""The people of one test, each in a browser context of their own, and what is kept of them when it fails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from harness.browser.browsers import Browsers
from harness.browser.host import Host
from harness.browser.playwright_trace import mask_trace
from harness.browser.signing_in import State, storage_state
from harness.browser.stream_route import route_stream
from harness.browser.viewer import Viewer
from harness.browser.visitor import Visitor
from harness.target import Party, Person, Target
from harness.trace.events import RunLog

CAMERA_AND_MICROPHONE = ("camera", "microphone")


class Cast:
    """`name` is the test's: it names its evidence in the run folder, which is that of `run_log`."""

    def __init__(self, browsers: Browsers, target: Target, run_log: RunLog, name: str) -> None:
        self._browsers, self._target, self._run_log = browsers, target, run_log
        self._name = re.sub(r"\W+", "-", name).strip("-")
        self._people: list[Visitor] = []

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
        self._enter(host, party)
        return host

    def viewer(self, party: Party, account: Person | None) -> Viewer:
        """A viewer on the party's page, without any device and with every permission denied."""
        account = account if self._target.sign_in.viewer else None
        context = self._context("no_devices", (), storage_state(self._target, "viewer", account))
        viewer = Viewer(context, self._who("viewer"), account, self._target, self._run_log)
        self._enter(viewer, party)
        return viewer

    def leave(self, *, failed: bool) -> None:
        """Everybody goes; of a failed test a screenshot and a Playwright trace of each person are kept."""
        with ExitStack() as goodbyes:
            for person in self._people:
                goodbyes.callback(self._bye, person, failed=failed)
        self._people.clear()

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
        context.tracing.start(screenshots=False, snapshots=True)
        return context

    def _who(self, role: str) -> str:
        number = sum(1 for person in self._people if person.role == role) + 1
        return role if number == 1 else f"{role} {number}"

    def _enter(self, person: Visitor, party: Party) -> None:
        # Noted first: who fails to come in leaves evidence, too.
        self._people.append(person)
        person.comes_to(party)

    def _keep(self, person: Visitor) -> None:
        folder = self._run_log.path.parent
        name = f"{self._name}-{person.who.replace(' ', '-')}-{self._run_log.attempt}"
        with suppress(PlaywrightError):  # a page that crashed has no picture; the trace still has
            person.screenshot(folder / "screenshots" / f"{name}.png")
        with TemporaryDirectory() as unmasked:
            trace = Path(unmasked) / "trace.zip"
            person.page.context.tracing.stop(path=trace)
            mask_trace(trace, folder / "traces" / f"{name}.zip", self._run_log.secrets)
        person.recorder.event("trace", path=f"traces/{name}.zip")
