"""`harness reproduce --list`: every failure, and in which browsers it was really seen.

What was seen is in `observed.json`, which tests/unit/browser/test_failures.py writes and compares with.
"""

from __future__ import annotations

import json
from pathlib import Path

from harness.browser.failures import FAILURES

OBSERVED = Path(__file__).with_name("observed.json")
BROWSERS = ("chromium", "firefox", "webkit")


def observed() -> dict[str, dict[str, str]]:
    """By failure and browser: `real` or `simulated`, and what the browser said."""
    try:
        told: dict[str, dict[str, str]] = json.loads(OBSERVED.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return told


def table() -> str:
    """A row for each failure, as text."""
    seen = observed()
    rows: list[tuple[str, ...]] = [("failure", *BROWSERS, "what users see")]
    for name, failure in FAILURES.items():
        cells = tuple(seen.get(name, {}).get(browser, "-").split(":")[0] for browser in BROWSERS)
        rows.append((name, *cells, failure.users_see))
    widths = [max(len(row[column]) for row in rows) for column in range(len(BROWSERS) + 1)]
    lines = [
        "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]
    return "\n".join(
        [*lines, "", "real: the browser gave it by itself. simulated: a stand-in gave it. -: not seen."]
    )
