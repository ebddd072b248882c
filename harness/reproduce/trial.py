"""One failure on one page: what the browser said, what the page said, and what became of it when it
healed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial

from playwright.sync_api import Error as PlaywrightError

from harness.browser.devices import Devices
from harness.browser.eventually import eventually, unchanged
from harness.browser.failures import Armed, Engine, Failure, NotProduced
from harness.browser.probe import MediaRequest
from harness.errors import Finding
from harness.reproduce.lines import Lines
from harness.reproduce.subject import Subject
from harness.reproduce.words import NAMES, Sentence, read_all

PATIENCE = 10.0  # seconds for what is sure to come where all is well, beside the failure's own time
TOLD_WITHIN = 5.0  # seconds until the page must have told a person
NOTICED_WITHIN = 8.0  # the same where the browser tells the page nothing, and it must notice by itself
LETS_GO = ("refused", "no devices")  # outcomes after which nothing may be captured any more
ASKS_WITHIN = 4.0  # seconds for a page that should not ask for a device to do so all the same
WORKS_FOR = 1.0  # seconds: a page may notice only then that it failed again
LETS_GO_WITHIN = 3.0  # seconds to stop what is captured, once it was told
BY_ITSELF = ("stops", "given", "mutes")
STATES = """async () => Promise.all(["camera", "microphone"].map(
  async (name) => `${name} ${(await navigator.permissions.query({ name })).state}`)).catch(() => [])"""


@dataclass
class Seen:
    """`began` is when the failure was made, in unix seconds; `told` are the lines that are new on the page
    since then; `live` the line that claims to be on air.

    `left` are the kinds it still captured when it had told. `recovered` is None when that was not tried, else
    what was wrong with it, or an empty text. `seconds` until the failure was there and told.
    """

    failure: Failure
    engine: Engine
    simulated: bool = False
    began: float = 0.0
    requests: list[MediaRequest] = field(default_factory=list)
    told: list[Sentence] = field(default_factory=list)
    live: str | None = None
    left: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    recovered: str | None = None
    seconds: float = 0.0


class Trial:
    """`subject` is open, and `devices` are those of its browser; `at_worst` is called when the failure
    shows, and `hold` then, which lasts as long as the failure shall."""

    def __init__(
        self,
        subject: Subject,
        failure: Failure,
        engine: Engine,
        devices: Devices | None,
        *,
        simulated: bool | None = None,
        at_worst: Callable[[Seen], None] = lambda _: None,
        hold: Callable[[], None] = lambda: None,
    ) -> None:
        self._subject, self._failure, self._engine, self._devices = subject, failure, engine, devices
        self._simulated = simulated
        self._at_worst, self._hold = at_worst, hold
        self.seen = Seen(failure, engine)
        self._lines = Lines(subject.lines)
        self._asked = 0

    def run(self) -> Seen:
        """Raises NotProduced when the failure did not show, for whatever reason."""
        self._when_all_is_well()
        began = time.monotonic()
        armed = self._arm()
        try:
            self._fail()
            self._await(armed.why_not_bitten)
            self._watch()
            self.seen.seconds = time.monotonic() - began
            self._at_worst(self.seen)
            self._hold()
        finally:
            with suppress(PlaywrightError) if self._closed() else nullcontext():
                armed.heal()
        self.seen.recovered = None if self._closed() else self._recovers()
        return self.seen

    def _closed(self) -> bool:
        """Whether a person has closed the page while it was held."""
        return self._subject.page.is_closed()

    def _when_all_is_well(self) -> None:
        """What the page says before, and when it works: the rest it says because of the failure."""
        failure = self._failure
        # A browser that was started so, and a page that asks by itself: it has told already.
        if failure.outcome != "not asked" and not (self._subject.by_itself and self._stays_as_started()):
            self._lines.are_usual()
        if not failure.while_live:
            return
        self._start()
        self._await(lambda: None if self._works() else "The page does not go live even without the failure.")
        self._lines.settle()
        self._lines.are_usual()

    def _arm(self) -> Armed:
        failure, subject = self._failure, self._subject
        self._asked = len(subject.probe.media_requests())
        if subject.by_itself and not failure.while_live and not failure.loads_anew:
            subject.page.goto("about:blank")
        self.seen.began = time.time()
        armed = failure.arm(subject, self._devices, self._engine, simulated=self._simulated)
        self.seen.simulated = armed.simulated
        return armed

    def _fail(self) -> None:
        """Until the browser has said what it says in such a case."""
        failure, subject = self._failure, self._subject
        if failure.outcome == "not asked":
            subject.open()
            subject.watches()
            return
        if not failure.while_live:
            if failure.signs_out:
                subject.signs_in()
            if not subject.by_itself:
                self._lines.are_usual(also=True)
                self._start()
            elif not failure.loads_anew:
                self._start()
        if failure.outcome == "no devices":
            return
        if failure.outcome == "ends":
            self._await(lambda: None if self._ended() else "No track has ended under the page.")
        elif failure.outcome != "stops":
            self._await(self._unlike_expected, within=PATIENCE + failure.seconds)

    def _unlike_expected(self) -> str | None:
        """Why the browser has not said what was expected of it; None when it has."""
        failure = self._failure
        asked = [one for one in self._new_requests() if self._concerns(one)]
        if not asked:
            kinds = " or ".join(NAMES[kind] for kind in failure.kinds)
            return f"The page did not ask for the {kinds}."
        last = asked[-1]
        if failure.outcome == "pending":
            return None if last.outcome == "pending" else f"The browser answered: {last}."
        if failure.outcome in ("given", "mutes"):
            # One that is late is told by what the page says until then.
            late = failure.topic == "waiting" and last.outcome == "pending"
            return None if late or last.outcome == "given" else f"The browser said: {last}."
        expected = failure.errors.get(self._engine)
        for one in asked:
            if expected and one.error_name == expected.name and expected.message in (None, one.error_message):
                return None
        return f"Expected {expected}, the browser said: {last}."

    def _watch(self) -> None:
        """Until the page has told a person, or its time is over."""
        failure, subject = self._failure, self._subject
        within = NOTICED_WITHIN if failure.outcome in BY_ITSELF else TOLD_WITHIN
        if failure.topic == "nothing":
            only_watches = failure.outcome == "not asked"
            self._lines.watch(lambda: only_watches and bool(self._new_requests()), within=ASKS_WITHIN)
        else:
            self._lines.watch(self._helps, within=within)
        if failure.outcome in LETS_GO:
            self._lets_go()
        self.seen.told = self._sentences()
        self.seen.live = subject.live(self._lines.new(since_usual=not subject.by_itself))
        self.seen.left = subject.probe.capturing(subject.view)
        self.seen.requests = self._new_requests()
        self.seen.ended = [
            f"{had.what} {had.value}" for had in subject.probe.had if had.what.endswith(" track")
        ]
        self.seen.states = subject.view.evaluate(STATES) if failure.outcome != "no devices" else []
        if self._devices is not None and failure.outcome not in ("pending", "stops"):
            self.seen.devices = self._devices.page.look()

    def _lets_go(self) -> None:
        """Some pages tell a person first, and stop what they captured afterwards."""
        left = partial(self._subject.probe.capturing, self._subject.view)
        with suppress(Finding):
            eventually(lambda: "Something is captured." if left() else None, within=LETS_GO_WITHIN)

    def _recovers(self) -> str | None:
        """What is wrong with the page once the cause is gone; an empty text when it works again."""
        failure, subject = self._failure, self._subject
        if failure.outcome == "not asked" or self._stays_as_started():
            return None
        self._asked = len(subject.probe.media_requests())
        try:
            if failure.outcome in ("pending", "given") and failure.topic in ("waiting", "nothing"):
                pass  # what waited goes on by itself
            elif failure.while_live or failure.outcome in ("ends", "stops", "given", "mutes"):
                subject.view = subject.page
                subject.open()  # a page on air may offer its own way back, and need not
                if not subject.by_itself:
                    self._start()
            elif not (subject.by_itself and (failure.loads_anew or subject.tries_again())):
                self._start()
            self._await(self._why_it_does_not_work)
            if why := self._why_it_stops():
                raise Finding(f"it worked for a moment, and then {why}")
        except (Finding, NotProduced, PlaywrightError) as error:
            said = str(error).splitlines()[0].removeprefix(f"{failure.name} did not show: ").rstrip(".")
            return f"It cannot be tried again once the cause is gone: {said}"
        return ""

    def _stays_as_started(self) -> bool:
        """Firefox keeps what it was started with."""
        return self._engine == "firefox" and bool(self._failure.prefs)

    def _start(self) -> None:
        try:
            self._subject.start()
        except Finding as error:
            if not self.seen.requests and not self._new_requests():
                raise NotProduced(f"The page could not be started: {error}") from None
            raise

    def _why_it_does_not_work(self) -> str | None:
        if self._works():
            return None
        captured = self._subject.probe.capturing(self._subject.view)
        return f"it captures {f'the {NAMES[captured[0]]} alone' if captured else 'nothing'}"

    def _why_it_stops(self) -> str | None:
        """Why it does not go on working; None when it does."""
        with suppress(Finding):
            captured = partial(self._subject.probe.capturing, self._subject.view)
            unchanged(captured, seconds=WORKS_FOR, within=PATIENCE, what="what is captured")
        return self._why_it_does_not_work()

    def _works(self) -> bool:
        """It captures whatever it asked for; what a request that was altered asked for is not known."""
        requests = self.seen.requests or self._new_requests()
        asked = {kind for one in requests for kind in one.kinds}
        captured = set(self._subject.probe.capturing(self._subject.view))
        return bool(captured & set(self._failure.kinds)) and captured >= asked

    def _ended(self) -> bool:
        self._subject.probe.media_requests()  # what the browser told until now has been heard by then
        kinds = {f"{kind} track" for kind in self._failure.kinds}
        return any(had.what in kinds and had.value == "ended" for had in self._subject.probe.had)

    def _concerns(self, request: MediaRequest) -> bool:
        """Whether it asks for a device that fails; a request that was altered may ask for nothing."""
        return not request.kinds or bool(request.kinds & set(self._failure.kinds))

    def _new_requests(self) -> list[MediaRequest]:
        return self._subject.probe.media_requests()[self._asked :]

    def _helps(self) -> bool:
        return any(one.fits for one in self._sentences())

    def _sentences(self) -> list[Sentence]:
        words = [one.error_message for one in self._new_requests() if one.error_message]
        return read_all(self._lines.new(), self._failure, words)

    def _await(self, why_not_yet: Callable[[], str | None], *, within: float = PATIENCE) -> None:
        try:
            eventually(why_not_yet, within=within)
        except Finding as error:
            raise NotProduced(f"{self._failure.name} did not show: {error}") from None
