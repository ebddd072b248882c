"""The catalogue of release checks, and the choice of some of them by `--only`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.errors import UsageError


@dataclass(frozen=True)
class Check:
    """One release check. `planned`: this version has no test for it."""

    id: str
    level: str
    title: str
    planned: bool = False

    @property
    def area(self) -> str:
        """The letter of its family: T, G, P, N, C or R."""
        return self.id[0]


@cache
def catalogue() -> Mapping[str, Check]:
    """All checks by id, in the order in which they are listed."""
    rows = tomllib.loads(Path(__file__).with_name("checks.toml").read_text(encoding="utf-8"))
    return {check: Check(check, **row) for check, row in rows.items()}


def choose(only: Iterable[str], checks: Mapping[str, Check]) -> list[Check]:
    """The checks that `only` names (ids or areas, `G03,T` or one each); all when it names none.

    A named area brings its planned checks along, for the verdict to name them. Raises UsageError for a name
    that is neither, and when what is named has no test in this version.
    """
    parts = list(only)
    if not parts:
        return list(checks.values())
    names = [name.strip().upper() for part in parts for name in part.split(",") if name.strip()]
    if not names:
        raise UsageError("No check was named: name ids or areas, as in G03,T, or leave the option out.")
    areas = {check.area for check in checks.values()}
    for name in names:
        if name not in checks and name not in areas:
            raise UsageError(_unknown(name, areas, checks))
        if name in checks and checks[name].planned:
            raise UsageError(
                f"Check {name} ({checks[name].title}) is planned, without a test yet: choose another."
            )
    chosen = [check for check in checks.values() if check.id in names or check.area in names]
    if all(check.planned for check in chosen):
        raise UsageError(
            f"All checks of {', '.join(names)} are planned and have no test in this version: choose others."
        )
    return chosen


def expect_checks(waived: Iterable[str], checks: Mapping[str, Check]) -> None:
    """Raises UsageError for a waiver of what is no check."""
    for name in waived:
        if name not in checks:
            raise UsageError(
                f"There is a waiver of {name!r}, which is no check: name one like {next(iter(checks))}."
            )


def _unknown(name: str, areas: Iterable[str], checks: Mapping[str, Check]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, checks, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return (
        f"There is no check {name!r}.{hint} Expected ids such as {next(iter(checks))} "
        f"or areas ({', '.join(sorted(areas))}), separated by commas."
    )
