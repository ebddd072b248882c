"""Whatever comes in, an error goes out that a client can read: no 5xx, and nothing of the server's inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from harness.config import HarnessSettings
from harness.errors import Finding, NotGiven, ServerError
from harness.target import Answer, Party, Session, StreamApi, Target, TokenEndpoint, contract

from .description import tried_out
from .nonsense import BODIES, CALL_IDS, Nonsense, call

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

pytestmark = pytest.mark.check("T12")

EXAMPLES = 25  # of each kind, the same in every run
# What Python, JavaScript, Go, Java, Ruby and PHP write when they tell where in their code something broke.
INSIDES = re.compile(
    r"Traceback|File \"[^\"]+\", line|\bat .+:\d+:\d+|\.(?:py|m?[jt]s|go|java|rb|php)(?::| on line )\d+"
    r"|goroutine \d|panic:|stack ?trace|node_modules",
    re.IGNORECASE,
)
# More characters than others that mean something in an address, a header or a query.
SPECIAL = "/?#%.&=+*:;,\\'\"()[]{}<> \r\n\t\0\x7f"


@pytest.fixture(scope="module", autouse=True)
def _kept_tables(harness_settings: HarnessSettings) -> None:
    """Hypothesis keeps tables between runs: with the rest that we keep, not wherever the person is."""
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(harness_settings.cache / "hypothesis")


def test_call_ids_that_are_none_are_refused(
    target: Target,
    token_endpoint: TokenEndpoint,
    stream_api: StreamApi,
    party: Party,
    host_session: Session,
) -> None:
    nonsense = {case: call(make(party.id)) for case, make in CALL_IDS.items()}
    with unharmed(target, token_endpoint, stream_api, party, host_session):
        for case, sent in nonsense.items():
            send(sent, target, token_endpoint, party, host_session, case)


def test_bodies_that_make_no_sense_are_refused(
    target: Target,
    token_endpoint: TokenEndpoint,
    stream_api: StreamApi,
    party: Party,
    host_session: Session,
) -> None:
    nonsense = {case: make(party.id) for case, make in BODIES.items()}
    with unharmed(target, token_endpoint, stream_api, party, host_session):
        for case, sent in nonsense.items():
            send(sent, target, token_endpoint, party, host_session, case)


@pytest.mark.parametrize("kind", ["any JSON", "any octets", "any callId", "any fields"])
def test_nonsense_by_chance_is_refused(
    target: Target,
    token_endpoint: TokenEndpoint,
    stream_api: StreamApi,
    party: Party,
    host_session: Session,
    kind: str,
) -> None:
    from hypothesis import Phase, given, settings

    # Not shrunk: on a distant server that takes minutes, and these bodies are short as they are.
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
    )
    @given(chance(kind, party))
    def refused(nonsense: Nonsense) -> None:
        send(nonsense, target, token_endpoint, party, host_session)

    with unharmed(target, token_endpoint, stream_api, party, host_session):
        refused()


def test_every_answer_is_as_described(
    target: Target,
    token_endpoint: TokenEndpoint,
    stream_api: StreamApi,
    party: Party,
    host_session: Session,
) -> None:
    with unharmed(target, token_endpoint, stream_api, party, host_session):
        tries = list(tried_out(target, party, host_session))
    if any(one.status == 429 for one in tries):
        raise NotGiven("needs an endpoint that takes more requests of one user")
    masked = target.redactor().redact
    for one in tries:
        faults = [*one.faults, *(["the server's inside in the answer"] if INSIDES.search(one.text) else [])]
        assert not faults, masked(
            f"request:  {one.request}\nexpected: an answer as the endpoint's description has it\n"
            f"answer:   {one.status} {one.text[:600]}\nwrong is: {'; '.join(faults)}"
        )
    # Only who was let in by the same machine shows that the others were refused for what they sent.
    phases, granted = {one.phase for one in tries}, [one for one in tries if one.status == 200]
    assert phases == {"examples", "coverage", "fuzzing"}, f"expected tries of three kinds, came {phases}"
    assert granted, f"expected the description's example to be granted, none of {len(tries)} requests was"


def send(
    nonsense: Nonsense,
    target: Target,
    endpoint: TokenEndpoint,
    party: Party,
    session: Session,
    case: str = "nonsense",
) -> None:
    """Ask as the party's host; raise Finding unless it is refused as a request of a client should be.

    A 200 is right only when the body names the party exactly, whatever else it says.
    """
    headers = {"content-type": nonsense.content_type}
    try:
        answer = endpoint.ask(session.access_token, nonsense.body, headers=headers)
    except ServerError as fault:
        raise Finding(f"expected a 4xx, as this is {case}: {nonsense.body[:200]!r}; {fault}") from None
    if answer.status == 429:  # it says nothing of what was sent
        raise NotGiven("needs an endpoint that takes more requests of one user")
    if answer.status == 200 and names_exactly(party, nonsense.body):
        contract.granted(answer, target, party, party.host)
        return
    if not 400 <= answer.status < 500 or not is_error(answer):
        raise Finding(answer.story(f'a 4xx with exactly {{"ok": false, "error": <text>}}, as this is {case}'))
    if INSIDES.search(answer.text):
        raise Finding(answer.story("an error that tells nothing of the server's inside"))


def is_error(answer: Answer) -> bool:
    """Whether it has the one shape of all errors."""
    body = answer.json
    if not isinstance(body, dict) or set(body) != {"ok", "error"}:
        return False
    return body["ok"] is False and isinstance(body["error"], str) and body["error"] != ""


def names_exactly(party: Party, body: bytes) -> bool:
    """Whether `body` asks for this party's call; a callType that is null or empty says nothing."""
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(wanted, dict) or wanted.get("callId") != party.id:
        return False
    return wanted.get("callType") in (None, "", "livestream")


