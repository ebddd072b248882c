"""All calls that the SFU carries, and the check of who may enter which."""

from __future__ import annotations

from harness.local_stream.sfu.errors import SfuError, participant_not_found
from harness.local_stream.sfu.media_faults import MediaFaults
from harness.local_stream.sfu.participant import Participant
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.publish_options import CameraOptions
from harness.local_stream.sfu.room import Room, SfuObserver
from harness.local_stream.sfu.token import Grant, verify
from harness.local_stream.sfu.transport import Identity

# Clients ping every 5 s and give up after 12 s; the SFU gives up on a silent client a little later.
SILENCE_SECONDS = 15.0
VANISH_SECONDS = 10.0


class Rooms:
    """Rooms by call cid; a room appears when somebody enters, and stays until `close`."""

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

    def grant(self, token: str) -> Grant:
        """What `token` allows; raises SfuError UNAUTHENTICATED."""
        return verify(self._secret, token)

    def room(self, cid: str) -> Room:
        if cid not in self._rooms:
            self._rooms[cid] = Room(cid, self._identity, self._observer, self.vanish_seconds, self._faults)
        return self._rooms[cid]

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

    async def close(self) -> None:
        """Drop every call."""
        rooms, self._rooms = self._rooms, {}
        for room in rooms.values():
            await room.close()
