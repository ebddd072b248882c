"""What the parts of the plugin leave for one another while tests run."""

from __future__ import annotations

import pytest

from harness.browser.keeper import Keeper
from harness.stack import Deployment, Stack
from harness.trace.events import RunLog

RUN_LOG = pytest.StashKey[RunLog]()
FAILED = pytest.StashKey[bool]()
STACK = pytest.StashKey[Stack]()
DEPLOYMENT = pytest.StashKey[Deployment]()
KEEPER = pytest.StashKey[Keeper]()
