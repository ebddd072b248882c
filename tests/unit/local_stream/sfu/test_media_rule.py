"""Which media faults can be, and how the others are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.local_stream.fault_rule import BadRule
from harness.local_stream.sfu.media_rule import Place, read_media_rule

HERE = Place("livestream:party", "host", "session", "publish", "video")


def test_what_is_left_out_matches_everything() -> None:
    rule = read_media_rule({"direction": "publish", "drop": True})
    assert rule.matches(HERE)
    assert rule.matches(Place("default:x", "y", "z", "publish", "audio"))
    assert not rule.matches(replace(HERE, direction="subscribe"))


@pytest.mark.parametrize("field", ["kind", "call_cid", "user_id", "session_id"])
def test_what_is_named_matches_nothing_else(field: str) -> None:
    rule = read_media_rule({"direction": "publish", "drop": True, field: getattr(HERE, field)})
    assert rule.matches(HERE)
    assert not rule.matches(replace(HERE, **{field: "other"}))  # type: ignore[arg-type]


def test_a_freeze_never_touches_sound() -> None:
    rule = read_media_rule({"direction": "publish", "freeze": True})
    assert [rule.matches(replace(HERE, kind=kind)) for kind in ("video", "screenshare", "audio")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"drop": True}, "direction", "direction is missing: expected publish or subscribe"),
        ({"direction": "both", "drop": True}, "direction", "came 'both'"),
        ({"direction": "publish"}, "rule", "one effect of drop, delay_ms, .* came none"),
        ({"direction": "publish", "drop": True, "stall": True, "seconds": 1}, "rule", "came drop and stall"),
        ({"direction": "publish", "drop": True, "rate": 0.1, "every": 2}, "rule", "came every and rate"),
        ({"direction": "publish", "freeze": True, "rate": 0.1}, "rule", "leave out rate"),
        ({"direction": "publish", "freeze": True, "kind": "audio"}, "rule", "freeze is for pictures"),
        ({"direction": "publish", "drop": True, "burst": 2}, "rule", "burst goes with one of"),
        ({"direction": "publish", "stall": True}, "rule", "stall needs seconds"),
        ({"direction": "publish", "drop": True, "rate": 2}, "rate", "came 2"),
        (
            {"direction": "publish", "drop": True, "colour": 1},
            "colour",
            "is no field of a media fault",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    given: dict[str, object], field: str, sentence: str
) -> None:
    with pytest.raises(BadRule, match=sentence) as raised:
        read_media_rule(given)
    assert field in raised.value.fields
