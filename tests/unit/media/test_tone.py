"""The tone is told from silence, noise and every other clip's tone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from harness.media.clips import MICROPHONE_RATE, microphone_samples
from harness.media.tone import CLIPS, Tone, clip_of, dominant_frequency, tone_of
from tests.unit.media.coded import opus

Sound = npt.NDArray[np.float64]
WINDOW = 32768  # samples: as many as the page reads at once


def clip(clip_id: int, seconds: float = 2.4) -> Sound:
    samples = microphone_samples(clip_id)
    return np.resize(samples, round(seconds * MICROPHONE_RATE))


def test_each_clip_has_a_tone_of_its_own_and_is_found_by_it() -> None:
    assert [clip_of(tone_of(clip_id)) for clip_id in range(CLIPS)] == list(range(CLIPS))


def test_half_of_full_scale_is_six_decibels_below_it() -> None:
    assert round(Tone(440.0, 0.5, 1.0).decibels, 2) == -6.02


@pytest.mark.parametrize("wrong", [-1, CLIPS])
def test_an_id_that_does_not_fit_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match=f"clip id .*got {wrong}"):
        tone_of(wrong)


@pytest.mark.parametrize("hz", [0, 100, 434, tone_of(1) + 6, 3507, 20_000])
def test_a_frequency_between_or_beyond_the_tones_is_no_clip(hz: float) -> None:
    assert clip_of(hz) is None


@pytest.mark.parametrize("clip_id", range(0, CLIPS, 5))
def test_every_tone_is_heard_within_2_hz_wherever_one_listens(clip_id: int) -> None:
    sound = clip(clip_id)
    for start in range(0, sound.size - WINDOW, 9000):
        heard = dominant_frequency(sound[start : start + WINDOW], MICROPHONE_RATE)
        assert heard is not None
        assert heard.is_pure
        assert abs(heard.hz - tone_of(clip_id)) < 2
        assert clip_of(heard.hz) == clip_id


@pytest.mark.parametrize("level", [0.02, 0.1, 1.0])
def test_loudness_does_not_matter(level: float) -> None:
    heard = dominant_frequency(clip(2)[:WINDOW] * level, MICROPHONE_RATE)
    assert heard is not None
    assert clip_of(heard.hz) == 2


def test_heard_through_opus_at_a_low_bit_rate_and_some_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, clip(2).size)
    heard = dominant_frequency(opus(clip(2) + noise, 16_000)[20_000:][:WINDOW], MICROPHONE_RATE)
    assert heard is not None
    assert heard.is_pure
    assert clip_of(heard.hz) == 2


@pytest.mark.parametrize(
    "samples", [np.zeros(WINDOW), clip(1)[:WINDOW] * 0.003, np.zeros(0)], ids=["digital", "faint", "nothing"]
)
def test_silence_is_no_tone(samples: Sound) -> None:
    assert dominant_frequency(samples, MICROPHONE_RATE) is None


def test_noise_is_heard_but_is_not_pure() -> None:
    heard = dominant_frequency(np.random.default_rng(2).normal(0, 0.1, WINDOW), MICROPHONE_RATE)
    assert heard is not None
    assert not heard.is_pure


@pytest.mark.parametrize("louder", [1.0, 0.3])
def test_two_hosts_at_once_are_noticed(louder: float) -> None:
    heard = dominant_frequency(clip(1)[:WINDOW] + louder * clip(2)[:WINDOW], MICROPHONE_RATE)
    assert heard is not None
    assert heard.mixed_in is not None
    assert {clip_of(heard.hz), clip_of(heard.mixed_in)} == {1, 2}


def test_one_host_alone_has_nothing_mixed_in() -> None:
    noise = np.random.default_rng(1).normal(0, 0.02, WINDOW)
    for clip_id in range(0, CLIPS, 5):
        heard = dominant_frequency(clip(clip_id)[:WINDOW] * 0.3 + noise, MICROPHONE_RATE)
        assert heard is not None
        assert heard.mixed_in is None
