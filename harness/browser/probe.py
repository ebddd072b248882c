"""Sees what a page asks of the browser's media and what its peer connections carry, and changes nothing."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from harness.browser.documents import ask_each

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Frame, Page

SCRIPT = Path(__file__).with_name("probe.js")
SPEAKS = "harness probe "
MOST_KEPT = 200

CAPTURING = 'window[Symbol.for("harness.probe")]?.capturing() ?? []'
MEDIA_BYTES = """async (direction) => {
  const sum = { audio: 0, video: 0 };
  for (const entry of await window[Symbol.for("harness.probe")].statistics()) {
    if (entry.type === "inbound-rtp" && direction === "in") sum[entry.kind] += entry.bytesReceived;
    if (entry.type === "outbound-rtp" && direction === "out") sum[entry.kind] += entry.bytesSent;
  }
  return sum;
}"""


@dataclass(frozen=True)
class MediaRequest:
    """One call of `method` (getUserMedia ...) by the page, and what the browser made of it.

    `t` unix seconds; `seconds` until the outcome; `outcome` is `pending`, `given` (with the kinds in
    `tracks`) or `refused` (with the browser's own `error_name`, `error_message` and `constraint`).
    `simulated`: the answer is a stand-in's, for a failure that no browser can be made to give.
    """

    t: float
    method: str
    constraints: Any
    outcome: str = "pending"
    seconds: float | None = None
    tracks: tuple[str, ...] = ()
    error_name: str | None = None
    error_message: str | None = None
    constraint: str | None = None
    simulated: bool = False

    @property
    def kinds(self) -> set[str]:
        """What it asks for: also `{}` and `null` ask, as WebIDL reads them, where `""` and 0 do not."""
        wanted = self.constraints if isinstance(self.constraints, dict) else {}
        asks = (kind for kind in ("audio", "video") if kind in wanted)
        return {kind for kind in asks if wanted[kind] or wanted[kind] in (None, {}, [])}

    def __str__(self) -> str:
        result = f"{self.error_name}: {self.error_message}" if self.error_name else self.outcome
        made = " (simulated)" if self.simulated else ""
        return f"{self.method}({json.dumps(self.constraints)}) -> {result}{made}"


@dataclass(frozen=True)
class Had:
    """From `t` on the page had `value` as its `what`: `camera permission`, or `devices` as JSON."""

    t: float
    what: str
    value: str


@dataclass(frozen=True)
class MediaBytes:
    """Payload bytes of RTP, over all peer connections of the open page, also those that are closed."""

    audio: int
    video: int

    @property
    def total(self) -> int:
        return self.audio + self.video


class Observer(Protocol):
    """Hears what the probe sees as soon as Playwright brings it; `t` is when it was, in unix seconds."""

    def media_settled(self, request: MediaRequest) -> None:
        """A request for camera, microphone or screen has its outcome."""

    def socket_opened(self, t: float, url: str, cid: str | None) -> None:
        """The page opened a WebSocket; `url` is without its query, `cid` is the call that the query named."""

    def stream_told(self, t: float, event: str, cid: str) -> None:
        """An event about the call `cid` came over a WebSocket."""


class Probe:
    """Watches `page`; make it before the first navigation."""

    def __init__(self, page: Page, observer: Observer | None = None) -> None:
        self.page = page
        self._observer = observer
        self._requests: dict[str, MediaRequest] = {}
        self._connections = 0
        self._first_frames: list[float] = []
        self._had: deque[Had] = deque(maxlen=MOST_KEPT)
        page.add_init_script(path=SCRIPT)
        page.on("console", self._hear)

    def media_requests(self) -> list[MediaRequest]:
        """Every request for camera, microphone or screen since the page was made, over reloads, in order."""
        self.page.evaluate("0")  # what the page said before this answer has been heard by now
        return list(self._requests.values())

    @property
    def heard_requests(self) -> list[MediaRequest]:
        """Those that were heard of so far, without asking the page, which may not answer any more."""
        return list(self._requests.values())

    @property
    def had(self) -> list[Had]:
        """Permissions and devices as they were seen so far, without asking the page."""
        return list(self._had)

    def first_frame_after(self, t: float) -> float | None:
        """When the first frame of a live picture was there, at or after `t` (both unix seconds)."""
        self.page.evaluate("0")
        return min((shown for shown in self._first_frames if shown >= t), default=None)

    def connections_made(self) -> int:
        """How many peer connections were ever made, over reloads."""
        self.page.evaluate("0")
        return self._connections

    def capturing(self, view: Page | Frame | None = None) -> list[str]:
        """Kinds (`audio`, `video`) with a captured track, or a clone of one, that has not ended: light on.

        Of `view` and the frames in it, when the app is in a frame.
        """
        return sorted({kind for kinds in ask_each(view or self.page, CAPTURING) for kind in kinds})

    def received_media_bytes(self) -> MediaBytes:
        """What the page has received. A page that made no peer connection has received nothing."""
        return self._media_bytes("in")

    def sent_media_bytes(self) -> MediaBytes:
        """What the page has sent."""
        return self._media_bytes("out")

    def _media_bytes(self, direction: str) -> MediaBytes:
        """Of the page and of the iframes in it."""
        found = list(ask_each(self.page, MEDIA_BYTES, direction))
        return MediaBytes(*(sum(one[kind] for one in found) for kind in ("audio", "video")))

    def _hear(self, message: ConsoleMessage) -> None:
        if not is_probe(message):
            return
        said = json.loads(message.text.removeprefix(SPEAKS))
        t = said["at"] / 1000
        match said:
            case {"connection": _}:
                self._connections += 1
            case {"picture": _}:
                self._first_frames.append(t)
            case {"has": what, "value": value}:
                self._had.append(Had(t, what, value if isinstance(value, str) else json.dumps(value)))
            case {"call": call, "method": method, "constraints": constraints}:
                simulated = bool(said.get("simulated"))
                self._requests[call] = MediaRequest(t, method, constraints, simulated=simulated)
            case {"call": call}:
                self._settle(call, t, said)
            case {"socket": url, "cid": cid} if self._observer:
                self._observer.socket_opened(t, url, cid)
            case {"event": event, "cid": cid} if self._observer:
                self._observer.stream_told(t, event, cid)

    def _settle(self, call: str, t: float, said: dict[str, Any]) -> None:
        asked = self._requests[call]
        settled = replace(
            asked,
            outcome=said["outcome"],
            seconds=t - asked.t,
            tracks=tuple(track["kind"] for track in said.get("tracks", ())),
            error_name=said.get("name"),
            error_message=said.get("message"),
            constraint=said.get("constraint"),
        )
        self._requests[call] = settled
        if self._observer is not None:
            self._observer.media_settled(settled)


def is_probe(message: ConsoleMessage) -> bool:
    """Whether a console line is the probe's own, not the page's."""
    return message.type == "debug" and message.text.startswith(SPEAKS)
