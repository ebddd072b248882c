"""A media failure as data: what people see, how it is made here, what the browser says, what the page should
say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from harness.browser.eventually import eventually
from harness.browser.failures.by_preference import ByPreference
from harness.browser.failures.mechanism import Make, Mechanism, NotProduced, Person
from harness.errors import Finding

if TYPE_CHECKING:
    from harness.browser.devices import Devices

BITES_WITHIN = 10.0  # seconds: a browser may look for its devices before it starts the one that was asked for
Engine = Literal["chromium", "firefox", "webkit"]
Role = Literal["host", "viewer"]
# `refused`: getUserMedia rejects; `pending`: it does not settle; `given`: it resolves; `no devices`: the
# browser has no getUserMedia on this page; `ends`: a track that was given ends; `stops`: it stays live and
# brings nothing; `mutes`: the browser mutes it; `not asked`: nobody asks.
Outcome = Literal["refused", "pending", "given", "no devices", "ends", "stops", "mutes", "not asked"]
Topic = Literal[
    "permission",
    "missing",
    "busy",
    "constraints",
    "insecure",
    "blocked",
    "no start",
    "defect",
    "waiting",
    "lost",
    "stuck",
    "no picture",
    "no sound",
    "nothing",
]


@dataclass(frozen=True)
class BrowserError:
    """What getUserMedia rejects with, to the letter; a `message` of None may be any."""

    name: str
    message: str | None = None
    constraint: str | None = None


@dataclass(frozen=True)
class Failure:
    """`users_see` without any handling; `why` it happens in the wild; `made_by` how it is made here.

    `make` has its mechanism by engine; `prefs` what a Firefox is started with for it. `stand_in` is a
    *simulated* mechanism, for where the real one cannot be had. `while_live`: it comes under a page that is
    live already. `message` is what the reference page shows, to the letter, where that is law; `topic` is
    what any page must be about. `loads_anew`: the page is loaded when it is armed, and when it heals.
    `signs_out`: the page has another origin, on which nobody is signed in. `kinds` are the devices that
    fail: who asks for another one alone meets no failure. `seconds` it takes, of the failure's own nature.
    """

    name: str
    users_see: str
    why: str
    made_by: str
    topic: Topic
    outcome: Outcome
    heals_by: str
    control: str
    make: Mapping[Engine, Make] = field(default_factory=dict)
    stand_in: Make | None = None
    prefs: Mapping[str, bool | int | str] | None = None
    errors: Mapping[Engine, BrowserError] = field(default_factory=dict)
    kinds: tuple[Literal["video", "audio"], ...] = ("video", "audio")
    role: Role = "host"
    profile: str = "changeable"
    message: str | None = None
    while_live: bool = False
    loads_anew: bool = False
    signs_out: bool = False
    seconds: float = 0.0

    def can_be_in(self, engine: Engine) -> bool:
        """Whether this browser can be made to fail so, really or by the stand-in."""
        by_preference = engine == "firefox" and self.prefs is not None
        return engine in self.make or by_preference or self.stand_in is not None

    def arm(
        self,
        person: Person,
        devices: Devices | None,
        engine: Engine = "chromium",
        *,
        simulated: bool | None = None,
    ) -> Armed:
        """From now on it is there, for `person`, whose browser has `devices`.

        The real mechanism where there is one, else the simulated; `simulated` insists on one of them.
        Raises NotProduced when it cannot be made here.
        """
        real = None if simulated else self.make.get(engine)
        if real is None and engine == "firefox" and self.prefs is not None and not simulated:
            real = ByPreference if self.prefs else None
        make = real or (None if simulated is False else self.stand_in)
        if make is None:
            raise NotProduced(f"{self.name} cannot be made in {engine}: {self.made_by}")
        mechanism = make(person, devices)
        try:
            mechanism.arm()
        except BaseException:
            # The browser serves others after this: what was half done is undone, as far as it can be.
            with suppress(Exception):
                mechanism.heal()
            raise
        return Armed(self, mechanism)


class Armed:
    """A failure that is there. A context: leaving it heals."""

    def __init__(self, failure: Failure, mechanism: Mechanism) -> None:
        self.failure = failure
        self.simulated = mechanism.simulated
        self._mechanism = mechanism
        self._healed = False

    def __enter__(self) -> Armed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.heal()

    def bit(self, *, within: float = BITES_WITHIN) -> None:
        """The positive control, after the page has tried. Raises NotProduced when it did nothing."""
        try:
            eventually(self.why_not_bitten, within=within)
        except Finding as finding:
            said = f"{self.failure.name} did not bite, so nothing was proved: {finding}"
            raise NotProduced(said) from None

    def why_not_bitten(self) -> str | None:
        """Asked once; None when the failure did what it should."""
        return self._mechanism.why_not_bitten()

    def heal(self) -> None:
        """Take the cause away; a second time is nothing."""
        if not self._healed:
            self._healed = True
            self._mechanism.heal()