@contextmanager
def unharmed(
    target: Target, endpoint: TokenEndpoint, stream_api: StreamApi, party: Party, session: Session
) -> Iterator[None]:
    """What is sent inside leaves Stream with the calls it had, and the next good request is granted."""
    good = {"callType": "livestream", "callId": party.id}
    contract.granted(endpoint.ask(session.access_token, good), target, party, party.host)
    before = calls_of(party, stream_api)
    yield
    answer = endpoint.ask(session.access_token, good)
    contract.granted(answer, target, party, party.host)
    after = calls_of(party, stream_api)
    if after != before:
        raise Finding(
            answer.story(f"the calls that Stream had before the nonsense, {before}; it has {after}")
        )


def calls_of(party: Party, stream_api: StreamApi) -> list[tuple[str, int]]:
    """The calls that the party's host owns, who also sends the nonsense: id and time of creation."""
    return sorted((one["cid"], one["created_at"]) for one in stream_api.calls_created_by(party.host_id))


def chance(kind: str, party: Party) -> SearchStrategy[Nonsense]:
    """Nonsense of a kind, about this party."""
    from hypothesis import strategies as st

    # With lone surrogates, which JSON can say and UTF-8 cannot.
    text = st.text(st.characters(exclude_categories=()), max_size=40) | st.text(
        SPECIAL, min_size=1, max_size=12
    )
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | text | st.just(party.id)
    anything = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=12,
    )
    names = st.sampled_from(["callId", "callType", "userId"]) | text
    kinds: dict[str, SearchStrategy[Nonsense]] = {
        "any JSON": anything.map(lambda value: Nonsense(json.dumps(value).encode())),
        "any octets": st.binary(max_size=200).map(Nonsense),
        "any callId": (
            text | text.map(lambda more: party.id + more) | text.map(lambda more: more + party.id)
        ).map(call),
        "any fields": st.dictionaries(names, anything, min_size=1, max_size=6).map(
            lambda fields: Nonsense(json.dumps(fields).encode())
        ),
    }
    return kinds[kind]
