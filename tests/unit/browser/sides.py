"""Two pages, of a host and of a viewer, that talk to each other with no server between them."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from harness.browser.probe import Probe

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
