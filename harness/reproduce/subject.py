"""Whose page it is that fails: the reference host page in its own system, or any page at an address."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Frame, Locator, Page
from playwright.sync_api import Error as PlaywrightError

from harness.browser.documents import documents
from harness.browser.eventually import eventually, unchanged
from harness.browser.failures import NotProduced
from harness.browser.host import LIVE
from harness.browser.playwright_trace import mask_trace
from harness.browser.probe import Probe
from harness.browser.recorder import Recorder
from harness.browser.visitor import Visitor
from harness.errors import Finding, UsageError
from harness.reproduce.in_the_way import AGAIN, DIALOGS, clear_away
from harness.reproduce.on_air import says_live
from harness.reproduce.page_text import PageText
from harness.reproduce.stored_secrets import secrets_in
from harness.trace.events import RunLog
from harness.trace.redactor import Redactor

LOADS_WITHIN = 10_000.0  # ms
SETTLES_WITHIN = 5_000.0  # ms
IS_THERE_WITHIN = 5.0  # seconds
RESTS_FOR = 1.0  # seconds without asking, after which it does not ask by itself
REFUSED = 400  # the HTTP statuses from here on
CLICK_WITHIN = 3_000.0  # ms
# The likeliest first: "Camera settings" may stand before "Go live".
STARTS = (
    re.compile(r"\b(go live|start|begin|broadcast|try again|retry)\b", re.IGNORECASE),
    # "Allow all" is about cookies.
    re.compile(
        r"\b(join|stream|turn on|camera|microphone|live|(?:enable|allow)(?! (?:all|selected|cookies)))\b",
        re.IGNORECASE,
    ),
)


class Subject(ABC):
    """A page that can be opened and started, and what it says."""

    page: Page
    view: Page | Frame
    probe: Probe
    recorder: Recorder
    text: PageText
    by_itself = False  # whether it asks for devices as soon as it is open

    @abstractmethod
    def open(self) -> None:
        """Load it anew: whatever it captured, it captures no more."""

    @abstractmethod
    def start(self) -> None:
        """What makes it ask for devices. Raises Finding when the page does not let a person do that."""

    def tries_again(self) -> bool:
        """Whether it has a button of its own to try again, which was pressed."""
        return False

    @abstractmethod
    def watches(self) -> None:
        """What who only watches presses, if anything."""

    @abstractmethod
    def signs_in(self) -> None:
        """On an origin where nobody is signed in yet."""

    def lines(self) -> list[str]:
        """What it says now."""
        return self.text.lines(self.view)

    def keep_trace(self, folder: Path, secrets: Redactor) -> None:
        """Playwright's trace of all until now, masked, as a file in `folder`; nothing more is traced."""
        with TemporaryDirectory() as unmasked:
            trace = Path(unmasked) / "trace.zip"
            # Those that its server has set meanwhile, too.
            secrets.add(*secrets_in({"cookies": self.page.context.cookies(), "origins": []}))
            self.page.context.tracing.stop(path=trace)
            mask_trace(trace, folder / f"trace-{self.recorder.who}.zip", secrets)

    def _shows(self, line: str) -> None:
        self.recorder.event("page", text=f"shows: {line}")

    def live(self, new: Sequence[str], /) -> str | None:
        """The line, among these that are new, that tells a person that they are on air."""
        return says_live(new)


class OwnHostPage(Subject):
    """The reference host page, with its host on it and signed in."""

    def __init__(self, host: Visitor) -> None:
        self._host = host
        self.page, self.probe, self.recorder = host.page, host.probe, host.recorder
        self.text = PageText(host.page, boxes=False, tell=self._shows)

    @property
    def view(self) -> Page | Frame:
        return self._host.view

    @view.setter
    def view(self, view: Page | Frame) -> None:
        self._host.view = view

    def open(self) -> None:
        self._host.reloads()

    def start(self) -> None:
        self._host.presses("Go live")

    def watches(self) -> None:
        """Nothing is to be pressed."""

    def signs_in(self) -> None:
        self._host.signs_in()

    def live(self, _new: Sequence[str], /) -> str | None:
        return LIVE if self._host.status == LIVE else None


class OwnViewerPage(OwnHostPage):
    """The reference viewer page, with somebody on it who watches."""

    def start(self) -> None:
        """Nothing is to be pressed."""

    def live(self, _new: Sequence[str], /) -> str | None:
        return None


