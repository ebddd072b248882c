"""Rules for objects that clients send: types, ranges, choices and what is required, told as the vendor tells.

Every fault is told at once: the message joins their sentences, `exception_fields` has one for each field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.values import Json, copied, wrong_type

_EXPECTED: dict[type, str] = {
    bool: "a boolean",
    int: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


@dataclass(frozen=True)
class Rule:
    """One field. `nullable` fields are unset by null; for others null says nothing.

    An `address` is an absolute one of http or https, or empty.
    """

    kind: type
    required: bool = False
    nullable: bool = False
    one_of: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    address: bool = False

    def faults(self, value: object, path: str) -> Iterator[tuple[str, str]]:
        """Sentences about `value`, each with the field that it is about."""
        if not isinstance(value, self.kind) or (isinstance(value, bool) and self.kind is not bool):
            yield path, wrong_type(path, _EXPECTED[self.kind], value).detail
        elif isinstance(value, list):
            for number, each in enumerate(value):
                yield from Rule(str, one_of=self.one_of).faults(each, f"{path}[{number}]")
        elif self.one_of and value not in (*self.one_of, ""):
            yield path, f"{path} must be one of [{' '.join(self.one_of)}]"
        elif self.address and value and not _is_address(str(value)):
            yield path, f"{path} must be a URL that begins with http:// or https://"
        elif isinstance(value, int):
            yield from self._range_faults(value, path)

    def _range_faults(self, value: int, path: str) -> Iterator[tuple[str, str]]:
        if self.least is not None and value < self.least:
            yield path, f"{path} must be {self.least:,} or greater"
        if self.most is not None and value > self.most:
            yield path, f"{path} must be {self.most:,} or less"


@dataclass(frozen=True)
class Section:
    """An object of named fields and sections. Other fields are passed over, as the vendor does."""

    fields: Mapping[str, Rule | Section] = field(default_factory=dict)
    required: bool = False
    nullable: bool = False

    def faults(self, value: object, path: str) -> Iterator[tuple[str, str]]:
        """As Rule.faults."""
        if not isinstance(value, dict):
            yield path, wrong_type(path, _EXPECTED[dict], value).detail
            return
        for name, rule in self.fields.items():
            place = f"{path}.{name}" if path else name
            if rule.required and value.get(name) in (None, ""):
                yield place, f"{place} is a required field"
            elif value.get(name) is not None:
                yield from rule.faults(value[name], place)

    def laid_over(self, current: Mapping[str, Any], given: Json) -> dict[str, Any]:
        """A copy of `current` with `given` laid over it, as deep as these rules go."""
        merged = copied(dict(current))
        for name in self.fields.keys() & given.keys():
            rule, wanted = self.fields[name], given[name]
            if isinstance(rule, Section) and isinstance(wanted, dict):
                merged[name] = rule.laid_over(current.get(name) or {}, wanted)
            elif wanted is not None or rule.nullable:
                merged[name] = copied(wanted)
        return merged


def check(section: Section, given: Json, path: str) -> None:
    """Raises the vendor's input error when `given` breaks a rule of `section`; `path` is empty for a body."""
    faults = dict(section.faults(given, path))
    if faults:
        raise input_error(", ".join(faults.values()), **faults)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not match, a port that is none
        return False
