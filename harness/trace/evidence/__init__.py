"""The evidence of one moment as a folder: a page that needs nothing beside itself, and larger files.

`Account` is what somebody knows of it; accounts add up. `write` makes the folder.
"""

from harness.trace.evidence.account import Account, Exhibit, Row, Series
from harness.trace.evidence.bundle import MOST_BYTES, Heading, write
from harness.trace.evidence.rows import told_by_events

__all__ = ["MOST_BYTES", "Account", "Exhibit", "Heading", "Row", "Series", "told_by_events", "write"]
