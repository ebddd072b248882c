"""Each failure of the lab is what it says, in a real browser: it bites, the browser says so, and it heals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.browsers import Browsers
from harness.browser.eventually import eventually
from harness.browser.failures import FAILURES, Engine, Failure, NotProduced, failure_named
from harness.errors import UsageError
from tests.unit.browser.sides import Side
from tests.unit.browser.the_table import as_the_table_tells

BOTH = {"audio": True, "video": True}
ASK = """(constraints) => {
  window.asked = { constraints };
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia(constraints).then(
    (stream) => { window.stream = stream; asked.tracks = stream.getTracks() },
    ({ name, message, constraint }) => { asked.error = { name, message, constraint } },
  );
}"""
SAID = """() => ({
  devices: Boolean(navigator.mediaDevices),
  error: window.asked?.error,
  tracks: window.asked?.tracks?.map(({ kind, readyState }) => `${kind} ${readyState}`),
})"""
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
        assert asks(person) == "given"
    make = failure.make.get("chromium") or failure.stand_in
    assert make is not None
    assert make(person, devices).why_not_bitten() is not None, "the control must be red before it is armed"

    with failure.arm(person, devices) as armed:
        assert armed.simulated is ("chromium" not in failure.make)
        came = ended(person) if failure.while_live else asks(person, hangs=failure.outcome == "pending")
        assert came == expected(failure), f"expected {expected(failure)}, the browser said {came}"
        armed.bit()
        as_the_table_tells(failure.name, "chromium", f"{'simulated' if armed.simulated else 'real'}: {came}")
        if failure.outcome == "pending":
            assert person.page.evaluate("asked.error ?? null") is None

    if failure.outcome == "pending":  # the request that waited goes on
        eventually(lambda: None if said(person) == "given" else said(person), within=WITHIN)
    person.page.evaluate(STOP)
    if failure.role == "host":
        assert asks(person) == "given"


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


def asks(person: Side, *, hangs: bool = False) -> str:
    """The page asks for both devices; what comes of it, or `pending` for what hangs for a second."""
    person.view.evaluate(ASK, BOTH)
    if not person.view.evaluate("Boolean(navigator.mediaDevices)"):
        return "no devices"
    if hangs:
        person.page.wait_for_timeout(1000)
        return said(person) or "pending"
    eventually(lambda: None if said(person) else "The browser has not answered.", within=WITHIN)
    if said(person) == "given":
        person.page.wait_for_timeout(200)  # a track may end as soon as it came
    return said(person) or "pending"


def said(person: Side) -> str | None:
    """The page's own view of what came of its last request."""
    told = person.view.evaluate(SAID)
    if error := told.get("error"):
        return ": ".join(filter(None, [error["name"], error.get("constraint"), error["message"]]))
    if not told.get("tracks"):
        return None
    return "ends" if any(track.endswith("ended") for track in told["tracks"]) else "given"


def ended(person: Side) -> str:
    """Whether a track ends under the page within a second: `ends` or `given`."""
    for _ in range(10):
        person.page.wait_for_timeout(100)
        if said(person) == "ends":
            break
    return said(person) or "nothing"


def test_a_busy_camera_says_when_another_page_holds_it(
    new_side: Callable[..., Side], browsers: Browsers
) -> None:
    holder, person = (new_side("changeable", "camera", "microphone") for _ in range(2))
    assert asks(holder) == "given"
    with FAILURES["camera-busy"].arm(person, browsers.devices_of(person.page)) as armed:
        assert asks(person) == "given"  # shared, so it was not opened again
        with pytest.raises(NotProduced, match=r"camera-busy did not bite.*nobody tried to start it"):
            armed.bit()


def test_a_wrong_name_is_told_with_those_that_are_near() -> None:
    with pytest.raises(UsageError, match="no failure `mic-bussy`: did you mean mic-busy"):
        failure_named("mic-bussy")
    with pytest.raises(UsageError, match="there are permission-denied, camera-denied"):
        failure_named("xyzzy")


def test_requests_that_a_stand_in_answered_say_so(new_side: Callable[..., Side]) -> None:
    person = new_side("changeable", "camera", "microphone")
    with FAILURES["camera-busy"].arm(person, None, simulated=True) as armed:
        assert asks(person) == "NotReadableError: Failed to allocate videosource"
        armed.bit()
    (request,) = person.probe.media_requests()
    assert str(request).endswith("NotReadableError: Failed to allocate videosource (simulated)")
