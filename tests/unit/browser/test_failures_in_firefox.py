"""Each failure that a stock Firefox can be made to give is what it says there, and what can heal heals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Playwright

from harness.browser.failures import FAILURES, Failure
from harness.browser.firefox import firefox
from harness.browser.probe import Probe
from tests.unit.browser.firefox_here import needs_firefox
from tests.unit.browser.sides import Side
from tests.unit.browser.test_failures import STOP, asks, comes, expected
from tests.unit.browser.the_table import as_the_table_tells

pytestmark = needs_firefox
# Those with the same preferences one after the other, in one Firefox.
IN_FIREFOX = sorted(
    (failure for failure in FAILURES.values() if failure.can_be_in("firefox")),
    key=lambda failure: str(failure.prefs or {}),
)


@pytest.fixture(scope="module")
def firefox_for(playwright: Playwright) -> Iterator[Callable[[Failure], Browser]]:
    """The Firefox of this failure: one at a time, as each takes half a gigabyte."""
    with ExitStack() as running:
        current: list[tuple[object, Browser]] = []

        def start(failure: Failure) -> Browser:
            prefs = failure.prefs or {}
            if not current or current[-1][0] != prefs:
                running.close()
                current.append((prefs, running.enter_context(firefox(playwright, prefs))))
            return current[-1][1]

        yield start


@pytest.mark.parametrize("failure", IN_FIREFOX, ids=lambda failure: failure.name)
def test_it_bites_as_it_says(
    failure: Failure, firefox_for: Callable[[Failure], Browser], page_url: str
) -> None:
    context = firefox_for(failure).new_context()
    page = context.new_page()
    person = Side(page, Probe(page))
    page.goto(page_url)

    with failure.arm(person, None, "firefox") as armed:
        asks(person)
        came = comes(person, expected(failure, "firefox"))
        assert came == expected(failure, "firefox"), f"expected another error, Firefox said {came}"
        armed.bit()
        as_the_table_tells(failure.name, "firefox", f"{'simulated' if armed.simulated else 'real'}: {came}")

    if not failure.prefs:  # with preferences Firefox stays as it was started
        person.page.evaluate(STOP)
        asks(person)
        assert comes(person, "given") == "given"
    context.close()
