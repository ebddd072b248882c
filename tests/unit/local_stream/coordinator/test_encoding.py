"""The two encodings of time, to the microsecond."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from harness.local_stream.coordinator.encoding import EPOCH, dump, iso, nanoseconds, parse_time

MOMENT = datetime(2031, 2, 3, 4, 5, 6, 789_012, tzinfo=UTC)


def test_nanoseconds_are_exact() -> None:
    assert nanoseconds(MOMENT) == 1_927_857_906_789_012_000
    assert nanoseconds(EPOCH) == 0


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (MOMENT, "2031-02-03T04:05:06.789012Z"),
        (MOMENT.replace(microsecond=500_000), "2031-02-03T04:05:06.5Z"),
        (MOMENT.replace(microsecond=0), "2031-02-03T04:05:06Z"),
        (MOMENT.replace(second=0, microsecond=0), "2031-02-03T04:05:00Z"),
        (MOMENT.astimezone(timezone(timedelta(hours=2))), "2031-02-03T04:05:06.789012Z"),
    ],
)
def test_iso(moment: datetime, text: str) -> None:
    assert iso(moment) == text


def test_times_are_encoded_wherever_they_are() -> None:
    body = {"a": MOMENT, "b": [{"c": MOMENT}], "d": None}
    assert json.loads(dump(body, nanoseconds)) == {
        "a": nanoseconds(MOMENT),
        "b": [{"c": nanoseconds(MOMENT)}],
        "d": None,
    }
    assert json.loads(dump(body, iso))["b"] == [{"c": iso(MOMENT)}]


@pytest.mark.parametrize(
    "given", [iso(MOMENT), nanoseconds(MOMENT), MOMENT.isoformat(), "2031-02-03T04:05:06.789012"]
)
def test_what_clients_send(given: object) -> None:
    assert parse_time(given) == MOMENT


@pytest.mark.parametrize("given", ["soon", "", "0001-01-01T00:00:00+14:00", True, 1.5, None, [], 10**40])
def test_what_is_no_time(given: object) -> None:
    with pytest.raises(ValueError, match="expected an ISO 8601 time"):
        parse_time(given)


def test_what_has_no_json_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="set has no JSON form"):
        dump({"a": {1}}, iso)
