"""evidence.html: everything that is known of one moment, on one clock, in one file without links outside."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.trace.evidence.account import KINDS, Account, Exhibit
from harness.trace.evidence.plot import Plot, plot

if TYPE_CHECKING:
    from harness.trace.evidence.bundle import Heading


@dataclass(frozen=True)
class Shown:
    """A picture or a sound as a data URI, `at` seconds on the page's clock."""

    exhibit: Exhibit
    at: float

    @property
    def source(self) -> str:
        return f"data:{self.exhibit.media_type};base64,{base64.b64encode(self.exhibit.content).decode()}"

    @property
    def is_sound(self) -> bool:
        return self.exhibit.media_type.startswith("audio/")


@dataclass(frozen=True)
class PersonShown:
    """What one person saw and heard, and what was measured of them."""

    who: str
    exhibits: Sequence[Shown]
    plots: Sequence[Plot]


def page(heading: Heading, account: Account, cut: Sequence[str], files: Sequence[tuple[str, int]]) -> str:
    """The page as text; `files` (name and bytes) lie beside it. All that came from outside is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    began, ended = _span(heading.moment, account)
    used = {row.kind for row in account.rows}
    return environment.get_template("evidence.html.j2").render(
        heading=heading,
        began=began,
        clock=datetime.fromtimestamp(began, UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        people=_people(account, began, ended, heading.moment),
        rows=account.rows,
        kinds=[kind for kind in KINDS if kind in used],
        missing=account.missing,
        cut=cut,
        files=[(name, f"{size / 1000:.1f} kB") for name, size in files],
    )


def _span(moment: float, account: Account) -> tuple[float, float]:
    """From the first thing that is known to the last."""
    times = [
        moment,
        *(row.t for row in account.rows),
        *(exhibit.t for exhibit in account.exhibits),
        *(t for series in account.series for t, _ in series.points),
    ]
    return min(times), max(times)


def _people(account: Account, began: float, ended: float, moment: float) -> list[PersonShown]:
    plots = [plot(series, began, ended, moment) for series in account.series if series.points]
    shown = [Shown(exhibit, exhibit.t - began) for exhibit in account.exhibits]
    names = _once([one.exhibit.who for one in shown] + [one.series.who for one in plots])
    return [
        PersonShown(
            who,
            [one for one in shown if one.exhibit.who == who],
            [one for one in plots if one.series.who == who],
        )
        for who in names
    ]


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
