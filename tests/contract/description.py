"""The endpoint as `fixtures/token-endpoint.openapi.json` describes it, and a machine that tries it out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from harness.config import bundled
from harness.errors import ServerError
from harness.target import Party, Session, Target
from harness.target.transport import LOOPBACK, TIME_LIMIT

if TYPE_CHECKING:
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine.events import ScenarioFinished
    from schemathesis.engine.recorder import ScenarioRecorder

FUZZED = 40  # requests by chance, beside the about 30 that cover the description
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@dataclass(frozen=True)
class Try:
    """One request by the machine (as a curl command), the answer, and what is wrong with it."""

    phase: str
    request: str
    status: int
    text: str
    faults: list[str]


def described(target: Target, party: Party) -> dict[str, Any]:
    """The description, of this endpoint and with this party as its example."""
    document: dict[str, Any] = json.loads(
        (bundled("fixtures") / "token-endpoint.openapi.json").read_text(encoding="utf-8")
    )
    (endpoint,) = document["paths"].values()
    document["paths"] = {urlsplit(target.token_url).path: endpoint}
    example = endpoint["post"]["requestBody"]["content"]["application/json"]["examples"]["party"]
    example["value"]["callId"] = party.id
    return document


def tried_out(target: Target, party: Party, session: Session) -> Iterator[Try]:
    """Examples, borderline cases and chance, the same in every run; raises ServerError when that fails."""
    # Not before it is needed: to import it takes longer than many a check.
    import schemathesis
    from schemathesis.engine import events, from_schema

    schema = schemathesis.openapi.from_dict(described(target, party), config=_config(target, session))
    with pytest.MonkeyPatch.context() as patch:
        if urlsplit(target.token_url).hostname in LOOPBACK:
            patch.setenv("NO_PROXY", ",".join(LOOPBACK))
        for event in from_schema(schema.include(method="POST")).execute():
            if isinstance(event, events.ScenarioFinished):
                yield from _tries(event)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                raise ServerError(
                    f"The token endpoint was expected to answer all that its description allows but {event}: "
                    f"check that it runs at {target.token_url}."
                )


def _config(target: Target, session: Session) -> SchemathesisConfig:
    from schemathesis.config import SchemathesisConfig

    where = urlsplit(target.token_url)
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "max-failures": 1,
            "base-url": f"{where.scheme}://{where.netloc}",
            "headers": {"Authorization": f"Bearer {session.access_token}"},
            "request-timeout": TIME_LIMIT,
            # Not shrunk: a red one shall not take minutes, and these requests are short as they are.
            "generation": {
                "deterministic": True,
                "database": "none",
                "max-examples": FUZZED,
                "no-shrink": True,
            },
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
            "phases": {
                "stateful": {"enabled": False},
                # Left to itself it learns from answers what is right, and soon sends nothing else.
                "fuzzing": {"extra-data-sources": {"responses": False}, "error-feedback": {"enabled": False}},
            },
        }
    )


def _tries(event: ScenarioFinished) -> Iterator[Try]:
    for case, exchange in event.recorder.interactions.items():
        request = f"{exchange.request.method} {exchange.request.uri}"
        if exchange.response is None:
            raise ServerError(
                f"The token endpoint was expected to answer {request} but did not: look at its log."
            )
        faults = list(_faults(event.recorder, case))
        status, text = exchange.response.status_code, exchange.response.content.decode("utf-8", "replace")
        yield Try(event.phase.value, request, status, text, faults)


def _faults(recorder: ScenarioRecorder, case: str) -> Iterator[str]:
    for check in recorder.checks.get(case, []):
        if check.failure_info is not None:
            failure = check.failure_info.failure
            yield f"{failure.title} ({failure.message})\n{check.failure_info.code_sample}"
