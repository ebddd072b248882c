"""The endpoint's answers: what is taken, what is refused in which words, what failing upstreams lead to."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from harness.target import Answer, Party, contract
from harness.token_server import app, stream
from harness.token_server.body import SIZE_LIMIT
from harness.token_server.display_name import LONGEST
from tests.unit.token_server.system import PAGES, System


@pytest.fixture
def party(shared: System) -> Party:
    return shared.new_party()


def ask(system: System, party: Party, **changes: object) -> Answer:
    """The host asks as its page does, but for these changes to the body."""
    body = {"callType": "livestream", "callId": party.id, **changes}
    return system.endpoint.ask(system.session(party.host), body, origin=PAGES)


def test_healthz_answers_as_soon_as_it_listens(shared: System) -> None:
    answer = shared.endpoint._http.get(shared.target.token_url.removesuffix(app.PATH) + "/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_preflight_is_204_without_a_body(shared: System) -> None:
    answer = shared.endpoint.ask(None, None, method="OPTIONS", origin=PAGES)
    assert (answer.status, answer.text) == (204, "")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_the_same_shape(shared: System, method: str) -> None:
    answer = shared.endpoint.ask(None, None, method=method, origin=PAGES)
    contract.refused(answer, 405, "Method Not Allowed")
    contract.readable_from(answer, PAGES)
    assert set(answer.headers["allow"].split(", ")) == {"POST", "OPTIONS"}


def test_unknown_path_is_refused_in_the_same_shape(shared: System) -> None:
    answer = shared.endpoint._http.get(shared.target.token_url + "/more", headers={"origin": PAGES})
    assert (answer.status_code, answer.json()) == (404, {"ok": False, "error": "Not Found"})
    assert answer.headers["access-control-allow-origin"] == PAGES


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "Malformed JSON body"),
        (b"\xff\xfe", "Malformed JSON body"),
        (b"[" * 5000, "Malformed JSON body"),
        (b"[]", "Body must be a JSON object"),
        (b'"text"', "Body must be a JSON object"),
        (b'{"callId": 5}', "callId must be a string"),
        (b'{"callId": "x", "callType": "default"}', "Unsupported callType"),
        (b'{"callId": "x", "callType": ["livestream"]}', "Unsupported callType"),
    ],
)
def test_body_that_names_no_call_is_refused(shared: System, party: Party, body: bytes, error: str) -> None:
    answer = shared.endpoint.ask(shared.session(party.host), body, origin=PAGES)
    contract.refused(answer, 400, error)
    contract.readable_from(answer, PAGES)


def test_large_body_is_refused_after_the_session(shared: System, party: Party) -> None:
    body = b" " * (SIZE_LIMIT + 1)
    contract.refused(shared.endpoint.ask(shared.session(party.host), body), 413, "Body too large")
    contract.refused(shared.endpoint.ask(None, body), 401, "Invalid auth")


@pytest.mark.parametrize("spelling", [str.upper, "urn:uuid:{}".format, "{{{}}}".format, "{}\n".format])
def test_party_goes_by_one_spelling_of_its_id(shared: System, party: Party, spelling: object) -> None:
    assert callable(spelling)
    before = len(shared.small_stream.requests)
    contract.refused(ask(shared, party, callId=spelling(party.id)), 404, "Party not found")
    assert len(shared.small_stream.requests) == before


def test_unknown_party_is_refused_before_stream_hears_of_it(shared: System, party: Party) -> None:
    before = len(shared.small_stream.requests)
    contract.refused(ask(shared, party, callId=str(uuid4())), 404, "Party not found")
    assert len(shared.small_stream.requests) == before


def test_stream_is_asked_for_the_user_and_then_for_the_call(shared: System, party: Party) -> None:
    before = len(shared.small_stream.requests)
    contract.granted(ask(shared, party), shared.target, party, party.host)
    user = {"id": party.host.id, "name": party.host.name, "role": "user"}
    assert shared.small_stream.requests[before:] == [
        ("POST", "/api/v2/users", {"users": {party.host.id: user}}),
        ("POST", f"/api/v2/video/call/livestream/{party.id}", {"data": {"created_by_id": party.host.id}}),
    ]


def test_answer_is_never_stored(shared: System, party: Party) -> None:
    assert ask(shared, party).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("profile", "metadata", "email", "expected"),
    [
        ("Profile", {"name": "Metadata"}, "mail@example.com", "Profile"),
        ("  ", {"name": "Metadata"}, "mail@example.com", "Metadata"),
        (None, {"name": " "}, "mail@example.com", "mail"),
        (None, {"name": 5}, "mail@example.com", "mail"),
        (None, {"name": " ", "full_name": "Full"}, "mail@example.com", "Full"),
        (None, {"name": "Short", "full_name": "Full"}, "mail@example.com", "Short"),
        (None, {"full_name": ["Full"]}, "mail@example.com", "mail"),
        (None, "Metadata", " @example.com", "the id"),
        ("x" * 500, {}, "mail@example.com", "x" * LONGEST),
        (None, None, None, "the id"),
    ],
)
def test_name_is_the_best_that_is_known(
    shared: System, party: Party, profile: str | None, metadata: object, email: str | None, expected: str
) -> None:
    user = {"id": str(uuid4()), "email": email, "user_metadata": metadata}
    if profile:
        shared.small_supabase.tables["profiles"].append({"id": user["id"], "display_name": profile})
    session = shared.small_supabase.session(user)
    answer = shared.endpoint.ask(session, {"callId": party.id})
    assert answer.json["userName"] == expected.replace("the id", str(user["id"])), answer.shown


def test_whole_request_has_a_time_limit(
    shared: System, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "TIME_LIMIT", 0.2)
    monkeypatch.setattr(shared.small_stream, "silent", True)
    answer = ask(shared, party)
    contract.refused(answer, 504, "Timed out")
    contract.readable_from(answer, PAGES)


def test_what_nobody_foresaw_is_a_500_without_details(
    shared: System, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError("details")

    monkeypatch.setattr(stream.StreamVideo, "user_token", broken)
    answer = ask(shared, party)
    contract.refused(answer, 500, "Internal error")
    contract.readable_from(answer, PAGES)
    assert shared.target.token_server_log is not None
    assert "ZeroDivisionError" in shared.target.token_server_log.read_text()


def test_path_with_a_slash_more_is_another_path(shared: System) -> None:
    asked = httpx.post(f"{shared.target.token_url}/", headers={"host": "elsewhere.example"}, json={})
    assert (asked.status_code, asked.json()) == (404, {"ok": False, "error": "Not Found"})
