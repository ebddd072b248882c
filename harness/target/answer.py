"""One answer of the token endpoint, with the request that led to it, fit to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True)
class Answer:
    """What came back. `json` is None when the body is no JSON; `elapsed` is in seconds.

    `request` and `shown` are the two sides as text in which secrets and tokens are masked.
    """

    status: int
    headers: httpx.Headers = field(repr=False)
    json: Any
    text: str = field(repr=False)
    elapsed: float
    request: str = field(repr=False)
    shown: str = field(repr=False)

    @property
    def token(self) -> str:
        """The user token that was granted; raises KeyError when none was."""
        return str(self.json["token"])

    def story(self, expected: str) -> str:
        """Request, expected and actual answer: the message of a red check."""
        return f"request:  {self.request}\nexpected: {expected}\nanswer:   {self.shown}"
