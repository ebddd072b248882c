"""What the server writes down: each step, with the id of the call."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from harness.target import Party, Session, Target, TokenEndpoint, contract

from .step_line import CREATED, LogTail

# Who asks, which party, the call, the token: no server grants in fewer steps.
FEWEST_STEPS = 4


@pytest.mark.check("T16")
def test_each_step_is_logged_with_call_type_and_call_id(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session, server_log: Path
) -> None:
    log = LogTail(server_log)
    answer = token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})
    contract.granted(answer, target, party, party.host)
    lines = log.await_granted(party)
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
