"""One rule of failure: what it matches, when it bites, what it does. The body of `POST /_control/faults`."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

Door = Literal["rest", "ws", "webhooks"]
CONNECT = "Connect"
LONGEST_DELAY_MS = 600_000
# What each door can suffer. `delay_ms` goes with every one of them, and alone.
EFFECTS: dict[str, tuple[str, ...]] = {
    "rest": ("status", "drop", "garbage"),
    "ws": ("status", "drop", "garbage", "close_code", "duplicate"),
    "webhooks": ("drop", "garbage", "duplicate", "bad_signature"),
}
ALL_EFFECTS = tuple(dict.fromkeys(effect for effects in EFFECTS.values() for effect in effects))


class BadRule(ValueError):
    """A rule that cannot be; `fields` has one sentence for each field at fault."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = fields


class Rule(BaseModel):
    """What is left out matches everything; `nth`, `every`, `times` and `chance` say which matches are hit.

    `operation` is the vendor's name of a request (`JoinCall`), `Connect`, or an event's type (`call.ended`).
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    door: Door
    operation: str | None = None
    call_cid: str | None = None
    user_id: str | None = None

    nth: int | None = Field(None, ge=1)
    every: int | None = Field(None, ge=1)
    times: int | None = Field(None, ge=1)
    chance: float | None = Field(None, gt=0, le=1)
    seed: int = 0

    delay_ms: int = Field(0, ge=0, le=LONGEST_DELAY_MS)
    status: int | None = Field(None, ge=400, le=599)
    code: int | None = None
    message: str | None = None
    unrecoverable: bool = False
    performed: bool = False
    drop: bool = False
    garbage: bool = False
    duplicate: bool = False
    bad_signature: bool = False
    close_code: int | None = Field(None, ge=1000, le=4999)

    _matches: int = PrivateAttr(0)
    _hits: int = PrivateAttr(0)
    _random: random.Random = PrivateAttr()

    def model_post_init(self, _context: object, /) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a pattern to repeat, no secret

    @model_validator(mode="after")
    def _must_make_sense(self) -> Self:
        for fault in _contradictions(self):
            raise ValueError(fault)
        return self

    @property
    def effect(self) -> str:
        """What it does, by the name of its field."""
        return next((name for name in ALL_EFFECTS if getattr(self, name)), "delay_ms")

    @property
    def hits(self) -> int:
        """How often it bit."""
        return self._hits

    def wants(self, operation: str, user_id: str | None, call_cid: str | None) -> bool:
        """Whether it should hit this happening at its door, which it counts if it matches."""
        told = ((self.operation, operation), (self.user_id, user_id), (self.call_cid, call_cid))
        if any(wanted not in (None, came) for wanted, came in told):
            return False
        self._matches += 1
        due = self.nth in (None, self._matches) and self._matches % (self.every or 1) == 0
        left = self.times is None or self._hits < self.times
        # Drawn for each match, so that the pattern does not depend on the other conditions.
        lucky = self.chance is None or self._random.random() < self.chance
        return due and left and lucky

    def hit(self) -> None:
        """Count one bite."""
        self._hits += 1

    def shown(self) -> dict[str, object]:
        """What was asked for, and what came of it."""
        return self.model_dump(exclude_defaults=True) | {"matches": self._matches, "hits": self._hits}


def read_rule(given: Mapping[str, object]) -> Rule:
    """A rule out of JSON; raises BadRule."""
    try:
        return Rule.model_validate(given)
    except ValidationError as error:
        raise BadRule(dict(_sentence(dict(fault)) for fault in error.errors())) from None


def _contradictions(rule: Rule) -> list[str]:
    chosen = [name for name in ALL_EFFECTS if getattr(rule, name)]
    possible = EFFECTS[rule.door]
    found = []
    if len(chosen) > 1 or not (chosen or rule.delay_ms):
        came = " and ".join(chosen) or "none"
        found.append(f"a rule has one effect of {', '.join(possible)} or delay_ms, came {came}")
    found += [
        f"{name} is not for door {rule.door}: it can have {', '.join(possible)} or delay_ms"
        for name in chosen
        if name not in possible
    ]
    if rule.status is None and (rule.code is not None or rule.message is not None or rule.unrecoverable):
        found.append("code, message and unrecoverable go with status")
    if rule.performed and rule.door != "rest":
        found.append("performed is for door rest: only a request can be carried out and its answer lost")
    event = rule.door == "ws" and rule.operation != CONNECT
    if event and rule.status is not None:
        found.append(f"status on door ws is for operation {CONNECT}: an event has no status")
    if rule.door == "ws" and not event and rule.duplicate:
        found.append(f"duplicate is for events, not for operation {CONNECT}")
    return found


def _sentence(fault: Mapping[str, object]) -> tuple[str, str]:
    place = fault["loc"]
    field = ".".join(map(str, place)) if isinstance(place, tuple) and place else "rule"
    said = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return field, f"{field} is no field of a rule: expected some of {', '.join(Rule.model_fields)}"
    if fault["type"] in ("missing", "value_error"):
        return field, f"{field} is missing: expected {', '.join(EFFECTS)}" if place else said
    return field, f"{field}: {said[:1].lower()}{said[1:]}, came {fault['input']!r}"
