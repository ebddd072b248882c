"""What a host and a viewer have in common: somebody who opens the pages, signs in and reads what they say."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Literal, Self

from playwright.sync_api import BrowserContext, Locator, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from harness.browser.eventually import eventually
from harness.browser.probe import MediaRequest
from harness.browser.recorder import Recorder, Role
from harness.errors import Finding
from harness.target import Party, Person, Target
from harness.trace.events import RunLog

OPENS_WITHIN = 15.0  # seconds for a page to load, or to answer a click
STEP_WITHIN = 20.0  # seconds for what needs Stream, too


class Visitor(ABC):
    """A person in a browser of their own. `who` names them in the run log; `account` is how they sign in."""

    role: ClassVar[Role]

    def __init__(
        self, context: BrowserContext, who: str, account: Person | None, target: Target, run_log: RunLog
    ) -> None:
        self.page: Page = context.new_page()
        self.who = who
        self.account = account
        self.target = target
        self.opened_at: float | None = None  # unix seconds
        self.recorder = Recorder(self.page, who, self.role, run_log, target.token_url)
        self.probe = self.recorder.probe
        self._run_log = run_log

    def opens(self, party: Party) -> Self:
        """Go to the party's page, as it is for this role."""
        self.recorder.journey = party.id
        self.opened_at = time.time()
        url = self.target.needed("pages_url") + self._path(party)
        with self._doing(f"open {url}"):
            self.page.goto(url, timeout=OPENS_WITHIN * 1000)
        return self

    def signs_in(self) -> Self:
        """With the form on the page that is open. Raises Finding with what the page said when it refuses."""
        if self.account is None:
            raise ValueError(f"{self.who} has no account to sign in with")
        form = self.page.get_by_role("button", name="Sign in", exact=True)
        with self._doing("sign in"):
            self.page.get_by_label("E-mail").fill(self.account.email, timeout=OPENS_WITHIN * 1000)
            self.page.get_by_label("Password").fill(self.account.password, timeout=OPENS_WITHIN * 1000)
            before = self._texts("alert")
            form.click(timeout=OPENS_WITHIN * 1000)

        def why_not_yet() -> str | None:
            if self.button("Sign out").is_visible():
                return None
            for error in self._texts("alert"):
                if error not in before:
                    raise Finding(f"{self.who} could not sign in: {error}")
            return f"{self.who} could not sign in: the page did not answer."

        eventually(why_not_yet, within=OPENS_WITHIN)
        return self

    def comes_to(self, party: Party) -> Self:
        """Open the party's page and sign in there."""
        return self.opens(party).signs_in()

    def reloads(self) -> Self:
        """As by the browser's button."""
        self.opened_at = time.time()
        with self._doing("reload the page"):
            self.page.reload(timeout=OPENS_WITHIN * 1000)
        return self

    @property
    def status(self) -> str | None:
        """What the page says of the party, now."""
        return self._text("status")

    @property
    def error(self) -> str | None:
        """What the page says went wrong, now; None when it says nothing."""
        return self._text("alert")

    @property
    def document_began(self) -> float:
        """When the document that is open was begun, in unix milliseconds: another one after each reload."""
        return float(self.page.evaluate("performance.timeOrigin"))

    @property
    def title(self) -> str | None:
        """The page's heading."""
        heading = self.page.get_by_role("heading", level=1)
        return heading.first.text_content() if heading.count() else None

    def button(self, name: str) -> Locator:
        """The button of that name, there or not."""
        return self.page.get_by_role("button", name=name, exact=True)

    def reads_status(self, expected: str, *, within: float = STEP_WITHIN) -> Self:
        """Wait until the page's status is `expected`. Raises Finding with what it says instead."""

        def why_not_yet() -> str | None:
            status = self.status
            if status == expected:
                return None
            also = f" and the error {error!r}" if (error := self.error) else ""
            return f"{self.who} expected the status {expected!r}, the page says {status!r}{also}."

        eventually(why_not_yet, within=within)
        return self

    def reads_error(self, expected: str, *, within: float = STEP_WITHIN) -> Self:
        """Wait until the page shows exactly this error. Raises Finding with what it shows instead."""

        def why_not_yet() -> str | None:
            error = self.error
            if error == expected:
                return None
            return f"{self.who} expected the error {expected!r}, the page shows {error!r}."

        eventually(why_not_yet, within=within)
        return self

    def media_requests(self) -> list[MediaRequest]:
        """Every time the page asked for camera, microphone or screen."""
        return self.probe.media_requests()

    def screenshot(self, path: Path) -> Path:
        """The page as it looks now, as a PNG at `path`; noted in the run log."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, timeout=OPENS_WITHIN * 1000)
        root = self._run_log.path.parent
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        self.recorder.event("screenshot", path=str(shown))
        return path

    def presses(self, name: str) -> Self:
        """Click the button of that name once it is there and enabled. Raises Finding when it is not."""
        with self._doing(f"press the button {name!r}"):
            self.button(name).click(timeout=OPENS_WITHIN * 1000)
        return self

    @contextmanager
    def _doing(self, deed: str) -> Iterator[None]:
        """What the page did not let a person do: a sentence in place of Playwright's log of its attempts."""
        try:
            yield
        except PlaywrightError as error:
            if not isinstance(error, PlaywrightTimeoutError) and "net::ERR_" not in error.message:
                raise  # not the page but the browser failed
            said, *log = error.message.splitlines()
            last = log[-1].strip().removeprefix("- ") if log else ""
            raise Finding(f"{self.who} could not {deed}: {said}{f' ({last})' if last else ''}") from None

    @abstractmethod
    def _path(self, party: Party) -> str:
        """Where the pages have this party for this role."""

    def _text(self, role: Literal["status", "alert"]) -> str | None:
        texts = self._texts(role)
        return texts[0] if texts else None

    def _texts(self, role: Literal["status", "alert"]) -> list[str]:
        """Of all elements with this role: in one question, because a page redraws between two."""
        return [text.strip() for text in self.page.get_by_role(role).all_text_contents()]
