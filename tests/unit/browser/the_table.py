"""`reproduce --list` is made of what the tests saw."""

from __future__ import annotations

import json

import pytest

from harness.browser.failures import Engine
from harness.reproduce.table import OBSERVED, observed


def as_the_table_tells(name: str, engine: Engine, came: str) -> None:
    """Raises unless it says the same. A cell that is deleted is written anew."""
    seen = observed()
    told = seen.get(name, {})
    if engine not in told:
        OBSERVED.write_text(json.dumps({**seen, name: {**told, engine: came}}, indent=2) + "\n")
        pytest.fail(f"{name} in {engine} was not in {OBSERVED.name}. It is now, with {came!r}: look at it.")
    assert told[engine] == came
