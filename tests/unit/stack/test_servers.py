"""Servers that run together: the end of those that ask others comes before the end of those."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.stack.process import ServerProcess
from harness.stack.servers import MODULES, Servers


def test_who_asks_others_is_gone_before_they_are_asked_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    did: list[tuple[str, str]] = []
    monkeypatch.setattr(ServerProcess, "ask_to_end", lambda one: did.append(("asked", one.name)))
    monkeypatch.setattr(ServerProcess, "stop", lambda one: did.append(("gone", one.name)))

    Servers(tmp_path, dict.fromkeys(MODULES, 0)).stop()

    asked, gone = ([name for what, name in did if what == each] for each in ("asked", "gone"))
    assert sorted(asked) == sorted(gone) == sorted(MODULES)
    for asks_others in ("token server", "pages"):
        for other in ("local Stream", "local Supabase"):
            assert did.index(("gone", asks_others)) < did.index(("asked", other))
    # Beside each other: both of a pair are asked before either is waited for.
    assert [what for what, _ in did] == ["asked", "asked", "gone", "gone"] * 2
