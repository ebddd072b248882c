"""Two pages, of a host and of a viewer, that talk to each other with no server between them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Frame, Locator, Page

from harness.browser.probe import Probe
from harness.errors import Finding

LONG = 30.0  # seconds for what must come: on a busy machine connections and encoders start slowly

OFFER = """async (constraints) => {
  window.stream = await navigator.mediaDevices.getUserMedia(constraints);
  const pc = window.pc = new RTCPeerConnection();
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
  await pc.setLocalDescription();
  if (pc.iceGatheringState !== "complete") await new Promise((done) => {
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
  });
  return pc.localDescription.sdp;
}"""

ANSWER = """async (sdp) => {
  const pc = window.pc = new RTCPeerConnection();
  pc.ontrack = ({ track }) => {
    const element = document.querySelector(track.kind);
    element.srcObject = new MediaStream([track]);
  };
  await pc.setRemoteDescription({ type: "offer", sdp });
  await pc.setLocalDescription();
  if (pc.iceGatheringState !== "complete") await new Promise((done) => {
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
  });
  return pc.localDescription.sdp;
}"""


@dataclass
class Side:
    """A page of one side, and the probe that watches it."""

    page: Page
    probe: Probe
    view: Page | Frame = field(init=False)

    def __post_init__(self) -> None:
        self.view = self.page

    @property
    def video(self) -> Locator:
        return self.page.get_by_label("Live picture")


def send(host: Side, viewer: Side, *, audio: bool = True, video: bool = True, instead: str = "") -> None:
    """The host captures and sends to the viewer, who plays what arrives.

    `instead` is what to do in the host's page between capturing and sending.
    """
    offer = host.page.evaluate(OFFER, {"audio": audio, "video": video})
    if instead:
        host.page.evaluate(instead)
    answer = viewer.page.evaluate(ANSWER, offer)
    host.page.evaluate("(sdp) => pc.setRemoteDescription({ type: 'answer', sdp })", answer)


def never_proven(prove: Callable[[], object], reason: str) -> None:
    """`prove` fails, and soon for this reason; before that it may fail because nothing has arrived yet."""
    end = time.monotonic() + LONG
    while True:
        with pytest.raises(Finding) as raised:
            prove()
        if re.search(reason, str(raised.value)):
            return
        assert time.monotonic() < end, f"expected the reason {reason!r}, came: {raised.value}"
