"""What is wrong with a setting, in words: which key, what was expected, what came, which key is near."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

# Of these the value may be shown: a secret is of no such kind.
SHOWN = ("literal_error", "bool_parsing", "bool_type", "int_parsing", "date_from_datetime_parsing")


def fault(settings: type[BaseModel], told: Mapping[str, Any]) -> str:
    """One of pydantic's `errors()`, as a part of a sentence."""
    location = tuple(told["loc"])
    key = ".".join(map(str, location))
    if told["type"] == "missing":
        return f"{key} is not set"
    if told["type"] == "extra_forbidden":
        known = list(_model_at(settings, location[:-1]).model_fields)
        near = nearest(str(location[-1]), known).removesuffix(".")
        return f"{key} is no key, expected some of {', '.join(known)}{near and '.' + near}"
    came = f", came {told['input']!r}" if told["type"] in SHOWN else ""
    said = told["msg"][:1].lower() + told["msg"][1:]
    return f"{key} is wrong ({said}{came})"


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean X?`, or nothing."""
    near = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f" Did you mean {near[0]}?" if near else ""


def _model_at(settings: type[BaseModel], location: Iterable[object]) -> type[BaseModel]:
    """The model of the table at `location`; of `waivers.T16`, that of every waiver."""
    for name in location:
        field = settings.model_fields.get(str(name))
        if field is not None:
            settings = next(_models(field.annotation), settings)
    return settings


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
