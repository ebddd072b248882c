"""Proof of picture in a real browser: given by a host's live camera, and red for its own reason otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.eventually import eventually
from harness.browser.picture import Look
from harness.browser.proof import prove_picture
from harness.errors import Finding
from tests.unit.browser.sides import LONG, Side, never_proven, send

NewHost = Callable[..., Side]
WITHIN = 2.5  # seconds of one attempt that must fail: enough to tell a frozen picture, and one that stutters


# Sends a canvas instead of the camera: PAINT draws its `n`th picture, and `own` shows the camera's.
CANVAS = """async () => {
  const own = Object.assign(document.createElement("video"), { srcObject: stream, muted: true });
  document.body.append(own);
  await own.play();
  await new Promise((shown) => own.requestVideoFrameCallback(shown));
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const draw = canvas.getContext("2d");
  let n = 0;
  setInterval(() => { n += 1; PAINT }, 50);
  const [track] = canvas.captureStream(20).getVideoTracks();
  await pc.getSenders().find((sender) => sender.track?.kind === "video").replaceTrack(track);
}"""


def wait_for(viewer: Side, arrived: Callable[[Look, Look], bool]) -> None:
    """Until what the host did has `arrived`, judged by two looks at the viewer's picture after another."""
    looks = [Look.at(viewer.video)]

    def why_not_yet() -> str | None:
        now = Look.at(viewer.video)
        if arrived(looks[-1], now):
            return None
        if now.decoded != looks[-1].decoded:
            looks.append(now)
        return "What the host did does not arrive."

    eventually(why_not_yet, within=LONG)


@pytest.mark.parametrize(("profile", "clip_id"), [("host_a", 1), ("host_b", 2)])
def test_a_host_is_seen(new_host: NewHost, viewer: Side, profile: str, clip_id: int) -> None:
    send(new_host(profile), viewer)
    proof = prove_picture(viewer.video, clip_id, within=LONG)
    assert proof.frames >= 5
    assert proof.first != proof.last
    assert {proof.first.clip_id, proof.last.clip_id} == {clip_id}


def test_another_host_is_not_taken_for_this_one(new_host: NewHost, viewer: Side) -> None:
    send(new_host("host_b"), viewer)
    never_proven(
        lambda: prove_picture(viewer.video, 1, within=WITHIN), "another host's: it bears the mark of clip 2"
    )


