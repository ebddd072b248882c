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
    user_id: str | None
    cid: str | None
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
        """What this user did, oldest first: asked over HTTP, connected, or asked of the SFU."""
        return self._of(("client", "ws", "sfu_ws", "sfu_rpc"), user_id=user_id)

    def servers_deeds(self, cid: str) -> list[Deed]:
        """What servers asked of this call."""
        return self._of(("server",), call_cid=cid)

    def calls_asked_for(self, since: float) -> list[Deed]:
        """Each time anybody asked for a call to be there, whichever and for whomever, from `since` on."""
        asked = self._of(("client", "server"), operation="GetOrCreateCall")
        return [deed for deed in asked if deed.t >= since]

    def _of(self, doors: tuple[str, ...], **wanted: str) -> list[Deed]:
        answer = transport.ask(self._http, WHO, "GET", self._url, params=wanted)
        entries = transport.expect_ok(answer, WHO, "be read").json()["entries"]
        return [
            Deed(e["time"], e["operation"], e["user_id"], e["call_cid"], e["status"], e["detail"])
            for e in entries
            if e["door"] in doors and e["detail"].get("direction") != "sent"
        ]

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
