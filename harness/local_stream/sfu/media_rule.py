"""One fault of media: whose packets, which of them, and what happens to them. The body of a POST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.local_stream.fault_rule import LONGEST_DELAY_MS, BadRule
from harness.local_stream.sfu.protocol import models

Direction = Literal["publish", "subscribe"]
Kind = Literal["audio", "video", "screenshare", "screenshare_audio"]
# The coordinator's names for kinds of tracks.
KINDS: dict[str, int] = {
    "audio": models.TRACK_TYPE_AUDIO,
    "video": models.TRACK_TYPE_VIDEO,
    "screenshare": models.TRACK_TYPE_SCREEN_SHARE,
    "screenshare_audio": models.TRACK_TYPE_SCREEN_SHARE_AUDIO,
}
# These are about the path as a whole: no packet can be chosen.
WHOLE = ("bandwidth_kbps", "stall", "freeze")
EFFECTS = ("drop", "delay_ms", "jitter_ms", "reorder", "duplicate", "corrupt", *WHOLE)
CHOICES = ("packets", "every", "rate")


@dataclass(frozen=True)
class Place:
    """One track at one participant: on its way from there (`publish`), or to there (`subscribe`)."""

    call_cid: str
    user_id: str
    session_id: str
    direction: Direction
    kind: str


class MediaRule(BaseModel):
    """What is left out matches everything. Packets are counted from 1 for each track at each participant."""

    model_config = ConfigDict(extra="forbid", strict=True)

    direction: Direction
    kind: Kind | None = None
    call_cid: str | None = None
    user_id: str | None = None
    session_id: str | None = None

    packets: list[int] | None = Field(None, min_length=1)
    every: int | None = Field(None, ge=1)
    rate: float | None = Field(None, gt=0, le=1)
    seed: int = 0
    burst: int = Field(1, ge=1)
    seconds: float | None = Field(None, gt=0, le=LONGEST_DELAY_MS / 1000)

    drop: bool = False
    delay_ms: int = Field(0, ge=0, le=LONGEST_DELAY_MS)
    jitter_ms: int = Field(0, ge=0, le=LONGEST_DELAY_MS)
    reorder: int = Field(0, ge=0, le=100)
    duplicate: bool = False
    corrupt: int = Field(0, ge=0, le=1000)
    bandwidth_kbps: int = Field(0, ge=0)
    stall: bool = False
    freeze: bool = False

    @model_validator(mode="after")
    def _must_make_sense(self) -> Self:
        for fault in _contradictions(self):
            raise ValueError(fault)
        return self

    @property
    def effect(self) -> str:
        """What it does, by the name of its field; jitter is a kind of delay."""
        return "delay_ms" if self.jitter_ms else next(name for name in EFFECTS if getattr(self, name))

    def matches(self, place: Place) -> bool:
        told = (
            (self.direction, place.direction),
            (self.kind, place.kind),
            (self.call_cid, place.call_cid),
            (self.user_id, place.user_id),
            (self.session_id, place.session_id),
        )
        if self.freeze and self.kind is None and place.kind not in ("video", "screenshare"):
            return False
        return all(wanted in (None, is_) for wanted, is_ in told)


def read_media_rule(given: Mapping[str, object]) -> MediaRule:
    """A rule out of JSON; raises BadRule."""
    try:
        return MediaRule.model_validate(given)
    except ValidationError as error:
        raise BadRule(dict(_sentence(dict(fault)) for fault in error.errors())) from None


def _contradictions(rule: MediaRule) -> list[str]:
    effects = [name for name in EFFECTS if getattr(rule, name)]
    choices = [name for name in CHOICES if getattr(rule, name) is not None]
    found = []
    if len(effects) != 1 and effects != ["delay_ms", "jitter_ms"]:
        came = " and ".join(effects) or "none"
        found.append(f"a media fault has one effect of {', '.join(EFFECTS)}, came {came}")
    if len(choices) > 1:
        found.append(f"packets are chosen by one of {', '.join(CHOICES)}, came {' and '.join(choices)}")
    found += [
        f"{name} is of the whole track: leave out {choice}"
        for name in effects
        if name in WHOLE
        for choice in choices
    ]
    if rule.burst > 1 and not choices:
        found.append(f"burst goes with one of {', '.join(CHOICES)}: it says how many are hit in a row")
    if rule.stall and rule.seconds is None:
        found.append("stall needs seconds: what came meanwhile arrives when they are over")
    if rule.freeze and rule.kind in ("audio", "screenshare_audio"):
        found.append(f"freeze is for pictures: expected kind video or screenshare, came {rule.kind}")
    return found


def _sentence(fault: Mapping[str, object]) -> tuple[str, str]:
    place = fault["loc"]
    field = str(place[0]) if isinstance(place, tuple) and place else "rule"
    said = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = ", ".join(MediaRule.model_fields)
        return field, f"{field} is no field of a media fault: expected some of {known}"
    if fault["type"] == "missing":
        return field, f"{field} is missing: expected publish or subscribe"
    if fault["type"] == "value_error":
        return field, said
    return field, f"{field}: {said[:1].lower()}{said[1:]}, came {fault['input']!r}"