def test_a_frozen_camera_is_seen_as_frozen(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    send(host, viewer)
    prove_picture(viewer.video, 1, within=LONG)
    host.page.evaluate("pc.getSenders().find((s) => s.track?.kind === 'video').replaceTrack(null)")
    wait_for(viewer, lambda before, now: now.decoded == before.decoded and now.t - before.t > 1)
    never_proven(lambda: prove_picture(viewer.video, 1, within=WITHIN), "frozen: no frame was decoded")


def test_a_still_that_is_sent_over_and_over_is_frozen_too(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    # One frame of the camera, kept; a corner that nobody sees changes, so that frames go on being sent.
    paint = (
        "if (n === 1) draw.drawImage(own, 0, 0);"
        "draw.fillStyle = `rgb(${n % 2},0,0)`; draw.fillRect(0, 0, 2, 2)"
    )
    send(host, viewer, instead=CANVAS.replace("PAINT", paint))
    never_proven(
        lambda: prove_picture(viewer.video, 1, within=WITHIN),
        r"frozen: \d+ frames were decoded in .*, all the same",
    )


def test_a_track_that_is_switched_off_is_black(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    send(host, viewer)
    prove_picture(viewer.video, 1, within=LONG)
    host.page.evaluate("stream.getVideoTracks()[0].enabled = false")
    wait_for(viewer, lambda _, now: now.mark is None)
    never_proven(lambda: prove_picture(viewer.video, 1, within=WITHIN), "the picture is black")


@pytest.mark.parametrize(
    ("paint", "reason"),
    [
        pytest.param(
            "draw.fillStyle = `rgb(0,${200 + n % 3},0)`; draw.fillRect(0, 0, 640, 360)",
            "one plain colour: green",
            id="green",
        ),
        pytest.param(
            "const image = draw.createImageData(640, 360);"
            "for (let i = 0; i < image.data.length; i += 4) "
            "{ image.data[i] = image.data[i + 1] = image.data[i + 2] = Math.random() * 255; "
            "image.data[i + 3] = 255 } draw.putImageData(image, 0, 0)",
            "no clip's mark can be read",
            id="noise",
        ),
        pytest.param(
            "draw.setTransform(-1, 0, 0, -1, 640, 360); draw.drawImage(own, 0, 0)",
            "the picture is upside down: so stands the mark of clip 1",
            id="upside down",
        ),
    ],
)
def test_another_picture_is_no_proof(new_host: NewHost, viewer: Side, paint: str, reason: str) -> None:
    host = new_host()
    send(host, viewer, instead=CANVAS.replace("PAINT", paint))
    never_proven(lambda: prove_picture(viewer.video, 1, within=WITHIN), reason)


def test_scaled_down_and_slow_is_still_proof(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    send(host, viewer)
    host.page.evaluate(
        "stream.getVideoTracks()[0].applyConstraints({ width: 160, height: 90, frameRate: 5 })"
    )
    proof = prove_picture(viewer.video, 1, within=LONG)
    assert proof.look.size[0] <= 640


def test_one_frame_a_second_is_no_proof(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    send(host, viewer, instead=CANVAS.replace("PAINT", "if (n % 20 === 1) draw.drawImage(own, 0, 0)"))
    never_proven(lambda: prove_picture(viewer.video, 1, within=WITHIN), "the picture stutters")


def test_what_came_before_the_host_was_there_is_no_proof(new_host: NewHost, viewer: Side) -> None:
    send(new_host(), viewer)
    came = prove_picture(viewer.video, 1, within=LONG).look.arrived
    assert came is not None
    with pytest.raises(Finding, match=r"of an earlier session: its stream came 1\.0 s too early"):
        prove_picture(viewer.video, 1, within=0.3, since=came + 1)
    prove_picture(viewer.video, 1, within=LONG, since=came - 1)


def test_what_a_closed_connection_leaves_is_no_proof(new_host: NewHost, viewer: Side) -> None:
    send(new_host(), viewer)
    prove_picture(viewer.video, 1, within=LONG)
    viewer.page.evaluate("pc.close()")
    with pytest.raises(Finding, match="what was left when its stream ended"):
        prove_picture(viewer.video, 1, within=0.3)


def test_before_anything_is_sent_nothing_is_shown(viewer: Side) -> None:
    with pytest.raises(Finding, match="no stream with a video track"):
        prove_picture(viewer.video, 1, within=0.3)
    with pytest.raises(Finding, match="there is no video element"):
        prove_picture(viewer.page.get_by_label("No such picture"), 1, within=0.3)


def test_a_hidden_picture_is_no_proof(new_host: NewHost, viewer: Side) -> None:
    send(new_host(), viewer)
    prove_picture(viewer.video, 1, within=LONG)
    viewer.video.evaluate("(video) => { video.style.visibility = 'hidden' }")
    with pytest.raises(Finding, match="not visible"):
        prove_picture(viewer.video, 1, within=0.5)


def test_a_picture_that_came_over_no_connection_is_no_proof(new_host: NewHost) -> None:
    host = new_host()
    host.page.evaluate(
        "async () => { document.querySelector('video').srcObject = "
        "await navigator.mediaDevices.getUserMedia({ video: true }) }"
    )
    with pytest.raises(Finding, match="not come over any of the page's peer connections"):
        prove_picture(host.video, 1, within=0.5)


def test_no_proof_when_only_sound_is_sent(new_host: NewHost, viewer: Side) -> None:
    send(new_host(), viewer, video=False)
    with pytest.raises(Finding, match="no stream with a video track"):
        prove_picture(viewer.video, 1, within=0.5)
