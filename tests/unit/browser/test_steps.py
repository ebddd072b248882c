"""The steps as they came to Stream: in its order, and what a proxy repeats, drops or swaps is seen."""

from __future__ import annotations

from harness.browser.steps import ON_STREAM, Step, misstep, steps_on_stream
from harness.target.stream_journal import Deed

VIDEO, AUDIO = "TRACK_TYPE_VIDEO", "TRACK_TYPE_AUDIO"


def deed(operation: str, **detail: object) -> Deed:
    return Deed(1.0, operation, "host", "livestream:party", 200, detail)


RIGHT = [
    deed("Connect", connection_id="1"),
    deed("JoinCall"),
    deed("JoinRequest"),
    deed("IceTrickle"),
    deed("SetPublisher", tracks=[VIDEO]),
    deed("SetPublisher", tracks=[VIDEO, AUDIO]),
    deed("GoLive"),
    deed("Connect", connection_id="1", closed=True),
]


def names(deeds: list[Deed]) -> list[str]:
    return [step.name for step in steps_on_stream(deeds)]


def test_each_step_is_there_once_and_in_order() -> None:
    assert names(RIGHT) == list(ON_STREAM)


def test_whatever_is_repeated_is_there_twice() -> None:
    for number, one in enumerate(RIGHT):
        if one.operation in ("IceTrickle",) or "closed" in one.detail:
            continue
        repeated = names([*RIGHT[: number + 1], *RIGHT[number:]])
        assert len(repeated) == len(ON_STREAM) + 1, f"{one} was sent twice, and is not seen twice: {repeated}"


def test_what_is_dropped_or_comes_too_early_is_seen() -> None:
    assert names([one for one in RIGHT if one.operation != "GoLive"]) != list(ON_STREAM)
    assert names([RIGHT[0], RIGHT[1], RIGHT[6], *RIGHT[2:6]]) != list(ON_STREAM)


def test_what_is_not_once_is_told_with_its_count() -> None:
    def steps(*names: str) -> list[Step]:
        return [Step(t, name, "") for t, name in enumerate(names)]

    expected = ["join", "go live", "party row"]
    assert misstep(steps(*expected), expected) is None
    assert misstep(steps(*expected, "party row"), expected) == "party row 2 times"
    assert misstep(steps("join", "party row", "party row"), expected) == "go live 0 times, party row 2 times"
    assert misstep(steps("go live", "join", "party row"), expected) == (
        "each once, but in the order go live, join, party row"
    )
