"""The list of the vendor's tests that do not pass, each with its reason; it may only get shorter."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.vendor.vitest import Clients, Result

LIST = Path(__file__).with_name("not_passing.toml")
Name = tuple[str, str]


def listed(clients: Clients) -> dict[Name, str]:
    """The reason of each test that does not pass with these clients, by its file and name."""
    entries = tomllib.loads(LIST.read_text()).get("test", [])
    return {(one["file"], one["name"]): one["reason"] for one in entries if one["clients"] == clients}


def complaints(results: Sequence[Result], reasons: dict[Name, str]) -> list[str]:
    """What is not as the list has it: a failure that is not on it, and an entry that does not fail."""
    failed = {(one.file, one.name) for one in results if one.status == "failed"}
    unexpected = [
        f"{one.file}: {one.name} failed: {one.why.splitlines()[0]}"
        for one in results
        if one.status == "failed" and (one.file, one.name) not in reasons
    ]
    unfounded = [
        f"{file}: {name} does not fail (any more): strike it off {LIST.name}"
        for file, name in sorted(reasons.keys() - failed)
    ]
    return unexpected + unfounded
