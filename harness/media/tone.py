"""The tone in a microphone clip: which clip it is, heard after Opus, echo cancelling and noise suppression.

A steady tone is background noise to a browser and is turned down to almost nothing; short pulses pass as
speech does. Frequencies are in the range of speech, 12 Hz apart; neighbouring ids are far from each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Spectrum = npt.NDArray[np.floating[Any]]
Samples = npt.NDArray[np.float64] | npt.NDArray[np.float32]

CLIPS = 256
LOWEST = 440.0  # Hz
STEP = 12.0  # Hz between two tones: far more than the reading errs by (1 Hz), so each belongs to one clip
STRIDE = 37  # odd, so that every id has a place of its own; clips 1 and 2 are 884 and 1328 Hz

SILENCE = 0.003  # root mean square, full scale = 1: the pulses arrive at 0.1 to 0.3
LEAST_SHARE = 0.5  # of the sound's energy at its dominant frequency: noise and speech have far less
PIECE = 0.01  # seconds; pauses are looked for in pieces this long
QUIETER = 0.5  # than the pulses, at least, is a pause
WIDTH = 25.0  # Hz to each side that still count as the tone: the pulses widen it
MIXED_IN = 0.05  # share of a second tone from which on it is heard too; of one clip alone it is below 0.01


@dataclass(frozen=True)
class Tone:
    """`hz` the dominant frequency; `level` the RMS (full scale = 1); `share` of the energy at `hz`.

    `mixed_in` is the frequency of a second tone that is heard beside it, or None.
    """

    hz: float
    level: float
    share: float
    mixed_in: float | None = None

    @property
    def decibels(self) -> float:
        """`level` in dB relative to full scale (dBFS); it is above SILENCE, so never endless."""
        return 20 * math.log10(self.level)

    @property
    def is_pure(self) -> bool:
        """Whether it is one tone at all, rather than noise or speech with a loudest frequency."""
        return self.share >= LEAST_SHARE


def tone_of(clip_id: int) -> float:
    """Frequency in Hz of the clip's tone. Raises ValueError for an id outside 0..255."""
    if not 0 <= clip_id < CLIPS:
        raise ValueError(f"expected a clip id of 0..{CLIPS - 1}, got {clip_id}")
    return LOWEST + STEP * (clip_id * STRIDE % CLIPS)


def clip_of(hz: float) -> int | None:
    """The clip whose tone this frequency is; None when it is no clip's."""
    place = round((hz - LOWEST) / STEP)
    if not 0 <= place < CLIPS or abs(hz - LOWEST - STEP * place) > STEP / 3:
        return None
    return place * pow(STRIDE, -1, CLIPS) % CLIPS


def dominant_frequency(samples: Samples, rate: float) -> Tone | None:
    """What is heard in `samples` (-1..1, mono, 0.3 s or more) at `rate` per second; None for silence."""
    sound = np.asarray(samples, np.float64)
    level = float(np.sqrt(np.mean(sound**2))) if sound.size else 0.0
    if level < SILENCE:
        return None
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    frequencies = np.fft.rfftfreq(sound.size, 1 / rate)
    power[frequencies < 100] = 0  # mains hum and offset are no tone
    hz, share = _strongest(power, frequencies)
    power[np.abs(frequencies - hz) <= 3 * WIDTH] = 0
    second, second_share = _strongest(power, frequencies)
    mixed_in = second if second_share * (1 - share) >= MIXED_IN else None
    return Tone(hz, level, share, mixed_in)


def pulses(samples: Samples, rate: float) -> bool:
    """Whether what is heard (0.3 s or more) has pauses, as a clip has; a sound that is stuck has none."""
    piece = max(1, round(PIECE * rate))
    sound = np.asarray(samples, np.float64)[: len(samples) // piece * piece].reshape(-1, piece)
    if not sound.size:
        return False
    quiet, loud = np.percentile(np.sqrt(np.mean(sound**2, axis=1)), (10, 90))
    return bool(quiet < QUIETER * loud)


def _strongest(power: Spectrum, frequencies: Spectrum) -> tuple[float, float]:
    """Frequency of the strongest tone, and its share of all the power."""
    near = np.abs(frequencies - frequencies[int(power.argmax())]) <= WIDTH
    total, tone = float(power.sum()), float(power[near].sum())
    # The centre of the peak's energy is finer than the transform's own bins (1.5 Hz for 0.7 s of sound).
    return float((power[near] * frequencies[near]).sum()) / max(tone, 1e-30), tone / max(total, 1e-30)
