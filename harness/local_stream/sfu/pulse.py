"""What a room tells its participants again and again: voices, the dominant speaker, connections."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from harness.local_stream.sfu.connection_quality import ConnectionQualities
from harness.local_stream.sfu.protocol import Message, events
from harness.local_stream.sfu.speakers import Speakers, Voice

if TYPE_CHECKING:
    from harness.local_stream.sfu.participant import Participant

VOICES_SECONDS = 0.5
# Chromium reports what it received about once in a second.
CONNECTIONS_EVERY = 4


class Pulse:
    """Of one room, by its `participants`; beats while somebody is there, and tells only what has changed."""

    def __init__(self, participants: Mapping[str, Participant]) -> None:
        self.speakers = Speakers()
        self.connections = ConnectionQualities()
        self._participants = participants
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.ensure_future(self._beat())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def shown(self, participant: Participant) -> Message:
        """`models.Participant`, as it is now."""
        key = participant.session_id
        voice, model = self.speakers.voices.get(key, Voice()), participant.as_model()
        model.audio_level, model.is_speaking = voice.level, voice.is_speaking
        model.is_dominant_speaker = key == self.speakers.dominant
        model.connection_quality = self.connections.of(key)
        return model

    def tell_voices(self) -> None:
        """`audio_level_changed` of who sounds otherwise, and `dominant_speaker_changed`."""
        changed = self.speakers.listen({key: each.loudness() for key, each in self._participants.items()})
        if changed:
            levels = [self._level(key, voice) for key, voice in changed.items()]
            self._tell(events.SfuEvent(audio_level_changed=events.AudioLevelChanged(audio_levels=levels)))
        if self.speakers.elect():
            dominant = self._participants[self.speakers.dominant or ""]
            told = events.DominantSpeakerChanged(user_id=dominant.user.id, session_id=dominant.session_id)
            self._tell(events.SfuEvent(dominant_speaker_changed=told))

    def tell_connections(self) -> None:
        """`connection_quality_changed` of whose connection is otherwise."""
        changed = self.connections.judge({key: each.lost() for key, each in self._participants.items()})
        if changed:
            updates = [self._quality(key, quality) for key, quality in changed.items()]
            told = events.ConnectionQualityChanged(connection_quality_updates=updates)
            self._tell(events.SfuEvent(connection_quality_changed=told))

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(VOICES_SECONDS)
            beats += 1
            self.tell_voices()
            if beats % CONNECTIONS_EVERY == 0:
                self.tell_connections()

    def _level(self, session_id: str, voice: Voice) -> Message:
        return events.AudioLevel(
            user_id=self._participants[session_id].user.id,
            session_id=session_id,
            level=voice.level,
            is_speaking=voice.is_speaking,
        )

    def _quality(self, session_id: str, quality: int) -> Message:
        user_id = self._participants[session_id].user.id
        return events.ConnectionQualityInfo(
            user_id=user_id, session_id=session_id, connection_quality=quality
        )

    def _tell(self, event: Message) -> None:
        everybody: Collection[Participant] = self._participants.values()
        for participant in everybody:
            participant.send(event)
