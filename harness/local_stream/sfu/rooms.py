"""All calls that the SFU carries, and the check of who may enter which."""

from __future__ import annotations

import time

from harness.local_stream.sfu.errors import SfuError, participant_not_found
from harness.local_stream.sfu.media_faults import MediaFaults
from harness.local_stream.sfu.participant import Participant
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.publish_options import CameraOptions
from harness.local_stream.sfu.room import Room, SfuObserver
from harness.local_stream.sfu.token import Grant, verify
from harness.local_stream.sfu.transport import Identity

# Clients ping every 5 s, those of version 1.0 every 10 s, and give up after 12 or 15 s. The SFU gives up on a
# silent client later, so that one late ping of a busy page is not the end of its session.
SILENCE_SECONDS = 25.0
VANISH_SECONDS = 10.0
REST_SECONDS = 60.0


class Rooms:
    """Rooms by call cid; a room appears when somebody enters, and goes some time after it was needed."""

    def __init__(
        self,
        secret: str,
        observer: SfuObserver,
        *,
        faults: MediaFaults,
        camera: CameraOptions,
        vanish_seconds: float,
        silence_seconds: float,
    ) -> None:
        self.camera = camera
        self.vanish_seconds = vanish_seconds
        self.silence_seconds = silence_seconds
        self._faults = faults
        self._secret = secret
        self._observer = observer
        self._identity = Identity()
        self._rooms: dict[str, Room] = {}
        # When somebody last wanted to enter each room, or was sent away from it.
        self._asked: dict[str, float] = {}

    def grant(self, token: str) -> Grant:
        """What `token` allows; raises SfuError UNAUTHENTICATED."""
        return verify(self._secret, token)

    def room(self, cid: str) -> Room:
        self._asked[cid] = now = time.time()
        if cid not in self._rooms:
            self.sweep(now)
            self._rooms[cid] = Room(cid, self._identity, self._observer, self.vanish_seconds, self._faults)
        return self._rooms[cid]

    def sweep(self, now: float) -> None:
        """Drop the rooms that nobody needs. Who is entering one has asked for it a moment ago."""
        for cid, room in list(self._rooms.items()):
            if now - self._asked[cid] > REST_SECONDS and not room.needed(now):
                del self._rooms[cid], self._asked[cid]

    def find(self, cid: str) -> Room | None:
        return self._rooms.get(cid)

    def participant(self, grant: Grant, session_id: str) -> tuple[Room, Participant]:
        """The session of the token's own user; raises SfuError CALL_NOT_FOUND or PARTICIPANT_NOT_FOUND."""
        room = self._rooms.get(grant.cid)
        if room is None:
            raise SfuError(models.ERROR_CODE_CALL_NOT_FOUND, f"nobody is in call {grant.cid!r}: join first")
        participant = room.participants.get(session_id)
        if participant is None or participant.user.id != grant.user.id:
            raise participant_not_found(session_id)
        return room, participant

    def all(self) -> list[Room]:
        return list(self._rooms.values())

    async def break_off(self) -> None:
        """Drop every call as a crash would."""
        rooms, self._rooms = self._rooms, {}
        for room in rooms.values():
            await room.break_off()

    async def close(self) -> None:
        """Drop every call."""
        rooms, self._rooms = self._rooms, {}
        self._asked.clear()
        for room in rooms.values():
            await room.close()
