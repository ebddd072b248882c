"""One piece of a target, and what came of a look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from playwright.sync_api import Error as PlaywrightError

from harness.config import TargetSettings
from harness.errors import Finding, HarnessError, NotGiven

State = Literal["green", "red", "not tried", "unverified"]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Piece:
    """`keys` of the target file are what was looked at."""

    name: str
    state: State
    sentence: str
    keys: tuple[str, ...] = ()


def look(
    name: str, good: str, piece: Callable[[], Result], keys: Iterable[str] = ()
) -> tuple[Result | None, Piece]:
    """What `piece` returns, and what came of it; `good` is said when it raises nothing."""
    keys = tuple(keys)
    try:
        return piece(), Piece(name, "green", good, keys)
    except NotGiven as missing:
        return None, Piece(name, "not tried", str(missing))
    except Unverified as unknown:
        return None, Piece(name, "unverified", str(unknown), keys)
    except (HarnessError, Finding) as error:
        return None, Piece(name, "red", str(error), keys)
    except PlaywrightError as error:
        return None, Piece(name, "red", error.message.partition("\n")[0], keys)


class Unverified(HarnessError):
    """Nothing is wrong, and nothing is proved: the sentence says why."""


def needed(thing: Result | None) -> Result:
    """What an earlier look found; raises NotGiven where it found nothing."""
    if thing is None:
        raise NotGiven("needs what is not green above")
    return thing


def not_looked_at(told: TargetSettings, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """A piece for each key that was told and that no look used."""
    pieces = list(pieces)
    known = {key for piece in pieces for key in piece.keys}
    whole = all(piece.state in ("green", "unverified") for piece in pieces)
    why = "not looked at here: the checks of the gate use it" if whole else "needs what is not green above"
    for key in told_keys(told):
        if not any(key == one or key.startswith(f"{one}.") for one in known):
            yield Piece(key, "unverified", why)


def told_keys(told: TargetSettings) -> list[str]:
    """As the file names them, without secrets and waivers."""
    hidden = {"waivers", *TargetSettings.secret_fields()}
    keys: list[str] = []
    for name in sorted(told.model_fields_set - hidden):
        inside: Any = getattr(told, name)
        tables = [f"{name}.{key}" for key in sorted(getattr(inside, "model_fields_set", ()))]
        keys += tables or [name]
    return keys
