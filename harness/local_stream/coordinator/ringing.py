"""Ringing: who is called to a call, who answered, and who missed it.

A call rings for its members but the caller and those who are in it already: `call.ring` goes to them, whether
or not they watch the call, and to nobody else. What they answer is kept in the call's session.

The vendor's SDKs give up by themselves: they reject with reason `timeout` after `auto_cancel_timeout_ms` or
`incoming_call_timeout_ms`. Here `missed_call_timeout_ms` alone runs; 0 is never.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from harness.local_stream.coordinator.alarms import Alarm, Alarms
from harness.local_stream.coordinator.call_response import call_response, member_response
from harness.local_stream.coordinator.calls import Call, Member, Session
from harness.local_stream.coordinator.events import Publisher
from harness.local_stream.coordinator.sessions import Sessions
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.users import User, user_response


class Ringing:
    """Rings, notes the answers, and tells who missed a call."""

    def __init__(self, sessions: Sessions, publisher: Publisher, source: Source, alarms: Alarms) -> None:
        self._sessions = sessions
        self._publisher = publisher
        self._source = source
        self._alarms = alarms
        self._waiting: set[Alarm] = set()

    def ring(self, call: Call, caller: User, *, video: bool, only: Iterable[str] = ()) -> list[str]:
        """Ring for those who are not there, of `only` if it names any. Returns the ids of who is called."""
        session = self._sessions.open(call)
        wanted = set(only)
        called = [each for each in _absent(call, caller) if not wanted or each.user.id in wanted]
        self._tell(call, session, "call.ring", caller, called, video=video)
        patience = call.settings["ring"]["missed_call_timeout_ms"]
        if called and patience:
            self._wait(patience / 1000, call, session, caller, called)
        return [member.user.id for member in called]

    def notify(self, call: Call, caller: User) -> None:
        """Tell the members of the call, without ringing."""
        session = self._sessions.open(call)
        self._tell(call, session, "call.notification", caller, _absent(call, caller))

    def accept(self, call: Call, user: User) -> None:
        """`user` takes the call."""
        session = self._rung_session(call)
        self._answer(user, session.accepted_by, session.rejected_by)
        self._publish_answer(call, "call.accepted", user)

    def reject(self, call: Call, user: User, reason: str | None) -> None:
        """`user` does not take the call; or, as the caller, calls no longer."""
        session = self._rung_session(call)
        self._answer(user, session.rejected_by, session.accepted_by)
        self._publish_answer(call, "call.rejected", user, **({"reason": reason} if reason else {}))

    def stop(self) -> None:
        """Forget every ring that may yet be missed."""
        for alarm in self._waiting:
            alarm.cancel()
        self._waiting.clear()

    def _wait(self, seconds: float, call: Call, session: Session, caller: User, called: list[Member]) -> None:
        def over() -> None:
            self._waiting.discard(alarm)
            self._miss(call, session, caller, called)

        alarm = self._alarms.at(self._source.seconds() + seconds, over)
        self._waiting.add(alarm)

    def _miss(self, call: Call, session: Session, caller: User, called: list[Member]) -> None:
        if call.session is not session:
            return
        there = {participant.user.id for participant in session.participants.values()}
        settled = there | session.accepted_by.keys() | session.rejected_by.keys() | session.missed_by.keys()
        missed = [member for member in called if member.user.id not in settled]
        if not missed:
            return
        session.missed_by.update({member.user.id: self._source.now() for member in missed})
        detail = _detail(call, caller) | {
            "session_id": session.id,
            "members": [member_response(member) for member in missed],
            "notify_user": True,
        }
        self._publisher.publish(call, "call.missed", detail, caller.id)

    def _rung_session(self, call: Call) -> Session:
        """An answer that comes after the end of the call belongs to the session that ended."""
        if call.session is None and call.ended_at and call.past_sessions:
            return list(call.past_sessions.values())[-1]
        return self._sessions.open(call)

    def _answer(self, user: User, given: dict[str, datetime], taken_back: dict[str, datetime]) -> None:
        taken_back.pop(user.id, None)
        given[user.id] = self._source.now()

    def _publish_answer(self, call: Call, event: str, user: User, **more: str) -> None:
        self._publisher.publish(call, event, _detail(call, user) | more, user.id)

    def _tell(
        self, call: Call, session: Session, event: str, caller: User, members: list[Member], **more: bool
    ) -> None:
        detail = _detail(call, caller) | {
            "session_id": session.id,
            "members": [member_response(member) for member in members],
        }
        to = {member.user.id for member in members}
        self._publisher.publish(call, event, detail | more, caller.id, to=to)


def _absent(call: Call, caller: User) -> list[Member]:
    participants = call.session.participants.values() if call.session else ()
    there = {caller.id, *(participant.user.id for participant in participants)}
    return [member for member in call.members.values() if member.user.id not in there]


def _detail(call: Call, user: User) -> dict[str, object]:
    return {"call": call_response(call), "user": user_response(user)}
