"""The control API of the local Stream, asked about one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from harness.browser.eventually import eventually
from harness.browser.visitor import Visitor


@dataclass(frozen=True)
class Disturber:
    """`http` is at `/_control`."""

    http: httpx.Client
    call_id: str

    @property
    def cid(self) -> str:
        return f"livestream:{self.call_id}"

    def media_fault(self, **rule: object) -> str:
        """The id of a fault of this call's media."""
        answer = self.http.post("/media_faults", json={"call_cid": self.cid, **rule})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def mends(self, fault_id: str) -> dict[str, Any]:
        """Take the fault back; its last counts."""
        counts = self.counts(fault_id)
        self.http.delete(f"/media_faults/{fault_id}").raise_for_status()
        return counts

    def counts(self, fault_id: str) -> dict[str, Any]:
        """What the fault did."""
        listed = self.http.get("/media_faults").json()["media_faults"]
        (found,) = [each for each in listed if each["id"] == fault_id]
        return dict(found)

    def bites(self, fault_id: str, hits: int = 1) -> None:
        """Wait until the fault has touched so many packets."""

        def why_not_yet() -> str | None:
            came = self.counts(fault_id)["hits"]
            return None if came >= hits else f"the fault hit {came} packets, expected {hits}"

        eventually(why_not_yet, within=30)

    def outage(self, action: str, person: Visitor) -> None:
        """Let it happen to one person, who is there."""
        assert person.account is not None
        answer = self.http.post(f"/sfu/{action}", json={"call_cid": self.cid, "user_id": person.account.id})
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["sessions"]) == 1, answer.text

    def restarts(self) -> None:
        """The SFU forgets every call."""
        assert self.http.post("/sfu/restart").json()["sessions"]

    def happens(self, operation: str) -> dict[str, Any]:
        """The first entry of the journal with this name, once there is one."""

        def why_not_yet() -> str | None:
            return None if self.journal(operation) else f"the journal of {self.cid} has no {operation}"

        eventually(why_not_yet, within=30)
        return self.journal(operation)[0]

    def joins_again(self, person: Visitor) -> list[dict[str, Any]]:
        """What the person's joins after the first one were like, once there is one."""

        def joins() -> list[dict[str, Any]]:
            assert person.account is not None
            return [
                each["detail"] for each in self.journal("JoinRequest") if each["user_id"] == person.account.id
            ][1:]

        eventually(lambda: None if joins() else f"{person.who} has not joined again", within=30)
        return joins()

    def sessions(self) -> dict[str, str]:
        """The session of each user; fails when a user has two."""
        participants = self.participants()
        sessions = {each["user_id"]: each["session_id"] for each in participants}
        assert len(sessions) == len(participants), f"expected one participant of each, came {participants}"
        return sessions

    def one_of_each(self) -> None:
        """Host and viewer, once each, at the SFU and at the coordinator, as soon as they have come back."""

        def why_not_yet() -> str | None:
            found = self.http.get(f"/calls/livestream/{self.call_id}").json()
            there = sorted(each["session_id"] for each in found["participants"])
            told = sorted(each["user_session_id"] for each in found["call"]["session"]["participants"])
            users = {each["user_id"] for each in found["participants"]}
            if len(there) == len(users) == 2 and there == told:
                return None
            return f"expected host and viewer once, came {found['participants']}, the coordinator has {told}"

        eventually(why_not_yet, within=20)

    def joins(self) -> str:
        """Who joined how and why, one a line."""
        return "\n".join(f"{each['user_id']} {each['detail']}" for each in self.journal("JoinRequest"))

    def participants(self) -> list[dict[str, Any]]:
        """Whom the SFU has in the call."""
        return list(self.http.get(f"/calls/livestream/{self.call_id}").json()["participants"])

    def journal(self, operation: str, after: int = 0) -> list[dict[str, Any]]:
        """What happened to the call under this name."""
        query: dict[str, str | int] = {"call_cid": self.cid, "operation": operation, "after_seq": after}
        return list(self.http.get("/journal", params=query).json()["entries"])
