"""The proof of sound, fed with sounds: red for its own reason, and never red on a good one."""

from __future__ import annotations

import base64

import numpy as np
import numpy.typing as npt
import pytest

from harness.browser.sound import SAMPLES, Heard, judge
from harness.media.clips import MICROPHONE_RATE, microphone_samples
from harness.media.tone import Tone, tone_of
from tests.unit.media.coded import opus

Sound = npt.NDArray[np.float64]
STARTS = range(0, 60_000, 1500)


def clip(clip_id: int = 1, seconds: float = 4.8) -> Sound:
    return np.resize(microphone_samples(clip_id), round(seconds * MICROPHONE_RATE))


def steady(hz: float) -> Sound:
    """What a stuck buffer, or a tone generator, gives: no pauses."""
    return 0.3 * np.sin(2 * np.pi * hz * np.arange(4.8 * MICROPHONE_RATE) / MICROPHONE_RATE)


def heard(sound: Sound) -> Heard:
    """What is made of these samples, had a page played them."""
    wire = base64.b64encode((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()).decode()
    return judge(
        {"elements": 1, "obstacles": [], "rate": MICROPHONE_RATE, "state": "running", "samples": wire}
    )


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        pytest.param(np.zeros(4 * MICROPHONE_RATE), "there is silence", id="silent"),
        pytest.param(clip(2), "the tone is another host's: that of clip 2 (1328 Hz)", id="another clip"),
        pytest.param(steady(4321.0), "the tone is no clip's: 4321 Hz instead of 884 Hz", id="another tone"),
        pytest.param(
            steady(tone_of(1)), "the sound is stuck: the right tone, but without its pauses", id="stuck"
        ),
        pytest.param(
            clip(1) + clip(2)[::-1] * 0.5, "the tone of clip 2 is mixed in (1328 Hz)", id="two at once"
        ),
    ],
)
def test_a_bad_sound_is_red_for_its_own_reason(sound: Sound, reason: str) -> None:
    assert {heard(sound[start:][:SAMPLES]).why_not(1) for start in STARTS} == {reason}


def test_noise_has_no_clear_tone() -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, SAMPLES)
    assert (heard(noise).why_not(1) or "").startswith("there is sound, but no clear tone in it")


@pytest.mark.parametrize("silent", [slice(0, SAMPLES // 2), slice(SAMPLES // 2, SAMPLES)])
def test_sound_of_which_only_one_end_is_left_is_no_proof(silent: slice) -> None:
    for start in STARTS:
        samples = clip()[start:][:SAMPLES].copy()
        assert heard(samples).why_not(1) is None
        samples[silent] = 0
        assert heard(samples).why_not(1) == "the sound has only just begun, or just stopped"


@pytest.mark.parametrize("seed", range(5))
def test_few_bits_noise_and_losses_are_no_reason(seed: int) -> None:
    """Opus at 16 kbit/s; of 100 packets of 20 ms 5 are lost, and bridged with what came before."""
    random = np.random.default_rng(seed)
    sound = opus(clip() + random.normal(0, 0.003, clip().size), 16_000)
    packet = MICROPHONE_RATE // 50
    for n in range(1, sound.size // packet):
        if random.random() < 0.05:
            sound[n * packet : (n + 1) * packet] = sound[(n - 1) * packet : n * packet]
    reasons = [heard(sound[20_000 + start :][:SAMPLES]).why_not(1) for start in STARTS]
    assert reasons == [None] * len(reasons)


@pytest.mark.parametrize(
    ("hz", "share", "another"),
    [
        (tone_of(2), 0.9, False),
        (tone_of(2) + 9, 0.9, False),  # stretched by a busy machine, into the place of clip 175
        (tone_of(1), 0.9, True),
        (tone_of(1), 0.2, False),  # noise that happens to be loudest there
    ],
)
def test_another_hosts_tone_is_told_from_a_strained_one(hz: float, share: float, another: bool) -> None:
    one = Heard(1, (), listening=True, tone=Tone(hz, 0.2, share), goes_on=True)
    assert one.is_another_hosts(2) is another
