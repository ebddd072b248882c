"""The query string of a request for a table, parsed: `select`, filters, `order`, `limit`, `offset`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.local_supabase.not_offered import NotOfferedError
from harness.local_supabase.rest.errors import RestError, cannot_parse

QUOTED = r'"(?:[^"\\]|\\.)*"'
NAME = re.compile(rf"{QUOTED}|[\w$]+(?:[ -]+[\w$]+)*")
PARTS = re.compile(rf"((?:{QUOTED}|[^,\"])*)(?:,|$)")
FILTER = re.compile(
    r"(?P<negated>not\.)?(?P<operator>[a-z_]+)(?P<modifier>\([^)]*\))?\.(?P<value>.*)", re.DOTALL
)
ORDER = re.compile(
    rf"(?P<column>{QUOTED}|[^.]+)(?:\.(?P<direction>asc|desc))?(?:\.nulls(?P<nulls>first|last))?"
)

OFFERED = frozenset({"eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "is", "in"})
KNOWN = (
    OFFERED
    | {"match", "imatch", "isdistinct", "fts", "plfts", "phfts", "wfts", "cs", "cd", "ov"}
    | {
        *("sl", "sr", "nxr", "nxl", "adj"),
    }
)
IS_VALUES = frozenset({"null", "not_null", "true", "false", "unknown"})
NOT_OFFERED = {"and": "logical operators (and)", "or": "logical operators (or)", "on_conflict": "upsert"}


@dataclass(frozen=True)
class Filter:
    """`column=not.operator.value`; for `in` the value is the list."""

    column: str
    operator: str
    value: str | tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Order:
    """One term of `order`."""

    column: str
    descending: bool = False
    nulls: str | None = None


@dataclass(frozen=True)
class Query:
    """A parsed query string. `select` is None for all columns, `columns` None for those of the body."""

    select: tuple[str, ...] | None = None
    filters: tuple[Filter, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    columns: tuple[str, ...] | None = field(default=None)


def parse(parameters: Sequence[tuple[str, str]]) -> Query:
    """Parse decoded `(name, value)` pairs; raises RestError as PostgREST would, or NotOfferedError."""
    once = dict(parameters)
    reserved = {"select", "order", "limit", "offset", "columns", "apikey"}
    for name in once:
        if name in NOT_OFFERED:
            raise NotOfferedError(NOT_OFFERED[name])
    select = once.get("select", "*")
    return Query(
        select=None if select == "*" else _names(select, "select parameter"),
        filters=tuple(_filter(name, value) for name, value in parameters if name not in reserved),
        order=tuple(_order(term) for term in _split(once.get("order", ""))),
        limit=_bound(once.get("limit"), "limit"),
        offset=_bound(once.get("offset"), "offset") or 0,
        columns=_names(once["columns"], "columns parameter") if "columns" in once else None,
    )


def _split(text: str) -> list[str]:
    """At commas outside double quotes."""
    return [part.strip() for part in PARTS.findall(text) if part.strip()]


def _names(text: str, what: str) -> tuple[str, ...]:
    if text.strip() and not _split(text):
        raise cannot_parse(what, text, 'unexpected "," expecting field name (* or [a..z0..9_$])')
    return tuple(_name(part, what, text) for part in _split(text))


def _name(part: str, what: str, whole: str) -> str:
    if part == "*" or NAME.fullmatch(part):
        return _unquoted(part)
    if re.search(r"[(:.]|->", part):
        raise NotOfferedError(f"embedding, aliases, casts and JSON paths ({what}: {part})")
    raise cannot_parse(what, whole, f'unexpected "{part[:1]}" expecting field name (* or [a..z0..9_$])')


def _filter(name: str, text: str) -> Filter:
    column = _name(name, "filter", name)
    match = FILTER.fullmatch(text)
    if match is None or match["operator"] not in KNOWN:
        raise cannot_parse(
            "filter", text, f'unexpected "{text[:1]}" expecting "not" or operator (eq, gt, ...)'
        )
    operator, value = match["operator"], match["value"]
    if operator not in OFFERED or match["modifier"]:
        raise NotOfferedError(f"the operator {operator}{match['modifier'] or ''}")
    if operator == "is" and value.lower() not in IS_VALUES:
        raise cannot_parse(
            "filter",
            text,
            f'unexpected "{value[:1]}" expecting isVal: (null, not_null, true, false, unknown)',
        )
    return Filter(column, operator, _value(operator, value, text), match["negated"] is not None)


def _value(operator: str, value: str, whole: str) -> str | tuple[str, ...]:
    if operator == "is":
        return value.lower()
    if operator != "in":
        return value
    if not (value.startswith("(") and value.endswith(")")):
        raise cannot_parse("filter", whole, f'unexpected "{value[:1]}" expecting "("')
    inner = value[1:-1]
    return tuple(_unquoted(part) for part in _split(inner))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def _order(term: str) -> Order:
    match = ORDER.fullmatch(term)
    if match is None:
        raise cannot_parse("order", term, 'expecting "asc", "desc", "nullsfirst" or "nullslast"')
    column = _name(match["column"], "order", term)
    return Order(column, match["direction"] == "desc", match["nulls"])


def _bound(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise cannot_parse(name, text, "expecting an integer")
    if int(text) < 0:
        raise RestError(
            *(416, "PGRST103", "Requested range not satisfiable"),
            f"{name.capitalize()} should be greater than or equal to zero.",
        )
    return int(text)
