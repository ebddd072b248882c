"""The failure lab: every media failure of a browser by name, made really, proved to bite, and healed.

with FAILURES["mic-busy"].arm(host, browsers.devices_of(host.page)) as armed:
    host.clicks_go_live().reads_error(...)
    armed.bit()
host.goes_live()
"""

from harness.browser.failures.catalogue import FAILURES, failure_named
from harness.browser.failures.failure import Armed, BrowserError, Engine, Failure
from harness.browser.failures.mechanism import Mechanism, NotProduced

__all__ = [
    "FAILURES",
    "Armed",
    "BrowserError",
    "Engine",
    "Failure",
    "Mechanism",
    "NotProduced",
    "failure_named",
]
