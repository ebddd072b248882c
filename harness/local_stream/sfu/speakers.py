"""Who speaks, how loudly, and who speaks most: from what the publishers' packets say of their own sound.

Source: RFC 6464 (audio level: -dBov in seven bits). Stream's level goes from 0 to 1: read as amplitude.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SILENCE = 127  # -dBov
# What a microphone hears of an empty room is below that, speech above.
SPEAKING = 45  # -dBov
# Who is not at least so much louder does not take the floor from who speaks.
LOUDER = 2.0


class Loudness:
    """Of one track: the loudest of the packets since it was last asked."""

    def __init__(self) -> None:
        self._lowest = SILENCE

    def hear(self, extension: bytes) -> None:
        """The value of a packet's audio-level extension."""
        if extension:
            self._lowest = min(self._lowest, extension[0] & 0x7F)

    def take(self) -> int:
        """-dBov; silence when nothing came."""
        lowest, self._lowest = self._lowest, SILENCE
        return lowest


@dataclass(frozen=True)
class Voice:
    """How somebody sounds now; `level` from 0 to 1."""

    level: float = 0.0
    is_speaking: bool = False

    @classmethod
    def of(cls, loudness: int) -> Voice:
        return cls(0.0 if loudness >= SILENCE else round(10 ** (-loudness / 20), 3), loudness <= SPEAKING)


class Speakers:
    """Voices by session id, as they were last told."""

    def __init__(self) -> None:
        self.voices: dict[str, Voice] = {}
        self.dominant: str | None = None

    def listen(self, loudness: Mapping[str, int]) -> dict[str, Voice]:
        """The voices of all who are there now; which of them are others than before."""
        now = {session_id: Voice.of(each) for session_id, each in loudness.items()}
        changed = {key: voice for key, voice in now.items() if voice != self.voices.get(key, Voice())}
        self.voices = now
        return changed

    def elect(self) -> bool:
        """Whether somebody else is the dominant speaker now; in silence, who spoke last stays."""
        speaking = {key: voice.level for key, voice in self.voices.items() if voice.is_speaking}
        if self.dominant not in self.voices:
            self.dominant = None
        if not speaking:
            return False
        loudest = max(speaking, key=lambda key: speaking[key])
        held = speaking.get(self.dominant or "", 0.0)
        if loudest == self.dominant or speaking[loudest] < held * LOUDER:
            return False
        self.dominant = loudest
        return True
