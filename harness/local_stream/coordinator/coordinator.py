"""The coordinator's state in one place, and the questions that every operation asks of it."""

from __future__ import annotations

from collections.abc import Callable

from harness.local_stream.coordinator import grants
from harness.local_stream.coordinator.alarms import Alarms
from harness.local_stream.coordinator.app_settings import AppSettings
from harness.local_stream.coordinator.block_lists import BlockLists
from harness.local_stream.coordinator.call_response import call_response
from harness.local_stream.coordinator.call_types import CallTypes
from harness.local_stream.coordinator.calls import Call, Calls
from harness.local_stream.coordinator.errors import call_not_found, gone, not_allowed, user_not_found
from harness.local_stream.coordinator.events import Publisher
from harness.local_stream.coordinator.external_storages import ExternalStorages
from harness.local_stream.coordinator.limits import RateLimits
from harness.local_stream.coordinator.permissions import action
from harness.local_stream.coordinator.recordings import Recordings
from harness.local_stream.coordinator.revocation import check_not_revoked
from harness.local_stream.coordinator.ringing import Ringing
from harness.local_stream.coordinator.roles import Roles
from harness.local_stream.coordinator.session_timers import SessionTimers
from harness.local_stream.coordinator.sessions import Sessions
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.tasks import Tasks
from harness.local_stream.coordinator.tokens import Caller, Tokens
from harness.local_stream.coordinator.users import User, Users, user_response
from harness.local_stream.faults import Faults
from harness.local_stream.journal import Journal
from harness.local_stream.media import MediaServer
from harness.local_stream.webhooks import Outbox


class Coordinator:
    """One app: its users, calls and connections. `media` makes the SFU, which tells `Sessions` who comes."""

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        source: Source,
        journal: Journal,
        media: Callable[[Sessions], MediaServer],
        outbox: Callable[[Coordinator], Outbox],
        rate_limit: int | None = None,
    ) -> None:
        self.source = source
        self.journal = journal
        self.tokens = Tokens(api_key, api_secret, source)
        self.alarms = Alarms(source)
        self.limits = RateLimits(source, rate_limit)
        self.users = Users(source)
        self.tasks = Tasks(source)
        self.storages = ExternalStorages()
        self.block_lists = BlockLists(source)
        self.app = AppSettings(source)
        self.roles = Roles(source)
        self.call_types = CallTypes(source)
        self.calls = Calls()
        self.faults = Faults(journal)
        self.outbox = outbox(self)
        self.publisher = Publisher(source, journal, self.faults, self.outbox)
        self.recordings = Recordings(self.publisher, source)
        self.timers = SessionTimers(self.alarms, self.end)
        self.sessions = Sessions(
            self.calls, self.users, self.publisher, source, self.alarms, self.recordings, self.timers
        )
        self.ringing = Ringing(self.sessions, self.publisher, source, self.alarms)
        self.media = media(self.sessions)

    def call(self, cid: str) -> Call:
        """The call; raises the vendor's 404."""
        found = self.calls.get(cid)
        if found is None:
            raise call_not_found(cid)
        return found

    def user(self, user_id: str) -> User:
        """The user; raises the vendor's 404."""
        found = self.users.get(user_id)
        if found is None:
            raise user_not_found(user_id)
        return found

    def check_admitted(self, caller: Caller) -> None:
        """Raises the vendor's 403 for a user who was deactivated or deleted, 401 for a revoked token."""
        user = self.users.get(caller.user_id) if caller.user_id else None
        check_not_revoked(caller, user, self.app.revoke_tokens_issued_before)
        if user and (user.deactivated_at or user.deleted_at):
            raise gone(user.id, "deactivated" if user.deactivated_at else "deleted")
        if caller.user_id and self.users.was_deleted(caller.user_id):
            raise gone(caller.user_id, "deleted")

    def capabilities(self, caller: Caller, call: Call) -> frozenset[str]:
        """What `caller` may do in `call`: a server, everything."""
        if caller.server:
            return grants.EVERYTHING
        if not caller.user_id:
            return frozenset()
        return call.capabilities(self.user(caller.user_id), caller.roles_in(call.cid))

    def require(self, caller: Caller, call: Call, capability: str) -> None:
        """Raises the vendor's 403 unless `caller` has `capability` in `call`."""
        if capability not in self.capabilities(caller, call):
            raise self.refusal(caller, call, capability)

    def refusal(self, caller: Caller, call: Call, capability: str) -> Exception:
        """The vendor's 403 for a `caller` without `capability`."""
        user = self.user(caller.user_id or "")
        return not_allowed(user.id, user.role, action(capability), f"video:{call.type.name}")

    async def end(self, call: Call, ender: User | None = None) -> None:
        """End `call` for everybody, for good. Nobody does when its time is over."""
        if call.ended_at is not None:
            return
        call.ended_at = call.updated_at = self.source.now()
        shown, by = call_response(call), user_response(ender) if ender else None
        detail = {"call": shown, "reason": "ended", "user": by}
        self.publisher.publish(call, "call.ended", detail, ender.id if ender else None)
        await self.media.end_call(call.cid, "ended")
        self.sessions.close(call)

    async def reset(self) -> None:
        """As just started: nobody, no call, no connection, no fault, the clock right, an empty journal."""
        # Whoever asks while this waits asks the old world: all of it goes at one moment, afterwards.
        await self.media.reset()
        await self.recordings.close()
        self.publisher.close_all()
        self.ringing.stop()
        self.sessions.stop()
        self.calls.clear()
        self.app.reset()
        self.roles.reset()
        self.call_types.reset()
        self.limits.clear()
        self.users.clear()
        self.tasks.clear()
        self.storages.clear()
        self.block_lists.clear()
        self.faults.clear()
        self.source.reset()
        self.journal.clear()
        await self.outbox.reset()

    async def close(self) -> None:
        """Stop: no timer and no connection is left."""
        self.ringing.stop()
        self.sessions.stop()
        await self.recordings.close()
        self.publisher.close_all()
        await self.media.close()
        await self.outbox.close()
