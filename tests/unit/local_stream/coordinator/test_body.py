"""Bodies are JSON objects that are neither too deep nor too strange."""

import pytest

from harness.local_stream.coordinator.body import DEEPEST, parse_object
from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.values import copied
from tests.unit.local_stream.server import API_KEY, LocalStream, signed


def nested(levels: int, opening: str, closing: str) -> str:
    """JSON text of an object with so many levels in all."""
    return '{"custom": ' + opening * (levels - 1) + "1" + closing * (levels - 1) + "}"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth(opening: str, closing: str) -> None:
    parse_object(nested(DEEPEST, opening, closing))
    for levels in (DEEPEST + 1, 900, 100_000):
        with pytest.raises(ApiError) as refused:
            parse_object(nested(levels, opening, closing))
        assert (refused.value.status, refused.value.code) == (400, 4)


def test_wide_is_not_deep() -> None:
    assert parse_object('{"a": [' + ",".join(["[{}]"] * 1_000) + "]}")


@pytest.mark.parametrize("levels", [DEEPEST, 500, 900])
def test_what_was_taken_can_be_given_back(local_stream: LocalStream, call_id: str, levels: int) -> None:
    path, headers = f"/api/v2/video/call/livestream/{call_id}", signed({"server": True})
    content = nested(levels, '{"a":', "}")
    answer = local_stream.http.patch(path, content=content, params={"api_key": API_KEY}, headers=headers)
    assert answer.status_code == (200 if levels <= DEEPEST else 400)
    assert local_stream.as_server("GET", path).status_code == 200


def test_halves_of_surrogate_pairs_become_something_that_can_be_sent() -> None:
    assert parse_object('{"a": ["\\ud83d", "\\ud83d\\ude00"]}') == {"a": ["\ufffd", "😀"]}


def test_a_copy_shares_nothing() -> None:
    given = {"a": [{"b": [1, None, "x", 1.5, True]}], "c": {}}
    made = copied(given)
    assert made == given
    given["a"][0]["b"].append(2)  # type: ignore[index]
    given["c"]["d"] = 1  # type: ignore[index]
    assert made == {"a": [{"b": [1, None, "x", 1.5, True]}], "c": {}}
