"""`harness reproduce NAME`: one failure, on one page, and whether the page handled it."""

from harness.reproduce.command import Options, reproduce
from harness.reproduce.table import table

__all__ = ["Options", "reproduce", "table"]
