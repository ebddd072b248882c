"""The end of the process: what was asked is answered, nothing new is taken."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.errors import ServerError
from harness.stack.process import STOP_WITHIN
from harness.target import Answer, Party, contract
from harness.token_server import __main__, limits
from tests.contract.served import WITHIN
from tests.unit.token_server.own_process import IMPATIENT, MODULE, OwnProcess, own_process
from tests.unit.token_server.system import System

End = Callable[["subprocess.Popen[bytes]"], None]


def close_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None


def terminate(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)


def ended_while_stream_is_asked(
    system: System, party: Party, server: OwnProcess, end: End, stream_answers: bool = True
) -> Answer:
    """The answer to a request that waits for Stream when the server is told to end."""
    session = system.session(party.host)
    with system.small_stream.held() as hold, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(server.endpoint.ask, session, {"callId": party.id})
        assert hold.arrived.wait(WITHIN)
        end(server.process)
        server.await_closed_door()
        if stream_answers:
            hold.released.set()
        return asked.result(WITHIN)


@pytest.mark.parametrize("end", [close_input, terminate])
def test_request_in_flight_is_answered_and_no_other_taken(shared: System, end: End) -> None:
    party = shared.new_party()
    with own_process(shared, MODULE) as server:
        contract.granted(
            ended_while_stream_is_asked(shared, party, server, end), shared.target, party, party.host
        )
        assert server.process.wait(WITHIN) == 0


def test_server_that_drops_its_requests_is_found(shared: System) -> None:
    party = shared.new_party()
    with own_process(shared, IMPATIENT) as server:
        try:
            answer = ended_while_stream_is_asked(shared, party, server, terminate, stream_answers=False)
        except ServerError:
            return  # dropped without an answer
        assert answer.status == 500, answer.shown


def test_there_is_time_for_the_slowest_answer() -> None:
    assert limits.TIME_LIMIT < __main__.LIMITS.finish_within < STOP_WITHIN
