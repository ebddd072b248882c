"""What the parts of the plugin leave for one another while tests run."""

from __future__ import annotations

import pytest

from harness.browser.keeper import Keeper
from harness.stack import Deployment, Stack
from harness.trace.events import RunLog

RUN_LOG = pytest.StashKey[RunLog]()
FAILED = pytest.StashKey[bool]()
SPOILT = pytest.StashKey[bool]()  # it failed, or stopped half-way as a gap
STACK = pytest.StashKey[Stack]()
DEPLOYMENT = pytest.StashKey[Deployment]()
KEEPER = pytest.StashKey[Keeper]()


def note(stash: pytest.Stash, report: pytest.TestReport) -> None:
    """Keep how a test goes, for the fixtures that end after it."""
    stash[FAILED] = stash.get(FAILED, False) or report.failed
    stash[SPOILT] = stash.get(SPOILT, False) or not report.passed
