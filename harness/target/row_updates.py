"""Which updates of a party's row reached the database, as the local Supabase's log tells it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from harness.config import PartyMaking

CHANGE = re.compile(r"\[rest\] (?P<told>\{.*\})$")


@dataclass(frozen=True)
class RowUpdate:
    """One update that was carried out: `t` unix seconds, and the columns that it named."""

    t: float
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"PATCH of {', '.join(self.columns)}"


def row_updates(log: Path, told: PartyMaking, party_id: str) -> list[RowUpdate]:
    """Those of the party's row, oldest first; `told` says where that row is."""
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if change := CHANGE.search(line):
            change = json.loads(change["told"])
            of_party = change["table"] == told.table and change["where"].get(told.id) == f"eq.{party_id}"
            if change["method"] == "PATCH" and of_party:
                found.append(RowUpdate(change["at"], tuple(change["columns"])))
    return found
