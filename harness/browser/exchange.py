"""What a page sent and what came back: one request, with as much of both as the checks ask for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CALL_OPERATION = re.compile(r"/video/call/(?P<type>[^/]+)/(?P<id>[^/]+)(?:/(?P<operation>[a-z_]+))?$")


@dataclass(frozen=True)
class CallOperation:
    """A request to Stream about one call: `operation` ends its path (`join`, `go_live` ..., else `get`)."""

    operation: str
    call_type: str
    call_id: str


@dataclass(frozen=True)
class Exchange:
    """`t` unix seconds when it was sent, `seconds` until the answer began; `failure` is the browser's word.

    `body` is the request's JSON (None when it has none); `answer` is read where it says which
    call it is about: of the token endpoint, of joining and of going live.
    """

    t: float
    seconds: float
    method: str
    url: str
    status: int | None = None
    failure: str | None = None
    body: Any = None
    answer: Any = None

    @property
    def answered_at(self) -> float:
        """When the answer began to come, or the request failed, in unix seconds."""
        return self.t + self.seconds

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def address(self) -> str:
        """The address without its query: tokens and keys travel there."""
        return self.url.partition("?")[0]

    @property
    def call_operation(self) -> CallOperation | None:
        """What it asked of which call, when it is such a request."""
        found = CALL_OPERATION.search(self.path)
        return found and CallOperation(found["operation"] or "get", found["type"], found["id"])

    @property
    def is_ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        result = self.failure if self.status is None else str(self.status)
        return f"{self.method} {self.path} -> {result} ({self.seconds * 1000:.0f} ms)"


def is_coordinator_socket(url: str) -> bool:
    """Whether it is the WebSocket over which Stream sends a page its events."""
    return urlsplit(url).path.endswith("/video/connect")


def json_or_none(text: str | None) -> Any:  # noqa: ANN401 - JSON is anything
    """What `text` says, or None when it is missing or no JSON."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None
