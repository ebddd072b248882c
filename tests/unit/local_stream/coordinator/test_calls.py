"""Making, reading and changing calls: ownership, refusals, limits."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from tests.unit.local_stream.server import LocalStream


def test_who_creates_a_call_owns_it(local_stream: LocalStream, host: str, viewer: str) -> None:
    path = f"/video/call/livestream/{uuid.uuid4()}"
    first = local_stream.as_user(viewer, "POST", path, {}).json()
    second = local_stream.as_user(host, "POST", path, {}).json()
    assert [first["created"], second["created"]] == [True, False]
    assert second["call"]["created_by"]["id"] == viewer
    assert "join-backstage" in first["own_capabilities"]
    assert "join-backstage" not in second["own_capabilities"]


def test_a_user_cannot_create_in_the_name_of_another(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    body = {"data": {"created_by_id": host}}
    answer = local_stream.as_user(viewer, "POST", f"/video/call/livestream/{uuid.uuid4()}", body).json()
    assert answer["call"]["created_by"]["id"] == viewer


def test_fifty_at_once_make_one_call(local_stream: LocalStream, host: str) -> None:
    path = f"/api/v2/video/call/livestream/{uuid.uuid4()}"

    def create(_: int) -> dict[str, object]:
        return dict(local_stream.as_server("POST", path, {"data": {"created_by_id": host}}).json())

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(create, range(50)))
    assert sum(bool(answer["created"]) for answer in answers) == 1
    assert len({str(answer["call"]["created_at"]) for answer in answers}) == 1  # type: ignore[index]


def test_a_server_must_say_who_owns_the_call(local_stream: LocalStream) -> None:
    answer = local_stream.as_server("POST", f"/api/v2/video/call/livestream/{uuid.uuid4()}", {})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert "data.created_by_id must be provided" in answer.json()["message"]


def test_created_by_describes_the_owner(local_stream: LocalStream) -> None:
    owner = {"id": f"user-{uuid.uuid4()}", "name": "Host"}
    path = f"/api/v2/video/call/livestream/{uuid.uuid4()}"
    call = local_stream.as_server("POST", path, {"data": {"created_by": owner}}).json()["call"]
    assert (call["created_by"]["id"], call["created_by"]["name"]) == (owner["id"], "Host")


def test_absent_optionals_are_null(local_stream: LocalStream, host: str, call_id: str) -> None:
    call = local_stream.as_user(host, "GET", f"/video/call/livestream/{call_id}").json()["call"]
    for field in ("ended_at", "starts_at", "session", "thumbnails"):
        assert call[field] is None
    assert call["egress"]["hls"] is None


def test_backstage_can_be_off_from_the_start(local_stream: LocalStream, host: str, viewer: str) -> None:
    call_id = local_stream.new_call(host, settings_override={"backstage": {"enabled": False}})
    path = f"/video/call/livestream/{call_id}"
    assert local_stream.as_user(viewer, "GET", path).json()["call"]["backstage"] is False
    assert local_stream.as_user(viewer, "POST", f"{path}/join", {"location": "LCL"}).status_code == 201


def test_a_viewer_may_not_change_a_call(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    answer = local_stream.as_user(viewer, "PATCH", path, {"custom": {"mine": True}})
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert local_stream.as_user(viewer, "GET", path).json()["call"]["custom"] == {}


def test_a_bad_update_changes_nothing(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    before = local_stream.as_user(host, "GET", path).json()["call"]
    body = {"custom": {"new": True}, "settings_override": {"audio": {"mic_default_on": "yes"}}}
    assert local_stream.as_user(host, "PATCH", path, body).status_code == 400
    assert local_stream.as_user(host, "GET", path).json()["call"] == before


@pytest.mark.parametrize(
    ("path", "data", "status", "code"),
    [
        ("livestream/" + "x" * 65, {}, 400, 4),
        ("nothing/x", {}, 404, 16),
        ("livestream/many", {"members": [{"user_id": f"u{n}"} for n in range(101)]}, 400, 4),
        ("livestream/custom", {"custom": "text"}, 400, 4),
    ],
)
def test_calls_that_cannot_be(
    local_stream: LocalStream, host: str, path: str, data: dict[str, object], status: int, code: int
) -> None:
    answer = local_stream.as_user(host, "POST", f"/video/call/{path}", {"data": data})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_members_limit(local_stream: LocalStream, host: str, viewer: str) -> None:
    call_id = local_stream.new_call(host, members=[{"user_id": host}, {"user_id": viewer}])
    path = f"/video/call/livestream/{call_id}"
    limited = local_stream.as_user(host, "GET", path, members_limit="1").json()["members"]
    assert [member["user_id"] for member in limited] == [min(host, viewer)]
    assert local_stream.as_user(host, "GET", path, members_limit="many").status_code == 400


@pytest.mark.parametrize("odd", ["a b", "ä", "100%", "a%2Fb", "?", "#"])
def test_ids_are_taken_as_they_are(local_stream: LocalStream, host: str, odd: str) -> None:
    call_id = f"{odd} {uuid.uuid4()}"
    answer = local_stream.as_user(host, "POST", f"/video/call/livestream/{quote(call_id, safe='')}", {})
    assert answer.json()["call"]["id"] == call_id


def test_what_is_asked_for_and_not_imitated_is_in_the_journal(local_stream: LocalStream, host: str) -> None:
    call_id = str(uuid.uuid4())
    local_stream.as_user(host, "POST", f"/video/call/livestream/{call_id}", {"start_hls": True})
    local_stream.as_user(host, "GET", f"/video/call/livestream/{call_id}", start_transcription="true")
    path = f"/video/call/livestream/{call_id}/go_live"
    local_stream.as_user(host, "POST", path, {"start_closed_caption": True, "start_hls": False})
    entries = local_stream.journal(call_cid=f"livestream:{call_id}")
    passed_over = [entry["detail"]["not_imitated"] for entry in entries if entry["door"] == "client"]
    assert passed_over == [["start_hls"], ["start_transcription"], ["start_closed_caption"]]


def test_an_anonymous_visitor_reads_and_does_no_more(local_stream: LocalStream, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    headers = {"stream-auth-type": "anonymous"}
    parameters = {"api_key": "local-key"}
    seen = local_stream.http.get(path, headers=headers, params=parameters).json()
    assert seen["own_capabilities"] == ["join-call", "read-call"]
    refused = local_stream.http.post(f"{path}/go_live", headers=headers, params=parameters)
    assert (refused.status_code, refused.json()["code"]) == (403, 17)


@pytest.mark.parametrize(
    "wrong",
    [{"members_limit": "x"}, {"members_limit": -1}, {"members_limit": 101}, {"ring": "x"}, {"video": 5}],
)
@pytest.mark.parametrize("path", ["", "/join"])
def test_a_request_that_is_refused_makes_no_call(
    local_stream: LocalStream, host: str, path: str, wrong: dict[str, object]
) -> None:
    call = f"/video/call/livestream/{uuid.uuid4()}"
    body = {"location": "LCL", "create": True, "data": {}, **wrong}
    refused = local_stream.as_user(host, "POST", call + path, body)
    assert (refused.status_code, refused.json()["code"]) == (400, 4)
    assert local_stream.as_user(host, "GET", call).status_code == 404
