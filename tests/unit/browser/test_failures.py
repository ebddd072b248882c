"""Each failure of the lab is what it says, in a real browser: it bites, the browser says so, and it heals."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from harness.browser.browsers import Browsers
from harness.browser.devices import Service
from harness.browser.eventually import eventually
from harness.browser.failures import FAILURES, Engine, Failure, NotProduced, failure_named
from harness.browser.failures.stand_in import BITTEN
from harness.errors import Finding, UsageError
from tests.unit.browser.sides import Side
from tests.unit.browser.the_table import as_the_table_tells

BOTH = {"audio": True, "video": True}
ASK = """(constraints) => {
  const asked = window.asked = {};
  const settle = (what) => Object.assign(asked, what, { at: performance.timeOrigin + performance.now() });
  if (!navigator.mediaDevices) return settle({ error: { name: "no devices" } });
  navigator.mediaDevices.getUserMedia(constraints).then(
    (stream) => { window.stream = stream; settle({ tracks: stream.getTracks() }) },
    ({ name, message, constraint }) => settle({ error: { name, message, constraint } }),
  );
}"""
SAID = """() => ({
  error: window.asked?.error,
  tracks: window.asked?.tracks?.map(({ kind, readyState, muted }) => `${kind} ${readyState} ${muted}`),
})"""
NOW = "performance.timeOrigin + performance.now()"
STOP = "() => { for (const track of window.stream?.getTracks() ?? []) track.stop(); delete window.stream; }"
WITHIN = 30.0


@pytest.fixture
def person(new_side: Callable[..., Side], request: pytest.FixtureRequest) -> Side:
    failure: Failure = request.getfixturevalue("failure")
    return new_side(failure.profile, "camera", "microphone")


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_it_bites_as_it_says_and_heals(failure: Failure, person: Side, browsers: Browsers) -> None:
    devices = browsers.devices_of(person.page)
    if failure.while_live:
        asks(person)
        assert comes(person, "given") == "given"
    make = failure.make.get("chromium") or failure.stand_in
    assert make is not None
    assert make(person, devices).why_not_bitten() is not None, "the control must be red before it is armed"

    with failure.arm(person, devices) as armed:
        assert armed.simulated is ("chromium" not in failure.make)
        if not failure.while_live:
            asks(person)
        came = comes(person, expected(failure))
        assert came == expected(failure), f"expected {expected(failure)}, the browser said {came}"
        armed.bit()
        as_the_table_tells(failure.name, "chromium", f"{'simulated' if armed.simulated else 'real'}: {came}")
        healed = person.page.evaluate(NOW)

    if failure.outcome == "pending":  # the request that waited goes on, and not before
        assert comes(person, "given") == "given"
        assert person.page.evaluate("asked.at") > healed
    person.page.evaluate(STOP)
    if failure.role == "host":
        asks(person)
        assert comes(person, "given") == "given"


def test_a_prompt_is_held_where_one_of_two_processes_has_to_be_started(
    new_side: Callable[..., Side], browsers: Browsers
) -> None:
    failure = FAILURES["prompt-ignored"]
    person = new_side(failure.profile, "camera", "microphone")
    devices = browsers.devices_of(person.page)
    assert devices is not None
    devices.page.look()
    devices.kill(Service.SOUND)  # as it ends by itself when nothing has needed it for a while
    with failure.arm(person, devices) as armed:
        armed.bit()


def expected(failure: Failure, engine: Engine = "chromium") -> str:
    """What the browser is to say, in a word."""
    if failure.outcome in ("given", "stops"):
        return "given"
    if failure.name == "viewer-without-devices":  # as any page there that asks in spite of that
        return "NotFoundError: Requested device not found"
    error = failure.errors.get(engine)
    if error is None:
        return failure.outcome
    return ": ".join(filter(None, [error.name, error.constraint, error.message]))


def asks(person: Side) -> None:
    """The page asks for both devices."""
    person.view.evaluate(ASK, BOTH)


def comes(person: Side, wanted: str) -> str:
    """What comes of the page's last request: `wanted`, or what it is after all patience."""

    def why_not_yet() -> str | None:
        return None if said(person) == wanted else "The browser has not said so."

    with suppress(Finding):
        eventually(why_not_yet, within=WITHIN)
    return said(person)


def said(person: Side) -> str:
    """The page's own view of it, now."""
    told = person.view.evaluate(SAID)
    if error := told.get("error"):
        return ": ".join(filter(None, [error["name"], error.get("constraint"), error.get("message")]))
    if not told.get("tracks"):
        return "pending"
    ended = any(" ended " in track for track in told["tracks"])
    muted = any(track.endswith(" true") for track in told["tracks"])
    return "ends" if ended else "mutes" if muted else "given"


def test_a_busy_camera_says_when_another_page_holds_it(
    new_side: Callable[..., Side], browsers: Browsers
) -> None:
    holder, person = (new_side("changeable", "camera", "microphone") for _ in range(2))
    asks(holder)
    assert comes(holder, "given") == "given"
    with FAILURES["camera-busy"].arm(person, browsers.devices_of(person.page)) as armed:
        asks(person)
        assert comes(person, "given") == "given"  # shared, so it was not opened again
        with pytest.raises(NotProduced, match=r"camera-busy did not bite.*nobody tried to start it"):
            armed.bit(within=0)


def test_a_wrong_name_is_told_with_those_that_are_near() -> None:
    with pytest.raises(UsageError, match="no failure `mic-bussy`: did you mean mic-busy"):
        failure_named("mic-bussy")
    with pytest.raises(UsageError, match="there are permission-denied, camera-denied"):
        failure_named("xyzzy")


def test_requests_that_a_stand_in_answered_say_so(new_side: Callable[..., Side]) -> None:
    person = new_side("changeable", "camera", "microphone")
    with FAILURES["camera-busy"].arm(person, None, simulated=True) as armed:
        asks(person)
        wanted = "NotReadableError: Failed to allocate videosource"
        assert comes(person, wanted) == wanted
        armed.bit()
    (request,) = person.probe.media_requests()
    assert str(request).endswith("NotReadableError: Failed to allocate videosource (simulated)")
    with FAILURES["mic-busy"].arm(person, None, simulated=True):
        bitten = person.view.evaluate(BITTEN)
    assert not bitten, "expected a stand-in that bit once to have to bite again"
