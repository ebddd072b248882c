"""The host of a party, in a browser with a camera and a microphone."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from playwright.sync_api import BrowserContext

from harness.browser.device_profile import PROFILES
from harness.browser.eventually import eventually, limit
from harness.browser.exchange import CallOperation
from harness.browser.recorder import Role
from harness.browser.steps import Step, steps_of
from harness.browser.visitor import OPENS_WITHIN, STEP_WITHIN, Visitor
from harness.browser.wording import NO_SENTENCE
from harness.config import HostPage
from harness.errors import Finding, NotGiven
from harness.target import Person, Target
from harness.trace.events import RunLog

LIVE = "You are live"
ENDED = "Party ended"
ELSEWHERE = "Live, but not from this page"
Device = Literal["Camera", "Microphone"]
# A page that has other work for a moment, as on a slow device; it begins when this has been answered.
BUSY = """() => {
  setTimeout(() => {
    for (const end = performance.now() + 300; performance.now() < end; );
  });
}"""


class Host(Visitor):
    """`profile` names the devices of the browser of `context`: their clips are what viewers must get."""

    role: ClassVar[Role] = "host"

    def __init__(
        self,
        context: BrowserContext,
        who: str,
        account: Person | None,
        target: Target,
        run_log: RunLog,
        profile: str = "host_a",
    ) -> None:
        super().__init__(context, who, account, target, run_log)
        self.profile = profile
        self.camera_clip = PROFILES[profile].camera
        self.microphone_clip = PROFILES[profile].microphone

    def goes_live(self, *, within: float = STEP_WITHIN) -> Self:
        """Click Go live, wait until the page says so. Raises Finding with the page's own error otherwise.

        At once for an error that was not there before: a toast of an earlier attempt may still show.
        """
        before = self.errors
        self.clicks_go_live()
        words = self._wording(LIVE)

        def why_not_yet() -> str | None:
            if self.reads(LIVE):
                return None
            errors = self.errors
            if new := [error for error in errors if error not in before]:
                why = "".join(f" ({trouble})" for trouble in self.token_troubles())
                raise Finding(f"{self.who} could not go live: {new[0]}{why}")
            also = f" and the error {errors[0]!r}" if errors else ""
            return f"{self.who} is not live: the page says {self.status!r}{also}, not {words}{words.advice}."

        with self._told_or_gap(words.key, lambda: not self.error and not self._says_what_is_known()):
            eventually(why_not_yet, within=within)
        return self

    def is_refused(self, says: str | None = None, *, within: float = STEP_WITHIN) -> str:
        """Wait until the page tells an error (`says`, or any), and never that it is live; what it tells."""
        words, told = says and self._wording(says), ""

        def why_not_yet() -> str | None:
            nonlocal told
            if self.reads(LIVE):
                raise Finding(f"{self.who} was to be refused, but the page says that it is live.")
            # Looked at once: a toast may be gone by the next time.
            errors = self.errors
            told = errors[0] if errors else told
            if not told:
                return f"{self.who} was to be told an error, the page says {self.status!r}."
            if not words or words.are_in(self.view, errors):
                return None
            return f"{self.who} was to be told {words}, the page shows {told!r}{words.advice}."

        with self._told_or_gap("host.error", lambda: not told):
            eventually(why_not_yet, within=within)
        if NO_SENTENCE.search(told):
            raise Finding(f"{self.who} was to be told a sentence for people, the page says {told!r}.")
        return told

    def clicks_go_live(self) -> Self:
        """Without waiting for what comes of it."""
        return self.presses("Go live")

    def ends_party(self, *, within: float = STEP_WITHIN) -> Self:
        """Click End party and wait until the page says that it has ended."""
        return self.presses("End party").reads_status(ENDED, within=within)

    def turns(self, device: Device, *, on: bool) -> Self:
        """Press the device's button if it is not so already, and wait until it shows it."""
        button = self.button(device)
        with self._told_or_gap(self._keys[device], lambda: True), self._doing(f"find the button {device!r}"):
            button.wait_for(timeout=limit(OPENS_WITHIN))
        if self.has_on(device) != on:
            self.presses(device)

        def why_not_yet() -> str | None:
            shows, wanted = ("on" if state else "off" for state in (not on, on))
            return None if self.has_on(device) == on else f"{device} shows {shows}, expected {wanted}."

        eventually(why_not_yet, within=STEP_WITHIN)
        return self

    def has_on(self, device: Device) -> bool:
        """Whether the page shows that the device is on; raises NotGiven where nobody told what shows it."""
        found = {"Camera": self._where.camera_on, "Microphone": self._where.microphone_on}[device]
        if found is not None:
            return self._shows(found)
        toggle = self.button(device)
        states = (toggle.get_attribute("aria-pressed"), toggle.get_attribute("aria-checked"))
        if any(states):
            return "true" in states
        if toggle.evaluate("element => element.type === 'checkbox'"):
            return toggle.is_checked()
        raise NotGiven(f"needs host.{device.lower()}_on in the target file: what is found while it is on")

    def steps(self) -> list[Step]:
        """What the page did towards going live, in the order of time, as seen from outside."""
        media = self.media_requests()  # first: with the answer, everything before it has been heard, too
        return steps_of(self.recorder, media, self.target)

    def double_clicks(self, name: Literal["Go live", "End party"]) -> Self:
        """As impatient people do on a slow device: both clicks come before the page answers the first."""
        *before, last = self._buttons[name]
        self._clicks(before, f"press what leads to {name!r}")
        button = self._place(last)
        with (
            self._told_or_gap(self._keys[name], lambda: not self._shows(last)),
            self._doing(f"double-click the button {name!r}"),
        ):
            button.click(trial=True, timeout=limit(OPENS_WITHIN))
            box = button.bounding_box(timeout=limit(OPENS_WITHIN))
        if box is None:
            raise Finding(f"{self.who} could not double-click the button {name!r}: it is not drawn.")
        self.page.evaluate(BUSY)
        self.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        return self

    def knows_of_another_tab(self) -> Self:
        """Wait until the page says that the party is live elsewhere."""
        return self.reads_status(ELSEWHERE)

    @property
    def on_light(self) -> list[str]:
        """The devices that the page captures now: their light is on, whoever gets it."""
        names = {"video": "camera", "audio": "microphone"}
        return [names[kind] for kind in self.probe.capturing(self.view)]

    @property
    def live_call(self) -> CallOperation | None:
        """The call that this host last put on air, as its request named it."""
        asked = [one.call_operation for one in self.recorder.operations("go_live") if one.is_ok]
        return asked[-1] if asked else None

    @property
    def went_live_at(self) -> float | None:
        """When the request that took the call live left the page, in unix seconds."""
        asked = [one.t for one in self.recorder.operations("go_live") if one.is_ok]
        return asked[-1] if asked else None

    @property
    def _where(self) -> HostPage:
        return self.target.host

    _keys: ClassVar[dict[str, str]] = {
        "Go live": "host.go_live",
        "End party": "host.end",
        "Camera": "host.camera",
        "Microphone": "host.microphone",
        "Go live with sound only": "host.sound_only",
        "Stop waiting": "host.stop_waiting",
        "Preview": "host.preview",
    }

    @property
    def _buttons(self) -> dict[str, tuple[str, ...]]:
        on_page = self._where
        return {
            "Go live": on_page.go_live,
            "End party": on_page.end,
            "Camera": (on_page.camera,),
            "Microphone": (on_page.microphone,),
            **{name: clicks for name, clicks in self._may_have.items() if clicks is not None},
        }

    @property
    def _may_have(self) -> dict[str, tuple[str, ...] | None]:
        """What other apps may do without; on the reference pages these are found by their names."""
        on_page = self._where
        return {
            "Go live with sound only": on_page.sound_only,
            "Stop waiting": on_page.stop_waiting,
            "Preview": on_page.preview,
        }
