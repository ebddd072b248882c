"""The updates of a party's row are counted where they arrive, not where they are sent."""

from __future__ import annotations

from pathlib import Path

from harness.config import PartyMaking
from harness.target.row_updates import row_updates

LINES = """
2026-01-01 10:00:00,001 Application startup complete
2026-01-01 10:00:00,002 [rest] {"at": 1.0, "method": "POST", "table": "parties", "where": {}, "columns": ["id"]}
2026-01-01 10:00:00,003 [rest] {"at": 2.0, "method": "PATCH", "table": "parties", "where": {"id": "eq.one"}, "columns": ["is_live"]}
2026-01-01 10:00:00,004 [rest] {"at": 3.0, "method": "PATCH", "table": "parties", "where": {"id": "eq.two"}, "columns": ["is_live"]}
2026-01-01 10:00:00,005 [rest] {"at": 4.0, "method": "PATCH", "table": "profiles", "where": {"id": "eq.one"}, "columns": ["name"]}
2026-01-01 10:00:00,006 [rest] {"at": 5.0, "method": "PATCH", "table": "parties", "where": {"id": "eq.one"}, "columns": ["is_live", "title"]}
"""  # noqa: E501


def test_only_updates_of_that_row_count_and_each_of_them(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(LINES)
    found = row_updates(log, PartyMaking(), "one")
    assert [update.t for update in found] == [2.0, 5.0]
    assert str(found[1]) == "PATCH of is_live, title"
    assert row_updates(log, PartyMaking(), "three") == []
