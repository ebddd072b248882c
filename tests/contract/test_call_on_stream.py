"""After a 200 the party's call exists, and the host owns it: as Stream says, not as the server says."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from harness.target import (
    Answer,
    Party,
    Person,
    Session,
    StreamApi,
    Supabase,
    Target,
    TokenEndpoint,
    contract,
)

from .step_line import CREATED, LogTail

AT_ONCE = 50


@pytest.mark.check("T07")
def test_call_exists_with_this_type_and_id_and_its_owner(
    target: Target, token_endpoint: TokenEndpoint, stream_api: StreamApi, party: Party, host_session: Session
) -> None:
    if target.makes_people:
        before = stream_api.call("livestream", party.id)
        assert before is None, f"expected no call of a fresh party, Stream has {before}"
    answer = token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})
    contract.on_stream(answer, stream_api.call("livestream", party.id), party)


@pytest.mark.check("T08")
def test_second_request_gives_the_same_call(
    target: Target, token_endpoint: TokenEndpoint, stream_api: StreamApi, party: Party, host_session: Session
) -> None:
    created_at = []
    for _ in range(2):
        answer = token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})
        contract.granted(answer, target, party, party.host)
        call = stream_api.call("livestream", party.id)
        contract.on_stream(answer, call, party)
        created_at.append(call and call["created_at"])
    assert created_at[0] == created_at[1], f"expected one creation of the call, came {created_at}"


@pytest.mark.check("T08")
def test_many_at_once_make_one_call(
    target: Target, token_endpoint: TokenEndpoint, stream_api: StreamApi, party: Party, host_session: Session
) -> None:
    together, before = Barrier(AT_ONCE), _owned(stream_api, party)
    log = LogTail(target.token_server_log) if target.token_server_log else None

    def ask(_: int) -> Answer:
        together.wait()
        return token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(ask, range(AT_ONCE)))
    for answer in answers:
        contract.granted(answer, target, party, party.host)
    contract.on_stream(answers[0], stream_api.call("livestream", party.id), party)
    calls = _owned(stream_api, party) - before
    cid = f"livestream:{party.id}"
    assert calls | {cid} == {cid}, f"expected {cid} to be made and no other call, came {sorted(calls)}"
    if log is not None:
        told = [line.facts for line in log.await_granted(party) if line.step == CREATED]
        made = sum(facts.get("created") is True for facts in told)
        # A log need not say which request created the call; one that does must say it once.
        says = any("created" in facts for facts in told)
        expected = 0 if cid in before else 1
        assert not says or made == expected, f"expected {expected} of {AT_ONCE} to say created, came {told}"


def _owned(stream_api: StreamApi, party: Party) -> set[str]:
    return {call["cid"] for call in stream_api.calls_created_by(party.host_id)}


@pytest.mark.check("T17")
def test_viewer_who_asks_first_does_not_own_the_call(
    target: Target,
    token_endpoint: TokenEndpoint,
    supabase: Supabase,
    stream_api: StreamApi,
    party: Party,
    new_person: Callable[[], Person],
) -> None:
    viewer = new_person()
    session = supabase.sign_in(viewer)
    answer = token_endpoint.ask(session.access_token, {"callType": "livestream", "callId": party.id})
    contract.granted(answer, target, party, viewer)
    contract.on_stream(answer, stream_api.call("livestream", party.id), party)


@pytest.mark.check("T17")
def test_party_that_does_not_exist_is_refused_and_nothing_is_made(
    token_endpoint: TokenEndpoint, supabase: Supabase, stream_api: StreamApi, new_person: Callable[[], Person]
) -> None:
    person, nowhere = new_person(), str(uuid4())
    session = supabase.sign_in(person)
    answer = token_endpoint.ask(session.access_token, {"callType": "livestream", "callId": nowhere})
    contract.refused(answer, 404, "Party not found")
    made = {"call": stream_api.call("livestream", nowhere), "user": stream_api.user(person.id)}
    assert made == {"call": None, "user": None}, answer.story(f"nothing made on Stream; there is {made}")
