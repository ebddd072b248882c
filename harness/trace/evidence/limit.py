"""Evidence has a limit: of rows the oldest go first, of pictures, sounds and files the largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from harness.trace.evidence.account import Account, Exhibit, Row

ROW = 250  # bytes that the page adds to a row's own text, and who said it
LONGEST = 30_000  # characters of one text: the largest SDP of a call with many tracks
LONGEST_NAME = 300  # characters of a name or a sentence, which a page may make as long as it likes
MOST_SERIES = 80
MOST_POINTS = 600
MOST_MISSING = 50


def limited(account: Account, most_text: int, most_exhibits: int) -> tuple[Account, list[str]]:
    """`account` within these bytes, and a sentence for each thing that was cut."""
    rows, cut_rows = _newest([_short(row) for row in account.rows], most_text)
    named = [replace(one, name=_cut(one.name, LONGEST_NAME)) for one in account.exhibits]
    exhibits, cut_exhibits = _smallest(named, most_exhibits)
    series = [
        replace(one, name=_cut(one.name, LONGEST_NAME), points=one.points[-MOST_POINTS:])
        for one in account.series[:MOST_SERIES]
    ]
    missing = tuple(_cut(sentence, LONGEST_NAME) for sentence in account.missing[:MOST_MISSING])
    cut = [f"The oldest {cut_rows} of {len(account.rows)} rows, over {_size(most_text)}."] * bool(cut_rows)
    cut += [f"{one.name} of {one.who} ({_size(len(one.content))})." for one in cut_exhibits]
    if len(account.series) > MOST_SERIES:
        cut.append(f"{len(account.series) - MOST_SERIES} of {len(account.series)} plots.")
    kept = Account(tuple(rows), tuple(series), tuple(exhibits), missing)
    return kept, cut


def limit_files(files: Sequence[Path], most: int) -> list[str]:
    """Delete the largest of `files` until the rest is within `most` bytes; a sentence for each."""
    by_size = sorted(files, key=lambda file: file.stat().st_size)
    cut = []
    while by_size and sum(file.stat().st_size for file in by_size) > most:
        largest = by_size.pop()
        cut.append(f"{largest.name} ({_size(largest.stat().st_size)}).")
        largest.unlink()
    return cut


def _newest(rows: Sequence[Row], most: int) -> tuple[list[Row], int]:
    ordered = sorted(rows, key=lambda row: row.t)
    total, kept = 0, []
    for row in reversed(ordered):
        total += len(escape(row.text + row.more).encode("utf-8", "replace")) + ROW
        if total > most:
            break
        kept.append(row)
    return kept[::-1], len(ordered) - len(kept)


def _smallest(exhibits: Sequence[Exhibit], most: int) -> tuple[list[Exhibit], list[Exhibit]]:
    """Within `most` bytes, in the order in which they were given; and those that were cut."""
    kept, cut = list(exhibits), []
    while sum(len(one.content) for one in kept) > most:
        cut.append(max(kept, key=lambda one: len(one.content)))
        kept.remove(cut[-1])
    return kept, cut


def _short(row: Row) -> Row:
    return replace(row, text=_cut(row.text), more=_cut(row.more))


def _cut(text: str, most: int = LONGEST) -> str:
    if len(text) <= most:
        return text
    return f"{text[:most]}… (cut: {len(text)} characters)"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.1f} kB"
