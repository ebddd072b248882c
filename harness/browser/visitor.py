"""What a host and a viewer have in common: somebody who opens the pages, signs in and reads what they say."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Self

from playwright.sync_api import BrowserContext, Dialog, Frame, Locator, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from harness.browser.eventually import eventually, limit
from harness.browser.place import place, shown
from harness.browser.probe import MediaRequest
from harness.browser.recorder import Recorder, Role
from harness.browser.strangers import other_users
from harness.browser.wording import Wording, wording
from harness.config import HostPage, ViewerPage
from harness.errors import Finding, NotGiven, ServerError, UsageError
from harness.target import Party, Person, Target
from harness.trace.events import RunLog

# Of a selector that the target file names wrongly: no fault of the page.
SELECTOR_FAULTS = ("strict mode violation", "while parsing", "Unknown engine", "is not a valid selector")
# What elements say: as it is drawn, as it was written (before CSS made capitals of it), or, where there is no
# text, as an icon tells it to who cannot see it.
TEXTS = """(elements) => elements.flatMap((element) => {
  const told = [element.innerText ?? "", element.textContent];
  if (told.some((text) => text.trim())) return told;
  const icons = [element, ...element.querySelectorAll("[aria-label], [alt], [title]")];
  return icons.map((icon) => icon.ariaLabel || icon.getAttribute("alt") || icon.getAttribute("title") || "");
})"""
OPENS_WITHIN = 20.0  # seconds for a page to load, or to answer a click
LETS_IN_WITHIN = 20.0  # seconds for a form to be answered
LOOKS_WITHIN = 5.0  # seconds for what is there as soon as the page is
STEP_WITHIN = 20.0  # seconds for what needs Stream, too


class Visitor(ABC):
    """A person in a browser of their own. `who` names them in the run log; `account` is how they sign in."""

    role: ClassVar[Role]

    def __init__(
        self, context: BrowserContext, who: str, account: Person | None, target: Target, run_log: RunLog
    ) -> None:
        self.page: Page = context.new_page()
        # Where the app is: the page, or a frame in it while it is embedded in another.
        self.view: Page | Frame = self.page
        self.who = who
        self.account = account
        self.target = target
        self.opened_at: float | None = None  # unix seconds
        self._sockets_before = 0
        address = target.party_in_address(self.role)
        self.recorder = Recorder(self.page, who, self.role, run_log, target.token_url, target.party, address)
        self.probe = self.recorder.probe
        self._run_log = run_log
        self.page.on("dialog", self._accept)

    def opens(self, party: Party) -> Self:
        """Go to the party's page, as it is for this role."""
        self.recorder.journey = party.id
        self.opened_at = time.time()
        url = self.target.page_of(self.role, party.id)
        with self._doing(f"open {url}"):
            self.page.goto(url, timeout=limit(OPENS_WITHIN))
        self._clicks(self._where.opens, "open the party's page")
        return self

    def signs_in(self) -> Self:
        """With the form on the page that is open. Raises Finding with what the page said when it refuses."""
        account, form = self.account, self.target.sign_in
        if account is None:
            raise ValueError(f"{self.who} has no account to sign in with")
        if form.how != "form":
            return self._is_signed_in()
        self._clicks(form.opens, "open the form (sign_in.opens)")
        self._finds_the_form()
        with self._doing("sign in"):
            for selector, text in ((form.email, account.email), (form.password, account.password)):
                self._place(selector).fill(text, timeout=limit(OPENS_WITHIN))
        before = self.errors
        self._clicks(form.submit, "sign in")

        def why_not_yet() -> str | None:
            if self._shows(form.done):
                return None
            new = [error for error in self.errors if error not in before]
            # What the page says once somebody is in is about something else.
            if new and self._shows(form.done):
                return None
            if new and self._shows(form.email):
                raise Finding(f"{self.who} could not sign in: {new[0]}")
            if new:
                return f"{self.who} sent the form, and the page says {new[0]!r} in its place."
            advice = f", and nothing is at sign_in.done ({form.done})" if self._where.url else ""
            return f"{self.who} could not sign in: the page did not answer{advice}."

        eventually(why_not_yet, within=LETS_IN_WITHIN)
        return self

    def _finds_the_form(self) -> None:
        """Raises Finding with what the page says when there is no form to sign in with."""
        email = self.target.sign_in.email

        def why_not_yet() -> str | None:
            if self._shows(email):
                return None
            says = f": the page says {error!r}" if (error := self.error) else ", and the page says nothing"
            at = f" (sign_in.email: {email})" if self._where.url else ""
            return f"{self.who} could not sign in, there is no form{at}{says}"

        eventually(why_not_yet, within=OPENS_WITHIN)

    def comes_to(self, party: Party) -> Self:
        """Open the party's page and sign in there, or first where the target has its form."""
        form = self.target.sign_in
        if self.account is None:
            return self.opens(party)
        if form.how == "form" and form.url is not None:
            with self._doing(f"open {form.url}"):
                self.page.goto(form.url.replace("{party_id}", party.id), timeout=limit(OPENS_WITHIN))
            return self.signs_in().opens(party)
        return self.opens(party).signs_in()

    def reloads(self) -> Self:
        """As by the browser's button."""
        self.opened_at = time.time()
        with self._doing("reload the page"):
            self.page.reload(timeout=limit(OPENS_WITHIN))
        return self

    @property
    def status(self) -> str | None:
        """What the page says of the party, now."""
        return self._text(self._where.status)

    @property
    def error(self) -> str | None:
        """What the page says went wrong, now; None when it says nothing."""
        return next(iter(self.errors), None)

    @property
    def errors(self) -> list[str]:
        """All that the page shows where it tells of errors, now."""
        return self._texts(self._where.error)

    @property
    def document_began(self) -> float:
        """When the document that is open was begun, in unix milliseconds: another one after each reload."""
        return float(self.page.evaluate("performance.timeOrigin"))

    @property
    def title(self) -> str | None:
        """The page's heading."""
        heading = self.view.get_by_role("heading", level=1)
        return heading.first.text_content() if heading.count() else None

    def button(self, name: str) -> Locator:
        """The button of that name, there or not; raises NotGiven for one that no target file can describe."""
        clicks = self._buttons.get(name)
        if clicks is not None:
            return self._place(clicks[-1])
        if self._where.url is not None:
            raise NotGiven(
                f"needs {self._keys.get(name, 'what no target file can tell')}, the button {name!r}"
            )
        return self.view.get_by_role("button", name=name, exact=True)

    def reads(self, status: str) -> bool:
        """Whether the page's status is `status`, now."""
        return self._wording(status).are_in(self.view, self._texts(self._where.status))

    def reads_status(self, expected: str, *, within: float = STEP_WITHIN) -> Self:
        """Wait until the page's status is `expected`. Raises Finding with what it says instead."""

        words = self._wording(expected)

        def why_not_yet() -> str | None:
            if self.reads(expected):
                return None
            also = f" and the error {error!r}" if (error := self.error) else ""
            return (
                f"{self.who} expected the status {words}, the page says {self.status!r}{also}{words.advice}."
            )

        with self._told_or_gap(words.key, lambda: not self._says_what_is_known()):
            eventually(why_not_yet, within=within)
        return self

    def reads_error(self, expected: str, *, within: float = STEP_WITHIN) -> Self:
        """Wait until the page shows exactly this error. Raises Finding with what it shows instead."""
        words = self._wording(expected)
        shown: str | None = None

        def why_not_yet() -> str | None:
            nonlocal shown
            errors = self.errors
            if words.are_in(self.view, errors):
                return None
            shown = errors[0] if errors else shown  # a toast that has gone was shown
            return f"{self.who} expected the error {words}, the page shows {shown!r}{words.advice}."

        with self._told_or_gap(f"{self.role}.error", lambda: shown is None):
            eventually(why_not_yet, within=within)
        return self

    def shows(self, words: str, *, within: float = STEP_WITHIN) -> Self:
        """Wait until the page says `words`, wherever on it."""
        expected = self._wording(words)

        def why_not_yet() -> str | None:
            there = expected.are_in(self.view, self._everywhere())
            return None if there else f"{self.who} expected to read {expected}, the page does not show it."

        eventually(why_not_yet, within=within)
        return self

    def reads_no_error(self, *, within: float = STEP_WITHIN) -> Self:
        """Wait until the page shows none. Raises Finding with the one that stays."""

        def why_not_yet() -> str | None:
            error = self.error
            return error and f"{self.who} expected no error any more, the page shows {error!r}."

        eventually(why_not_yet, within=within)
        return self

    def counts(self, watching: int, *, within: float = STEP_WITHIN) -> Self:
        """Wait until the page says that so many watch; raises NotGiven where nobody told how it says so."""
        words = self._where.count or "{count} watching"
        if self._where.count is None and self._where.url is not None:
            raise NotGiven(f"needs {self.role}.count in the target file, how the app says how many watch")
        expected = Wording(words, words.replace("{count}", str(watching)))

        def why_not_yet() -> str | None:
            texts = self._everywhere()
            if expected.are_in(self.view, texts):
                return None
            instead = " and ".join(counted(words, texts)) or "no number of viewers"
            return f"{self.who} expected to read {expected}, the page shows {instead}."

        eventually(why_not_yet, within=within)
        return self

    def loses_network(self) -> Self:
        """The browser is offline: nothing new can be asked, and pages are told so. Media flow on."""
        self._sockets_before = len(self.recorder.sockets)
        self.recorder.event("page", text="loses the network", level="error")
        self.page.context.set_offline(True)
        return self

    def reconnects(self, *, within: float = STEP_WITHIN) -> Self:
        """The network is back; wait until the page has opened a connection anew."""
        self.page.context.set_offline(False)

        def why_not_yet() -> str | None:
            opened = len(self.recorder.sockets) - self._sockets_before
            return None if opened else f"{self.who} was expected to connect anew, no WebSocket was opened."

        eventually(why_not_yet, within=within)
        return self

    def leaves(self) -> None:
        """Close the page, as a person closes a tab."""
        self.recorder.event("page", text="closes the page")
        self.page.close()

    def expects_at(self, key: str, selector: str, *, after: Sequence[str] = ()) -> None:
        """Raises Finding when nothing shows where `key` of the target file says, once `after` is clicked."""
        self._clicks(after, f"open what {key} is in")

        def why_not_yet() -> str | None:
            return None if self._shows(selector) else f"Nothing shows at {key} ({selector}): change it."

        eventually(why_not_yet, within=LOOKS_WITHIN)

    def token_troubles(self) -> list[str]:
        """Which tokens came to this page that are another user's, with both ids."""
        answers = [one.answer for one in self.recorder.exchanges if one.address == self.target.token_url]
        return list(other_users(self.who, self.account.id if self.account else "", answers))

    def media_requests(self) -> list[MediaRequest]:
        """Every time the page asked for camera, microphone or screen."""
        return self.probe.media_requests()

    def screenshot(self, path: Path) -> Path:
        """The page as it looks now, as a PNG at `path`; noted in the run log."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, timeout=limit(OPENS_WITHIN))
        root = self._run_log.path.parent
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        self.recorder.event("screenshot", path=str(shown))
        return path

    def presses(self, name: str) -> Self:
        """Click the button of that name once it is there and enabled. Raises Finding when it is not."""
        if (clicks := self._buttons.get(name)) is not None:
            with self._told_or_gap(self._keys[name], lambda: not any(map(self._shows, clicks))):
                return self._clicks(clicks, f"press the button {name!r}")
        with self._doing(f"press the button {name!r}"):
            self.button(name).click(timeout=limit(OPENS_WITHIN))
        return self

    @contextmanager
    def _doing(self, deed: str) -> Iterator[None]:
        """What the page did not let a person do: a sentence in place of Playwright's log of its attempts."""
        try:
            yield
        except PlaywrightError as error:
            if any(fault in error.message for fault in SELECTOR_FAULTS):
                raise UsageError(f"{self.who} could not {deed}: {error.message.splitlines()[0]}") from None
            if not isinstance(error, PlaywrightTimeoutError) and "net::ERR_" not in error.message:
                raise  # not the page but the browser failed
            said, *log = error.message.splitlines()
            last = log[-1].strip().removeprefix("- ") if log else ""
            raise Finding(f"{self.who} could not {deed}: {said}{f' ({last})' if last else ''}") from None

    @property
    @abstractmethod
    def _where(self) -> HostPage | ViewerPage:
        """Where things are on this person's page."""

    @property
    @abstractmethod
    def _buttons(self) -> dict[str, tuple[str, ...]]:
        """What to click, in order, for the buttons that every app has, by their reference names."""

    _keys: ClassVar[dict[str, str]]  # of the target file, where these buttons are named

    def _clicks(self, selectors: Sequence[str], deed: str) -> Self:
        """Click one after the other; those before one that already shows are done: a menu that is open."""
        for number, selector in enumerate(selectors):
            with self._doing(f"{deed}{self._told(selector)}"):
                later = selectors[number + 1 :]
                if not any(map(self._shows, later)):
                    self._place(selector).click(timeout=limit(OPENS_WITHIN))
                    self._opened(selector, later)
        return self

    def _opened(self, selector: str, later: Sequence[str]) -> None:
        """Once more, as a person does, when a click came before the page was ready to hear it."""
        if not later:
            return
        with suppress(Finding):
            eventually(
                lambda: None if any(map(self._shows, later)) else "nothing opened", within=LOOKS_WITHIN
            )
            return
        self.recorder.event("page", text=f"clicked again: {selector} opened nothing", level="error")
        with suppress(PlaywrightTimeoutError):
            self._place(selector).click(timeout=limit(LOOKS_WITHIN))

    def _told(self, selector: str) -> str:
        """The selector, for who can mend it: whoever wrote the target file."""
        return f" at {selector}" if self._where.url is not None else ""

    def _is_signed_in(self) -> Self:
        """Who came with a session is signed in; where the target says what shows it, it is waited for.

        Raises ServerError: whether the session is bad or the app is cannot be told from here.
        """
        told = self.target.sign_in
        if told.how == "none" or "done" not in told.model_fields_set:
            return self
        try:
            eventually(lambda: None if self._shows(told.done) else "not yet", within=OPENS_WITHIN)
        except Finding:
            raise ServerError(
                f"{self.who} was expected to be signed in by sign_in.how = {told.how!r}, but nothing is at "
                f"sign_in.done ({told.done}): see that this session is good and kept where the app looks."
            ) from None
        return self

    def _accept(self, dialog: Dialog) -> None:
        """As a person does who means what they clicked."""
        self.recorder.event("page", text=f"asks: {dialog.message}")
        dialog.accept()

    @contextmanager
    def _told_or_gap(self, key: str | None, absent: Callable[[], bool]) -> Iterator[None]:
        """What is `absent` from an app whose file does not tell where `key` is may be elsewhere: a gap."""
        try:
            yield
        except Finding as finding:
            table, _, name = (key or "").partition(".")
            untold = table == self.role and name not in self._where.model_fields_set
            if self._where.url is None or not untold or not absent():
                raise
            raise NotGiven(f"needs {key} in the target file ({finding})") from finding

    def _says_what_is_known(self) -> bool:
        """Whether the page's status is one of those that the file, or the reference pages, have words for."""
        told = self._where
        known = [str(type(told).model_fields[name].default) for name in told.states]
        return any(self.reads(reference) for reference in known)

    def _wording(self, reference: str) -> Wording:
        return wording(self.role, self._where, self.target.errors, reference)

    def _place(self, selector: str) -> Locator:
        return place(self.view, selector)

    def _shows(self, selector: str) -> bool:
        return shown(self.view, selector).count() > 0

    def _text(self, selector: str) -> str | None:
        texts = self._texts(selector)
        return texts[0] if texts else None

    def _texts(self, selector: str) -> list[str]:
        """Of all elements that show there: in one question, because a page redraws between two."""
        return _folded(shown(self.view, selector).evaluate_all(TEXTS))

    def _everywhere(self) -> list[str]:
        """Of every element that shows."""
        return _folded(shown(self.view, "body *").all_text_contents())


def _folded(texts: Sequence[str]) -> list[str]:
    """Without what is empty, and with one blank where there are several."""
    return [text for text in (" ".join(text.split()) for text in texts) if text]


def counted(words: str, texts: Iterable[str]) -> list[str]:
    """What `texts` say where `words` has `{count}`: each once, in quotation marks."""
    before, _, after = words.partition("{count}")
    pattern = re.compile(rf"{re.escape(before)}\d+{re.escape(after)}")
    return list(dict.fromkeys(f"{found!r}" for text in texts for found in pattern.findall(text)))
