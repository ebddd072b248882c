"""Sessions: the SFU says who came and went; here it becomes the call's session and its events."""

from __future__ import annotations

from harness.local_stream.coordinator.alarms import Alarm, Alarms
from harness.local_stream.coordinator.call_response import call_response, participant_response
from harness.local_stream.coordinator.calls import Call, Calls, Participant, Session
from harness.local_stream.coordinator.events import Publisher
from harness.local_stream.coordinator.recordings import Recordings
from harness.local_stream.coordinator.session_timers import SessionTimers
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.users import Users


class Sessions:
    """Observes the SFU. Implements its `SfuObserver`."""

    def __init__(
        self,
        calls: Calls,
        users: Users,
        publisher: Publisher,
        source: Source,
        alarms: Alarms,
        recordings: Recordings,
        timers: SessionTimers,
    ) -> None:
        self._calls = calls
        self._users = users
        self._publisher = publisher
        self._source = source
        self._alarms = alarms
        self._recordings = recordings
        self._timers = timers
        self._closing: dict[str, Alarm] = {}

    def open(self, call: Call) -> Session:
        """The call's session; a new one, not yet started, when it has none."""
        if call.session is None:
            now = self._source.now()
            call.session = Session(self._source.new_id(), live_started_at=None if call.backstage else now)
        return call.session

    async def participant_joined(self, cid: str, session_id: str, user_id: str) -> None:
        """The SFU let somebody in; `session_id` is the SFU's name for them."""
        call, user = self._calls.get(cid), self._users.get(user_id)
        if call is None or user is None:
            return
        self._keep_open(cid)
        session = self.open(call)
        participant = Participant(user, session_id, self._source.now())
        session.enter(participant)
        if session.started_at is None:
            session.started_at = participant.joined_at
            self._timers.set(call)
            self._publish(call, session, "call.session_started", user_id, call=call_response(call))
            self._recordings.start_automatic(call)
        shown = participant_response(participant)
        self._publish(call, session, "call.session_participant_joined", user_id, participant=shown)
        self._publish_counts(call, session)

    async def participant_left(self, cid: str, session_id: str, user_id: str) -> None:
        """The SFU let somebody go. The session closes when nobody comes back in time."""
        call = self._calls.get(cid)
        if call is None or call.session is None or session_id not in call.session.participants:
            return
        session = call.session
        participant = session.participants.pop(session_id)
        stayed = self._source.now() - participant.joined_at
        shown = participant_response(participant)
        detail = {"participant": shown, "duration_seconds": int(stayed.total_seconds())}
        self._publish(call, session, "call.session_participant_left", user_id, **detail)
        self._publish_counts(call, session)
        if not session.participants:
            patience = call.settings["session"]["inactivity_timeout_seconds"]
            due = self._source.seconds() + patience
            self._closing[cid] = self._alarms.at(due, lambda: self.close(call))

    def close(self, call: Call) -> None:
        """End the call's session, if it has one."""
        self._keep_open(call.cid)
        self._timers.forget(call)
        session = call.session
        if session is None:
            return
        self._recordings.stop_all(call)
        session.ended_at = self._source.now()
        if session.started_at is not None:
            self._publish(call, session, "call.session_ended", None, call=call_response(call))
        call.close_session(session)

    def stop(self) -> None:
        """Forget every session that was about to close, and every timer."""
        self._timers.stop()
        for cid in list(self._closing):
            self._keep_open(cid)

    def _keep_open(self, cid: str) -> None:
        if alarm := self._closing.pop(cid, None):
            alarm.cancel()

    def _publish(
        self, call: Call, session: Session, event: str, user_id: str | None, /, **detail: object
    ) -> None:
        self._publisher.publish(call, event, {"session_id": session.id, **detail}, user_id)

    def _publish_counts(self, call: Call, session: Session) -> None:
        counts = session.count_by_role()
        anonymous = counts.get("anonymous", 0)
        detail = {"participants_count_by_role": counts, "anonymous_participant_count": anonymous}
        self._publish(call, session, "call.session_participant_count_updated", None, **detail)
