"""What the server writes down: each step with the id of the call, and never a secret."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from harness.target import Answer, Party, Session, Target, TokenEndpoint, contract

from .step_line import CREATED, lines_about

# Who asks, which party, the call, the token: no server grants in fewer steps.
FEWEST_STEPS = 4


@pytest.fixture
def server_log(target: Target) -> Path:
    """The server's log file; without one these checks are not run, which the verdict counts as a gap."""
    if target.token_server_log is None:
        pytest.skip("not run: needs token_server_log, the file that the token server logs to")
    return target.token_server_log


@pytest.mark.check("T16")
def test_each_step_is_logged_with_call_type_and_call_id(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session, server_log: Path
) -> None:
    answer = token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})
    contract.granted(answer, target, party, party.host)
    lines = lines_about(party, server_log)
    steps = Counter(line.step for line in lines)
    said = answer.story(
        f"log lines of {FEWEST_STEPS} steps or more, one for each, one of them {CREATED!r}; it logged {lines}"
    )
    assert len(steps) >= FEWEST_STEPS, said
    assert set(steps.values()) == {1}, said
    assert CREATED in steps, said
    for line in lines:
        expected = {"callType": "livestream", "callId": party.id}
        assert {name: line.facts.get(name) for name in expected} == expected, (
            f"expected {expected} in: {line}"
        )


def test_no_secret_in_answers_and_log(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session, server_log: Path
) -> None:
    session = host_session.access_token
    answers = [
        token_endpoint.ask(session, {"callType": "livestream", "callId": party.id}),
        token_endpoint.ask(session, {"callType": "livestream", "callId": str(uuid4())}),
        token_endpoint.ask(session, {}),
        token_endpoint.ask("garbage", {"callType": "livestream", "callId": party.id}),
        token_endpoint.ask(None, None, method="OPTIONS"),
    ]
    for answer in answers:
        contract.keeps_secrets(f"the answer to {answer.request}", whole(answer), target)
    log = server_log.read_text()
    contract.keeps_secrets(f"the log {server_log.name}", log, target)
    assert session not in log, "expected no session in the server's log, but one can be read there"
    assert answers[0].token not in log, "expected no token in the server's log, but one can be read there"


def whole(answer: Answer) -> str:
    """Headers and body as one text."""
    return "\n".join([*(f"{name}: {value}" for name, value in answer.headers.items()), answer.text])
