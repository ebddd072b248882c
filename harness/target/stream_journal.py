"""What a local Stream was asked and said, as its journal tells it: evidence that no page can make up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.target import transport
from harness.target.target import Target

WHO = "The local Stream's journal"


@dataclass(frozen=True)
class Deed:
    """One thing that a user asked of a call: `t` unix seconds, `operation` Stream's name for it."""

    t: float
    operation: str
    user_id: str
    cid: str
    status: int | None
    detail: dict[str, Any]

    def __str__(self) -> str:
        told = f" {self.detail}" if self.detail else ""
        return f"{self.operation} {self.cid} by {self.user_id}{told}"


class StreamJournal:
    """Of the Stream at `target.stream_control_url`; raises NotGiven when the target has none."""

    def __init__(self, target: Target) -> None:
        self._http = transport.client(target.needed("stream_control_url"))
        self._url = f"{target.needed('stream_control_url')}/journal"

    def deeds(self, user_id: str) -> list[Deed]:
        """What this user did to any call, oldest first: asked over HTTP, or of the SFU."""
        answer = transport.ask(self._http, WHO, "GET", self._url, params={"user_id": user_id})
        entries = transport.expect_ok(answer, WHO, "be read").json()["entries"]
        return [
            Deed(e["time"], e["operation"], user_id, e["call_cid"], e["status"], e["detail"])
            for e in entries
            if e["call_cid"] and e["door"] in ("client", "sfu_ws", "sfu_rpc")
        ]

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
