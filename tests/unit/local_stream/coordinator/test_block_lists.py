"""Block lists: kept by name, as the vendor shows them."""

import uuid

import pytest
from getstream import models

from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(("base", "times"), [("/api/v2", "nanoseconds"), ("/video", "iso"), ("", "iso")])
def test_a_list_from_its_creation_to_its_end(local_stream: LocalStream, base: str, times: Times) -> None:
    path, name = f"{base}/blocklists", f"words-{uuid.uuid4()}"
    made = local_stream.as_server("POST", path, {"name": name, "words": ["a", "b"], "type": "word"})
    assert faults(made.json(), models.CreateBlockListResponse, times) == []
    listed = local_stream.as_server("GET", path)
    assert faults(listed.json(), models.ListBlockListResponse, times) == []
    assert name in [one["name"] for one in listed.json()["blocklists"]]
    body = {"words": ["c"], "is_leet_check_enabled": True}
    changed = local_stream.as_server("PUT", f"{path}/{name}", body)
    assert faults(changed.json(), models.UpdateBlockListResponse, times) == []
    shown = local_stream.as_server("GET", f"{path}/{name}")
    assert faults(shown.json(), models.GetBlockListResponse, times) == []
    assert shown.json()["blocklist"] == changed.json()["blocklist"]
    now = shown.json()["blocklist"]
    assert (now["words"], now["type"], now["is_leet_check_enabled"]) == (["c"], "word", True)
    assert local_stream.as_server("DELETE", f"{path}/{name}").status_code == 200
    gone = local_stream.as_server("GET", f"{path}/{name}")
    assert (gone.status_code, gone.json()["code"]) == (404, 16)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"words": ["a"]}, "name is a required field"),
        ({"name": "w"}, "words is a required field"),
        ({"name": "w", "words": "a"}, "words must be a list, got a string"),
        ({"name": "w", "words": [1]}, "words[0] must be a string, got a number"),
        (
            {"name": "w", "words": ["a"], "type": "poem"},
            "type must be one of [regex domain domain_allowlist email email_allowlist word]",
        ),
    ],
)
def test_what_cannot_be_is_refused(local_stream: LocalStream, given: object, sentence: str) -> None:
    answer = local_stream.as_server("POST", "/api/v2/blocklists", given)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert answer.json()["message"] == f'CreateBlockList failed with error: "{sentence}"'


def test_a_name_is_taken_once_and_lists_are_of_teams(local_stream: LocalStream) -> None:
    team = f"team-{uuid.uuid4()}"
    body = {"name": f"words-{uuid.uuid4()}", "words": ["a"], "team": team}
    asked = [local_stream.as_server("POST", "/api/v2/blocklists", body) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [201, 400]
    listed = local_stream.as_server("GET", "/api/v2/blocklists", team=team).json()["blocklists"]
    assert [one["name"] for one in listed] == [body["name"]]
