"""Calls: their members, and the session that people are in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from harness.local_stream.coordinator import grants
from harness.local_stream.coordinator.call_settings import Settings
from harness.local_stream.coordinator.call_types import CallType
from harness.local_stream.coordinator.users import User
from harness.local_stream.media import RecordedFile

# What a call keeps of its past, the latest of each.
MOST_PAST_SESSIONS = 100
MOST_FEEDBACK = 1_000
# The role in a call of a member who was given none.
MEMBER = "call_member"


@dataclass
class Member:
    """A user's place in a call, whether or not they joined."""

    user: User
    created_at: datetime
    updated_at: datetime
    role: str | None = None
    custom: dict[str, object] = field(default_factory=dict)


@dataclass
class Participant:
    """A user in a session. `user_session_id` is the SFU's: one for each device or tab."""

    user: User
    user_session_id: str
    joined_at: datetime


@dataclass(frozen=True)
class Joined:
    """With what a user joined last: the roles of the token, and what the SFU was told that it may do."""

    roles: tuple[str, ...]
    capabilities: frozenset[str]


@dataclass
class Session:
    """From the first who joins to the end of the call, or until nobody was there for a while."""

    id: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    live_started_at: datetime | None = None
    live_ended_at: datetime | None = None
    # When the session's timer ends the call.
    timer_ends_at: datetime | None = None
    participants: dict[str, Participant] = field(default_factory=dict)
    accepted_by: dict[str, datetime] = field(default_factory=dict)
    rejected_by: dict[str, datetime] = field(default_factory=dict)
    missed_by: dict[str, datetime] = field(default_factory=dict)
    # By user who was let in and is not there yet: until when there is a place for them.
    places: dict[str, datetime] = field(default_factory=dict)
    # How often somebody joined, who did, and the most at one time.
    visits: int = 0
    visitors: set[str] = field(default_factory=set)
    most_at_once: int = 0

    def enter(self, participant: Participant) -> None:
        """Let somebody in."""
        self.participants[participant.user_session_id] = participant
        self.places.pop(participant.user.id, None)
        self.visits += 1
        self.visitors.add(participant.user.id)
        self.most_at_once = max(self.most_at_once, len(self.participants))

    def count_by_role(self) -> dict[str, int]:
        """Participants by their users' role."""
        counts: dict[str, int] = {}
        for participant in self.participants.values():
            counts[participant.user.role] = counts.get(participant.user.role, 0) + 1
        return counts


@dataclass(frozen=True)
class Feedback:
    """What a user said of a call. `user_id` is empty when a server said it."""

    user_id: str
    session_id: str
    rating: int
    reason: str
    sdk: str
    sdk_version: str
    custom: dict[str, object]


@dataclass
class Recording:
    """One recording of a session; `file` is there when it has ended and came to something."""

    type: str
    egress_id: str
    session_id: str
    started_at: datetime
    base_url: str
    ended_at: datetime | None = None
    file: RecordedFile | None = None


@dataclass
class Call:
    """One call. `recorders` are the recordings that run, by type; `recordings` those with a file."""

    type: CallType
    id: str
    created_by: User
    created_at: datetime
    updated_at: datetime
    settings: Settings
    backstage: bool
    custom: dict[str, object] = field(default_factory=dict)
    team: str | None = None
    starts_at: datetime | None = None
    ended_at: datetime | None = None
    members: dict[str, Member] = field(default_factory=dict)
    session: Session | None = None
    past_sessions: dict[str, Session] = field(default_factory=dict)
    blocked_user_ids: list[str] = field(default_factory=list)
    # Capabilities of single users here, beside (or in spite of) those of their roles.
    granted: dict[str, frozenset[str]] = field(default_factory=dict)
    revoked: dict[str, frozenset[str]] = field(default_factory=dict)
    # By user, whoever was given credentials for the SFU.
    joined: dict[str, Joined] = field(default_factory=dict)
    recorders: dict[str, Recording] = field(default_factory=dict)
    recordings: list[Recording] = field(default_factory=list)
    deleted: bool = False
    feedback: deque[Feedback] = field(default_factory=lambda: deque(maxlen=MOST_FEEDBACK))
    # Where the API was for who joined last: addresses of what is recorded unasked begin with it.
    base_url: str = ""

    @property
    def cid(self) -> str:
        return f"{self.type.name}:{self.id}"

    @property
    def join_ahead_seconds(self) -> int:
        """How long before `starts_at` a call in backstage opens."""
        return self.settings["backstage"]["join_ahead_time_seconds"] or 0

    def close_session(self, session: Session) -> None:
        """`session` is over; with too many of them, the first is forgotten."""
        self.past_sessions[session.id] = session
        if len(self.past_sessions) > MOST_PAST_SESSIONS:
            del self.past_sessions[next(iter(self.past_sessions))]
        self.session = None

    def started_sessions(self) -> list[Session]:
        """The sessions that somebody came to, the latest last."""
        sessions = [*self.past_sessions.values(), *([self.session] if self.session else [])]
        return [session for session in sessions if session.started_at is not None]

    def newest_members(self) -> list[Member]:
        """The members as the vendor lists them: the newest first; those of one moment by user id."""
        by_id = sorted(self.members.values(), key=lambda member: member.user.id)
        return sorted(by_id, key=lambda member: member.created_at, reverse=True)

    def capabilities(self, user: User, also: Iterable[str] = ()) -> frozenset[str]:
        """What `user` may do here: nothing, while blocked.

        `also` are roles beside those of the user and the member.
        """
        if user.id in self.blocked_user_ids:
            return frozenset()
        member = self.members.get(user.id)
        roles = [user.role, *([member.role or MEMBER] if member else []), *also]
        held = grants.capabilities(self.type.grants, roles, owner=user.id == self.created_by.id)
        return (held | self.granted.get(user.id, frozenset())) - self.revoked.get(user.id, frozenset())

    def capabilities_inside(self, user: User) -> frozenset[str]:
        """What `user` may do with the roles of the token with which it joined, too."""
        joined = self.joined.get(user.id)
        return self.capabilities(user, joined.roles if joined else ())

    def in_backstage(self, now: datetime) -> bool:
        """Closed to who may not join backstage: not live, and not yet in the time of joining ahead."""
        if not self.backstage:
            return False
        if self.starts_at is None or self.join_ahead_seconds == 0:
            return True
        # Not as a time: that of a call in the year 1 is before all times.
        return (self.starts_at - now).total_seconds() > self.join_ahead_seconds


class Calls:
    """All calls by cid, oldest first."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls.values())

    def get(self, cid: str) -> Call | None:
        """The call with this `type:id`, or None."""
        return self._calls.get(cid)

    def add(self, call: Call) -> None:
        """Keep a new call."""
        self._calls[call.cid] = call

    def remove(self, call: Call) -> None:
        """Forget `call`."""
        if self._calls.get(call.cid) is call:
            del self._calls[call.cid]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
