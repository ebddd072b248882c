"""What is known of one moment, whoever tells it: all times are unix seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

# Where a row comes from, in the order in which a page offers them.
KINDS = ("page", "media", "devices", "console", "network", "connection", "callId", "server", "harness")


@dataclass(frozen=True)
class Row:
    """`who` did, saw or was told `text`; `kind` is one of KINDS. `more` is long: an SDP, a body."""

    t: float
    who: str
    kind: str
    text: str
    bad: bool = False
    more: str = ""


@dataclass(frozen=True)
class Series:
    """What was measured of `who` over time; `points` are (t, value)."""

    who: str
    name: str
    unit: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Exhibit:
    """A picture or a sound; `name` says what it shows, `media_type` is like `image/png`."""

    t: float
    who: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Account:
    """All that was kept. `missing` are sentences: what could not be had, and why."""

    rows: tuple[Row, ...] = ()
    series: tuple[Series, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    missing: tuple[str, ...] = ()

    def __add__(self, other: Account) -> Account:
        return Account(
            self.rows + other.rows,
            self.series + other.series,
            self.exhibits + other.exhibits,
            self.missing + other.missing,
        )

    def masked(self, mask: Callable[[str], str]) -> Account:
        """The same with every text masked, before HTML spells it in its own way."""
        return Account(
            tuple(replace(row, text=mask(row.text), more=mask(row.more)) for row in self.rows),
            self.series,
            tuple(replace(exhibit, name=mask(exhibit.name)) for exhibit in self.exhibits),
            tuple(mask(sentence) for sentence in self.missing),
        )