class ForeignPage(Subject):
    """The page at `url`; `click` is the selector of what makes it ask, if it does not by itself."""

    def __init__(self, context: BrowserContext, url: str, click: str | None, run_log: RunLog) -> None:
        self.url = url
        self.clicked: str | None = None
        self._click = click
        context.tracing.start(screenshots=False, snapshots=True)
        self.page = context.new_page()
        self.view = self.page
        self.recorder = Recorder(self.page, "page", "host", run_log, token_url="")
        self.probe = self.recorder.probe
        self.text = PageText(self.page, tell=self._shows)

    def open(self) -> None:
        try:
            answer = self.page.goto(self.url, timeout=LOADS_WITHIN)
        except PlaywrightError as error:
            said = error.message.splitlines()[0].removeprefix("Page.goto: ")
            raise NotProduced(f"the page {self.url} could not be opened: {said}") from None
        if answer is not None and answer.status >= REFUSED:
            raise NotProduced(f"{self.url} answered {answer.status} {answer.status_text}, and no page.")

    def learn(self) -> None:
        """Open it for the first time, and see whether it asks by itself."""
        self.open()
        if self._click is None:
            self.by_itself = self._asks()
        else:
            self._expect_it_to_be_there(self._click)

    def start(self) -> None:
        if self.by_itself:
            self.open()
            return
        button = self._same_button()
        if clear_away(self.page, self.view, button):
            return  # by a button which does the same
        self._press(button if button is not None and button.is_visible() else self._button())

    def tries_again(self) -> bool:
        """Press its button for that; False where it has none."""
        for frame in documents(self.view):
            again = frame.get_by_role("button", name=AGAIN).filter(visible=True)
            if again.count():
                if not clear_away(self.page, self.view, again.first):
                    self._press(again.first)
                return True
        return False

    def watches(self) -> None:
        if self._click:
            self._press(self._named(self._click).first)

    def _same_button(self) -> Locator | None:
        """What was pressed before, where it is still shown; else the likeliest. None while there is none."""
        if self.clicked and not self._click:
            for frame in documents(self.view):
                same = frame.get_by_role("button", name=self.clicked, exact=True).filter(visible=True)
                if same.count():
                    return same.first
        with suppress(NotProduced):
            return self._button()
        return None

    def _press(self, button: Locator) -> None:
        self.clicked = self._click or (button.text_content() or "").strip() or "the button"
        try:
            button.click(timeout=CLICK_WITHIN)
        except PlaywrightError as error:
            said = [line.strip(" -") for line in error.message.strip().splitlines()]
            why = next(
                (line for line in reversed(said) if "intercepts" in line or "is not" in line), said[-1]
            )
            raise Finding(f"{self.clicked!r} could not be pressed ({why})") from None

    def _expect_it_to_be_there(self, selector: str) -> None:
        """Raises UsageError for a selector that is none, or finds nothing."""
        nothing = f"--click {selector!r} finds nothing on {self.url}: name what makes the page ask."
        try:
            eventually(lambda: None if self._named(selector).count() else nothing, within=IS_THERE_WITHIN)
        except PlaywrightError:
            raise UsageError(f"--click {selector!r} is no selector: write one of CSS, as #go-live.") from None
        except Finding:
            raise UsageError(nothing) from None

    def _named(self, selector: str) -> Locator:
        """In the page, or in the first frame that has it."""
        found = [frame.locator(selector) for frame in documents(self.view)]
        return next((one for one in found if one.count()), found[0])

    def signs_in(self) -> None:
        """The browser was signed in when it was started, there too: `sign_in.py`."""

    def _asks(self) -> bool:
        """Until it has asked, or has come to rest without."""
        with suppress(PlaywrightError):  # one that never stops loading is taken as it is
            self.page.wait_for_load_state("networkidle", timeout=SETTLES_WITHIN)
        with suppress(Finding):
            unchanged(
                self._requests, seconds=RESTS_FOR, within=IS_THERE_WITHIN, what="its requests for devices"
            )
        return bool(self.probe.media_requests())

    def _requests(self) -> int:
        return len(self.probe.media_requests())

    def _button(self) -> Locator:
        """What was named; else the button that says so, or the only one."""
        if self._click is not None:
            return self._named(self._click).first
        frames = documents(self.view)
        places: list[Locator | Frame] = [
            *(frame.locator(DIALOGS).filter(visible=True) for frame in frames),
            *frames,
        ]
        likely = [place.get_by_role("button", name=name) for name in STARTS for place in places]
        for buttons in (one.filter(visible=True) for one in likely):
            if buttons.count():
                return buttons.first
        all_of = [frame.get_by_role("button").filter(visible=True) for frame in frames]
        if sum(buttons.count() for buttons in all_of) == 1:
            return next(buttons.first for buttons in all_of if buttons.count())
        raise NotProduced(
            "the page does not ask for camera or microphone by itself, and which button makes it do so is "
            "not clear: name it with --click SELECTOR."
        )
