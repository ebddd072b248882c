"""When Supabase fails, nobody is told that their session is bad: they would sign in again for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from harness.errors import NotGiven
from harness.target import Answer, Target, TokenEndpoint, contract

from .own_server import ANSWERS_WITHIN, answer_of, own_server, settings_of
from .served import served
from .stand_in import StandIn

pytestmark = pytest.mark.check("T15")


class Project:
    """A stand-in for Supabase with a token server of its own."""

    def __init__(self, stand_in: StandIn, url: str, own: Target, origin: str) -> None:
        self.stand_in, self._url, self._endpoint, self._origin = stand_in, url, TokenEndpoint(own), origin

    def ask(self, fault: str | None, on: str = "") -> Answer:
        """The answer to the host of a party while Supabase fails in this way."""
        self.stand_in.fault, self.stand_in.on, self.stand_in.bitten = fault, on, 0
        session = self.stand_in.session(self._url)
        asked = {"callType": "livestream", "callId": str(uuid4())}
        answer = answer_of(self._endpoint, session, asked, self._origin)
        self.stand_in.fault = None
        if fault is not None and not self.stand_in.bitten:
            raise NotGiven("needs a HARNESS_TOKEN_SERVER_COMMAND whose server asks SUPABASE_URL")
        return answer

    def close(self) -> None:
        self._endpoint.close()


@pytest.fixture
def project(target: Target, page_origin: str, tmp_path: Path) -> Iterator[Project]:
    """Its server is fresh: it has not seen the project's keys yet."""
    stand_in = StandIn(target)
    with served(stand_in.app()) as url:
        settings = {**settings_of(target, page_origin), "SUPABASE_URL": url}
        with own_server(target, settings, tmp_path / "log") as own:
            project = Project(stand_in, url, own, page_origin)
            yield project
            project.close()


def expect_503(answer: Answer, case: str) -> None:
    """Unavailable, and not: your session is bad."""
    contract.unavailable(answer, {503}, ANSWERS_WITHIN, f"Supabase answers {case}")


def test_failing_supabase_is_no_bad_session(project: Project) -> None:
    expect_503(project.ask("500"), "all with 500")
    # The session was good all the time.
    good = project.ask(None)
    assert good.status == 200, good.story("200, with Supabase back")
    for fault in ("500", "HTML", "429"):
        expect_503(project.ask(fault), f"all with {fault}")
    expect_503(project.ask("500", on="/rest/v1/"), "/rest/v1/ with 500")


def test_silent_supabase_is_no_bad_session(project: Project) -> None:
    contract.unavailable(project.ask("silence"), {503, 504}, ANSWERS_WITHIN, "Supabase is silent")
