"""Proof of sound in a real browser: through echo cancelling, noise suppression, gain control and Opus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from harness.browser.eventually import eventually
from harness.browser.proof import prove_sound
from harness.browser.sound import Ears
from harness.errors import Finding
from harness.media.tone import tone_of
from tests.unit.browser.sides import LONG, Side, never_proven, send

NewHost = Callable[..., Side]
WITHIN = 1.0  # seconds of one attempt that must fail

# Sends a generated sound instead of the microphone: NODE is what plays in audio context `sound`.
INSTEAD = """async () => {
  const sound = new AudioContext({ sinkId: { type: "none" } });
  const out = sound.createMediaStreamDestination();
  NODE.connect(out);
  const [track] = out.stream.getTracks();
  await pc.getSenders().find((sender) => sender.track?.kind === "audio").replaceTrack(track);
}"""
NOISE = """(() => {
  const buffer = sound.createBuffer(1, 48000, 48000);
  buffer.getChannelData(0).forEach((_, i, all) => { all[i] = Math.random() * 0.4 - 0.2 });
  const noise = new AudioBufferSourceNode(sound, { buffer, loop: true });
  noise.start();
  return noise;
})()"""
WHISTLE = """(() => {
  const whistle = new OscillatorNode(sound, { frequency: 4321 });
  whistle.start();
  return whistle;
})()"""


@pytest.mark.parametrize(("profile", "clip_id"), [("host_a", 1), ("host_b", 2), ("no_camera", 1)])
def test_a_host_is_heard(new_host: NewHost, viewer: Side, profile: str, clip_id: int) -> None:
    send(new_host(profile), viewer, video=False)
    tone = prove_sound(viewer.page, clip_id, within=LONG)
    assert abs(tone.hz - tone_of(clip_id)) < 3
    assert tone.level > 0.03


def test_the_tone_stays_as_long_as_a_check_may_take(new_host: NewHost, viewer: Side) -> None:
    send(new_host(), viewer)
    with Ears(viewer.page) as ears:
        eventually(lambda: ears.hear().why_not(1), within=LONG)
        heard = []
        for _ in range(10):
            _one_second(viewer)
            heard.append(ears.hear())
    assert [one.why_not(1) for one in heard] == [None] * len(heard)
    assert min(one.tone.level for one in heard if one.tone) > 0.03


def test_another_host_is_not_taken_for_this_one(new_host: NewHost, viewer: Side) -> None:
    send(new_host("host_b"), viewer, video=False)
    never_proven(lambda: prove_sound(viewer.page, 1, within=WITHIN), "another host's: that of clip 2")


def test_a_microphone_that_is_switched_off_is_silence(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    send(host, viewer, video=False)
    with Ears(viewer.page) as ears:
        eventually(lambda: ears.hear().why_not(1), within=LONG)
        host.page.evaluate("stream.getAudioTracks()[0].enabled = false")
        eventually(lambda: None if ears.hear().tone is None else "The tone goes on.", within=LONG)
    never_proven(lambda: prove_sound(viewer.page, 1, within=WITHIN), "there is silence")
    host.page.evaluate("stream.getAudioTracks()[0].enabled = true")
    prove_sound(viewer.page, 1, within=LONG)


@pytest.mark.parametrize(("node", "reason"), [(NOISE, "no clear tone"), (WHISTLE, "no clip's: 43")])
def test_another_sound_is_no_proof(new_host: NewHost, viewer: Side, node: str, reason: str) -> None:
    send(new_host(), viewer, video=False, instead=INSTEAD.replace("NODE", node))
    never_proven(lambda: prove_sound(viewer.page, 1, within=WITHIN), reason)


@pytest.mark.parametrize(
    ("obstacle", "reason"),
    [
        ("audio.muted = true", "nothing is audible: the page's audio is muted"),
        ("audio.volume = 0", "nothing is audible: the page's audio is turned down to 0"),
        ("audio.pause()", "nothing is audible: the page's audio is paused"),
        ("audio.remove()", "no audio or video element"),
        (
            "const sound = new AudioContext(); const out = sound.createMediaStreamDestination(); "
            "const tone = new OscillatorNode(sound); tone.connect(out); tone.start(); "
            "audio.srcObject = out.stream",
            "not from any of the page's peer connections",
        ),
        ("pc.close()", "over: its stream has ended"),
    ],
)
def test_sound_that_arrives_and_is_not_played_is_no_proof(
    new_host: NewHost, viewer: Side, obstacle: str, reason: str
) -> None:
    send(new_host(), viewer, video=False)
    prove_sound(viewer.page, 1, within=LONG)
    viewer.page.evaluate(f"() => {{ const audio = document.querySelector('audio'); {obstacle} }}")
    with pytest.raises(Finding, match=reason):
        prove_sound(viewer.page, 1, within=0.5)


def test_two_hosts_at_once_are_not_one(new_host: NewHost, viewer: Side) -> None:
    send(new_host("host_a"), viewer, video=False)
    # A page that plays two parties: the first host's element is kept, the second host's is another one.
    viewer.page.evaluate(
        "() => document.querySelector('audio').after(Object.assign(new Audio(), { autoplay: true }))"
    )
    viewer.page.evaluate("() => { const [one, two] = document.querySelectorAll('audio'); one.before(two) }")
    send(new_host("host_b"), viewer, video=False)
    with Ears(viewer.page) as ears:
        eventually(lambda: None if _mixed(ears) else "The two hosts are not both heard.", within=LONG)
    for clip_id in (1, 2):
        prove = partial(prove_sound, viewer.page, clip_id, within=WITHIN)
        never_proven(prove, r"mixed in|another host")


def _mixed(ears: Ears) -> bool:
    tone = ears.hear().tone
    return tone is not None and tone.mixed_in is not None


def _one_second(viewer: Side) -> None:
    viewer.page.evaluate("() => new Promise((later) => setTimeout(later, 1000))")
