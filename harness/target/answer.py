"""One answer of the token endpoint, with the request that led to it, fit to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from harness.errors import Finding


@dataclass(frozen=True)
class Answer:
    """What came back. `json` is None when the body is no JSON; `elapsed` is in seconds.

    `request` and `shown` are the two sides as text in which secrets and tokens are masked.
    """

    status: int
    headers: httpx.Headers = field(repr=False)
    json: Any = field(repr=False)
    text: str = field(repr=False)
    elapsed: float
    request: str = field(repr=False)
    shown: str = field(repr=False)

    @property
    def token(self) -> str:
        """The user token that was granted; raises Finding when none was."""
        token = self.json.get("token") if isinstance(self.json, dict) else None
        if not isinstance(token, str) or not token:
            raise Finding(self.story("a granted token"))
        return token

    def story(self, expected: str) -> str:
        """Request, expected and actual answer: the message of a red check."""
        return f"request:  {self.request}\nexpected: {expected}\nanswer:   {self.shown}"
