"""External storages: kept by name, without their secrets."""

import uuid

import pytest
from getstream import models

from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults

DOORS: list[tuple[str, Times]] = [("/api/v2", "nanoseconds"), ("/video", "iso"), ("", "iso")]


@pytest.fixture(params=DOORS, ids=["server door", "client door", "root"])
def door(request: pytest.FixtureRequest) -> tuple[str, Times]:
    chosen: tuple[str, Times] = request.param
    return chosen


def test_a_storage_from_its_creation_to_its_end(local_stream: LocalStream, door: tuple[str, Times]) -> None:
    base, times = door
    path, name = f"{base}/external_storage", f"storage-{uuid.uuid4()}"
    given = {"bucket": "one", "storage_type": "s3", "path": "a/", "aws_s3": {"s3_secret": "not kept"}}
    made = local_stream.as_server("POST", path, {"name": name, **given})
    assert faults(made.json(), models.CreateExternalStorageResponse, times) == []
    listed = local_stream.as_server("GET", path)
    assert faults(listed.json(), models.ListExternalStorageResponse, times) == []
    shown = {"name": name, "bucket": "one", "path": "a/", "type": "s3"}
    assert listed.json()["external_storages"][name] == shown
    assert "not kept" not in listed.text
    changed = local_stream.as_server("PUT", f"{path}/{name}", {"bucket": "two", "storage_type": "gcs"})
    assert faults(changed.json(), models.UpdateExternalStorageResponse, times) == []
    assert (changed.json()["bucket"], changed.json()["type"]) == ("two", "gcs")
    removed = local_stream.as_server("DELETE", f"{path}/{name}")
    assert faults(removed.json(), models.DeleteExternalStorageResponse, times) == []
    assert name not in local_stream.as_server("GET", path).json()["external_storages"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "stream-s3"}, "stream-s3 name reserved for internal use"),
        ({"name": ""}, "name is a required field"),
        ({"bucket": ""}, "bucket is a required field"),
        ({"storage_type": ""}, "storage_type is a required field"),
    ],
)
def test_what_cannot_be_is_refused(
    local_stream: LocalStream, given: dict[str, object], sentence: str
) -> None:
    body = {"name": f"storage-{uuid.uuid4()}", "bucket": "one", "storage_type": "s3", **given}
    answer = local_stream.as_server("POST", "/api/v2/external_storage", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert answer.json()["message"] == f'CreateExternalStorage failed with error: "{sentence}"'


def test_a_name_is_taken_once(local_stream: LocalStream) -> None:
    body = {"name": f"storage-{uuid.uuid4()}", "bucket": "one", "storage_type": "s3"}
    asked = [local_stream.as_server("POST", "/api/v2/external_storage", body) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [201, 400]


@pytest.mark.parametrize(
    ("method", "body"), [("PUT", {"bucket": "b", "storage_type": "s3"}), ("DELETE", None)]
)
def test_an_unknown_storage_is_not_found(local_stream: LocalStream, method: str, body: object) -> None:
    answer = local_stream.as_server(method, "/api/v2/external_storage/nowhere", body)
    assert (answer.status_code, answer.json()["code"]) == (404, 16)


def test_storages_are_for_servers_alone(local_stream: LocalStream, host: str) -> None:
    answer = local_stream.as_user(host, "GET", "/video/external_storage")
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
