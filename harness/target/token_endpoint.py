"""The token endpoint as a page sees it, and everything a page would never send."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx

from harness.errors import NotGiven, ServerError
from harness.target import transport
from harness.target.answer import Answer
from harness.target.target import Target

SHOWN = 600  # characters of a body that a message quotes
PATIENCE = 60.0  # seconds that rate limits may hold up one request
THERE_WITHIN = 12.0  # seconds; functions that have slept are slow once


class TokenEndpoint:
    """Asks `target.token_url`; never raises for a status, only (ServerError) when nobody answers."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._redactor = target.redactor()
        self._http = transport.client(target.token_url)

    def ask(
        self,
        session_token: str | None,
        body: Mapping[str, object] | bytes | None,
        *,
        origin: str | None = None,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Answer:
        """One request. A mapping goes as JSON, bytes as they are; `headers` win over those made here.

        Who is `patient` and told to ask later (429 with Retry-After) does so, since a person would not ask as
        often as checks do; raises NotGiven when that takes longer than PATIENCE.
        """
        sent = {"content-type": "application/json"} if body is not None else {}
        if origin:
            sent["origin"] = origin
        if session_token is not None:
            sent["authorization"] = f"Bearer {session_token}"
        sent.update({name.lower(): value for name, value in (headers or {}).items()})
        content = json.dumps(dict(body)).encode() if isinstance(body, Mapping) else body
        url = self.target.token_url
        # The raw form of a header: what is malformed on purpose must leave as it is.
        raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        patient_until = time.monotonic() + PATIENCE
        while True:
            answer = transport.ask(
                self._http,
                "The token endpoint",
                method,
                url,
                content=content,
                headers=raw,
                follow_redirects=False,
            )
            pause = _rate_limited_for(answer)
            if pause is None or not patient:
                return self._answer(answer, sent, content)
            if time.monotonic() + pause > patient_until:
                raise NotGiven("needs an endpoint that lets one user ask more often: it answers 429")
            threading.Event().wait(pause)

    def expect_there(self) -> None:
        """Raises ServerError unless what is at the address answers as a token endpoint does."""
        url = self.target.token_url
        answer = transport.ask(self._http, "The token endpoint", "POST", url, json={}, timeout=THERE_WITHIN)
        expected = f"{url} was expected to be a token endpoint, which answers in JSON, but"
        if answer.is_redirect:
            where = answer.headers.get("location", "nowhere").partition("?")[0]
            raise ServerError(f"{expected} redirects to {where}: name the address itself.")
        kind = answer.headers.get("content-type", "no content type")
        if not isinstance(_json(answer.content), dict):
            raise ServerError(f"{expected} answered {answer.status_code} with {kind}: check the address.")
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise ServerError(f"{expected} answered 404, before it was told of any party: check the path.")

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _answer(self, answer: httpx.Response, sent: Mapping[str, str], content: bytes | None) -> Answer:
        asked = f"{answer.request.method} {answer.request.url} {_listed(sent)} {_quoted(content or b'')}"
        shown = f"{answer.status_code} {_listed(answer.headers)} {_quoted(answer.content)}"
        return Answer(
            status=answer.status_code,
            headers=answer.headers,
            json=_json(answer.content),
            text=answer.text,
            elapsed=answer.elapsed.total_seconds(),
            request=self._redactor.redact(asked),
            shown=self._redactor.redact(shown),
        )


def _rate_limited_for(answer: httpx.Response) -> float | None:
    """Seconds that the answer asks us to wait, or None."""
    wait = answer.headers.get("retry-after", "")
    return float(wait) if answer.status_code == httpx.codes.TOO_MANY_REQUESTS and wait.isdecimal() else None


def _json(content: bytes) -> Any:  # noqa: ANN401  JSON is anything
    try:
        return json.loads(content)
    except ValueError:
        return None


def _listed(headers: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in headers.items()) + "}"


def _quoted(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(content)} bytes)"
