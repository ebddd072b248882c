"""What is secret in a browser's storage: the values, and the texts within them, however they are written."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from harness.browser.signing_in import State

LONG = 16  # characters; a shorter value is a setting, and masking it would hide half of the evidence
DEEPEST = 3  # JSON within JSON
PIECE = re.compile(r"(.+)\.(\d+)")


def secrets_in(state: State) -> set[str]:
    """Of its cookies, and of what is stored by origin."""
    stored = [state["cookies"], *(one.get("localStorage", []) for one in state["origins"])]
    values = [value for items in stored for value in (*(item["value"] for item in items), *_joined(items))]
    databases = _texts([one.get("indexedDB", []) for one in state["origins"]])
    return {text for value in (*values, *databases) for text in _spelled(value) if len(text) >= LONG}


def _joined(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """What Supabase cuts because it is too long for one cookie: NAME.0, NAME.1 ..."""
    pieces: dict[str, dict[int, str]] = {}
    for item in items:
        if piece := PIECE.fullmatch(item["name"]):
            pieces.setdefault(piece[1], {})[int(piece[2])] = item["value"]
    return ["".join(value for _, value in sorted(of_one.items())) for of_one in pieces.values()]


def _spelled(value: str) -> Iterator[str]:
    """The value, what an address would make of it, its words, and the texts in it."""
    plain = unquote(value)
    yield from (value, plain, *plain.split(), *_within(value))


def _within(value: str, depth: int = 0) -> Iterator[str]:
    """The texts in a value that is JSON, as it is or as addresses and base64 carry it."""
    for spelling in (value, unquote(value), _from_base64(unquote(value))):
        with suppress(ValueError):
            for text in _texts(json.loads(spelling)):
                yield text
                if depth < DEEPEST:
                    yield from _within(text, depth + 1)
            return


def _from_base64(value: str) -> str:
    text = value.removeprefix("base64-")  # Supabase's own mark
    with suppress(ValueError):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    return ""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _texts(one)
