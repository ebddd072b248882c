"""A page of the harness's own in a browser under test: it looks for devices, and sees what they give.

A browser in a container is told by nobody that a device came or went: some page must ask it to look. A page
of our own does, so that no page under test is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ADDRESS = "https://devices.test/"  # secure, and served by nobody: it is answered within the browser
LOOK = "async () => (await navigator.mediaDevices.enumerateDevices()).map((device) => device.kind)"
# A look alone may be answered from what the browser remembers, and start no process.
CAPTURE = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) track.stop();
}"""
# The mean brightness (0..255) of a frame of the camera, once one is there.
BRIGHTNESS = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  try {
    const video = Object.assign(document.createElement("video"), { srcObject: stream, muted: true });
    await video.play();
    await new Promise((seen) => video.requestVideoFrameCallback(seen));
    const canvas = new OffscreenCanvas(32, 18).getContext("2d");
    canvas.drawImage(video, 0, 0, 32, 18);
    const { data } = canvas.getImageData(0, 0, 32, 18);
    return data.filter((_, at) => at % 4 === 1).reduce((sum, green) => sum + green, 0) / (32 * 18);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}"""
# The loudest sample (0..1) of what the microphone hears in a third of a second: a clip has a pulse in each.
LOUDNESS = """async () => {
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext({ sinkId: { type: "none" } });
  try {
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(2048);
    let loudest = 0;
    for (const end = performance.now() + 350; performance.now() < end;) {
      await new Promise((later) => setTimeout(later, 20));
      analyser.getFloatTimeDomainData(wave);
      loudest = wave.reduce((most, sample) => Math.max(most, Math.abs(sample)), loudest);
    }
    return loudest;
  } finally {
    await context.close();
    for (const track of stream.getTracks()) track.stop();
  }
}"""


class OwnPage:
    """In `browser`, with every permission; opened at its first use."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def look(self) -> list[str]:
        """Have the browser look for devices; returns their kinds: `videoinput`, `audioinput` ..."""
        kinds: list[str] = self._opened().evaluate(LOOK)
        return kinds

    def capture(self) -> None:
        """Have both devices captured for a moment, which starts the browser's processes for them."""
        self._opened().evaluate(CAPTURE)

    def brightness(self) -> float:
        """Of the camera's picture, 0..255; it is captured for a moment."""
        return float(self._opened().evaluate(BRIGHTNESS))

    def loudness(self) -> float:
        """Of what the microphone hears, 0..1; it is captured for a moment."""
        return float(self._opened().evaluate(LOUDNESS))

    def _opened(self) -> Page:
        if self._page is None or self._page.is_closed():
            context = self._browser.new_context(permissions=["camera", "microphone"])
            context.route(
                ADDRESS, lambda route: route.fulfill(content_type="text/html", body="<!doctype html>")
            )
            self._page = context.new_page()
            self._page.goto(ADDRESS)
        return self._page
