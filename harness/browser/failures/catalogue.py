"""Every failure by its name."""

from __future__ import annotations

import difflib

from harness.browser.failures.failure import Failure
from harness.browser.failures.named_by_device import DEVICE_FAILURES
from harness.browser.failures.named_by_page import PAGE_FAILURES
from harness.browser.failures.named_by_permission import PERMISSION_FAILURES
from harness.browser.failures.named_while_live import FAILURES_WHILE_LIVE
from harness.errors import UsageError

FAILURES: dict[str, Failure] = {
    failure.name: failure
    for failure in (*PERMISSION_FAILURES, *DEVICE_FAILURES, *PAGE_FAILURES, *FAILURES_WHILE_LIVE)
}


def failure_named(name: str) -> Failure:
    """Raises UsageError with the names that are near for one that does not exist."""
    if name in FAILURES:
        return FAILURES[name]
    words = set(name.replace("_", "-").split("-"))
    near = difflib.get_close_matches(name, FAILURES, 3, 0.5) or [
        known for known in FAILURES if words & set(known.split("-"))
    ]
    hint = f"did you mean {' or '.join(near[:4])}?" if near else f"there are {', '.join(FAILURES)}."
    raise UsageError(f"There is no failure `{name}`: {hint}")
