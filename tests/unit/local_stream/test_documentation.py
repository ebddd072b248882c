"""docs/local-stream.md names every operation, setting and field of a fault, and no operation more."""

from __future__ import annotations

import re
from pathlib import Path

from harness.config import LocalStreamSettings
from harness.local_stream.app import OPERATIONS
from harness.local_stream.fault_rule import Rule

TEXT = (Path(__file__).parents[3] / "docs" / "local-stream.md").read_text(encoding="utf-8")
# Rows of the table that are no operations.
OTHERS = {"WebSocket", "location hint", "SFU", "everything else"}


def part(heading: str) -> str:
    """The text below a heading, to the next one."""
    return TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def first_column(heading: str) -> list[str]:
    """Of the first table below a heading, without its head."""
    rows = re.search(r"(?m)^\|.*\n\|[-|]+\n((?:\|.*\n)+)", part(heading))
    assert rows, f"no table below {heading}"
    return [row.split("|")[1].strip() for row in rows[1].splitlines()]


def names(cell: str) -> set[str]:
    """`A, B(s)` names A, B and Bs."""
    each = cell.split(", ")
    return {name.replace("(s)", "") for name in each} | {name.replace("(s)", "s") for name in each}


def test_every_operation_is_in_the_table_and_the_table_names_no_other() -> None:
    documented = {name for cell in first_column("Endpoints") for name in names(cell)}
    assert documented - OTHERS == {operation.name for operation in OPERATIONS}


def test_every_setting_is_in_the_table() -> None:
    documented = " ".join(first_column("Running it"))
    settings = {str(field.alias) for field in LocalStreamSettings.model_fields.values()}
    missing = [name for name in settings - {"HARNESS_LISTEN_FD"} if f"`{name}`" not in documented]
    assert missing == []


def test_every_field_of_a_fault_is_told() -> None:
    assert [name for name in Rule.model_fields if f"`{name}`" not in part("Faults")] == []
