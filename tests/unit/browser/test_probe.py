"""The probe sees everything and changes nothing: the same page says the same with it and without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from harness.browser.eventually import eventually
from harness.browser.probe import Probe
from tests.unit.browser.drawing import DRAWS
from tests.unit.browser.sides import Side, send

NewWindow = Callable[..., BrowserContext]
NewSide = Callable[..., Side]

# Whatever a page could tell a stand-in from the native function by.
DESCRIBE = """() => {
  const describe = (f) => ({
    text: Function.prototype.toString.call(f), own: String(f), name: f.name, length: f.length, type: typeof f,
    keys: Reflect.ownKeys(f).map(String), proto: Object.getPrototypeOf(f) === Function.prototype,
    tag: Object.prototype.toString.call(f),
  });
  const closed = new RTCPeerConnection();
  const property = (owner, name) => {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(owner, name);
    return { ...flags, ...describe(value) };
  };
  class Mine extends RTCPeerConnection {}
  const pc = new RTCPeerConnection(), mine = new Mine();
  const thrown = (f) => { try { f(); return null } catch (e) { return [e.name, e.message] } };
  return {
    media: property(MediaDevices.prototype, "getUserMedia"),
    devices: property(MediaDevices.prototype, "enumerateDevices"),
    display: property(MediaDevices.prototype, "getDisplayMedia"),
    toString: property(Function.prototype, "toString"),
    peer: property(window, "RTCPeerConnection"),
    socket: property(window, "WebSocket"),
    source: (({ get, set, ...flags }) => ({ ...flags, get: describe(get), set: describe(set) }))(
      Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject")),
    wrongSource: thrown(() => { document.createElement("video").srcObject = 1 }),
    states: [WebSocket.CONNECTING, WebSocket.CLOSED, WebSocket.prototype.constructor === WebSocket],
    badSocket: [thrown(() => new WebSocket("no address")), thrown(() => WebSocket("ws://127.0.0.1"))],
    close: property(RTCPeerConnection.prototype, "close"),
    closes: [closed.close(), closed.close(), closed.connectionState, closed.signalingState],
    wrongClose: thrown(() => RTCPeerConnection.prototype.close.call({})),
    constructor: property(RTCPeerConnection.prototype, "constructor"),
    alias: window.webkitRTCPeerConnection === RTCPeerConnection,
    same: pc.constructor === RTCPeerConnection,
    instance: [pc instanceof RTCPeerConnection, mine instanceof Mine, mine instanceof RTCPeerConnection],
    names: Object.getOwnPropertyNames(window).length,
    keys: Object.keys(navigator.mediaDevices),
    tag: [String(pc), Object.prototype.toString.call(mine)],
    unnewed: thrown(() => RTCPeerConnection()),
    wrongSelf: thrown(() => Function.prototype.toString.call(1)),
    wrongArguments: thrown(() => new RTCPeerConnection(1)),
    text: String(function mine() { return 1 }),
  };
}"""
ASK = """async (constraints) => {
  const unhandled = [];
  window.addEventListener("unhandledrejection", (event) => {
    unhandled.push(event.reason.name);
    event.preventDefault();
  });
  const asked = navigator.mediaDevices.getUserMedia(constraints);
  const kind = [asked.constructor === Promise, Object.prototype.toString.call(asked)];
  const outcome = await asked.then(
    (stream) => stream.getTracks().map((track) => track.kind).sort(),
    (e) => [e.name, e.message, e.constructor.name, e.constraint, e.code],
  );
  navigator.mediaDevices.getUserMedia(constraints);  // nobody handles this one
  const illegal = await MediaDevices.prototype.getUserMedia.call({}, {}).catch((e) => [e.name, e.message]);
  await new Promise((later) => setTimeout(later, 300));
  return { kind, outcome, unhandled, illegal };
}"""


def ask_both(plain: Page, probed: Page, script: str, argument: object = None) -> tuple[object, object]:
    return plain.evaluate(script, argument), probed.evaluate(script, argument)


@pytest.fixture
def both(new_window: NewWindow, new_side: NewSide, page_url: str) -> Callable[..., tuple[Page, Side]]:
    """A page without a probe and one with it, of the same browser and with the same permissions."""

    def make(profile: str, *permissions: str) -> tuple[Page, Side]:
        plain = new_window(profile, *permissions).new_page()
        plain.goto(page_url)
        return plain, new_side(profile, *permissions)

    return make


def test_a_page_cannot_tell(both: Callable[..., tuple[Page, Side]]) -> None:
    plain, probed = both("no_devices")
    without, with_probe = ask_both(plain, probed.page, DESCRIBE)
    assert with_probe == without


@pytest.mark.parametrize(
    ("profile", "permissions", "constraints"),
    [
        ("host_a", ["camera", "microphone"], {"audio": True, "video": True}),
        ("host_a", ["camera", "microphone"], {"video": {"width": {"exact": 99999}}}),
        ("host_a", ["camera", "microphone"], {}),
        ("host_a", [], {"audio": True, "video": True}),
        ("no_camera", ["camera", "microphone"], {"video": True}),
        ("no_devices", ["camera", "microphone"], {"audio": True}),
    ],
)
def test_a_page_gets_the_browsers_own_outcome(
    both: Callable[..., tuple[Page, Side]],
    profile: str,
    permissions: list[str],
    constraints: dict[str, object],
) -> None:
    plain, probed = both(profile, *permissions)
    without, with_probe = ask_both(plain, probed.page, ASK, constraints)
    assert with_probe == without


def test_what_is_asked_of_the_devices_is_seen_with_its_outcome(new_side: NewSide) -> None:
    side = new_side("host_a", "camera")
    side.page.evaluate(
        """async () => {
          await navigator.mediaDevices.getUserMedia({ video: true });
          await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {});
          await navigator.mediaDevices.getUserMedia({ video: { width: { exact: 99999 } } }).catch(() => {});
        }"""
    )
    given, denied, over = side.probe.media_requests()
    assert (given.outcome, given.tracks, given.constraints) == ("given", ("video",), {"video": True})
    assert (denied.outcome, denied.error_name, denied.error_message) == (
        "refused",
        "NotAllowedError",
        "Permission denied",
    )
    assert (over.error_name, over.constraint) == ("OverconstrainedError", "width")
    assert [request.seconds is not None and request.seconds >= 0 for request in (given, denied, over)] == [
        True
    ] * 3
    assert given.t <= denied.t <= over.t
    assert str(denied) == 'getUserMedia({"audio": true}) -> NotAllowedError: Permission denied'


@pytest.mark.parametrize("video", ["true", "false", "undefined", "null", '""', "0", '"any"', "{}", "[]", "1"])
def test_a_request_asks_for_what_the_browser_gives(new_side: NewSide, video: str) -> None:
    side = new_side("host_a", "camera", "microphone")
    side.page.evaluate(
        f"async () => {{ await navigator.mediaDevices.getUserMedia({{ audio: true, video: {video} }}) }}"
    )
    (request,) = side.probe.media_requests()
    assert request.kinds == set(request.tracks)


def test_requests_are_remembered_over_a_reload(new_side: NewSide) -> None:
    side = new_side("host_a", "camera", "microphone")
    side.page.evaluate("async () => { await navigator.mediaDevices.getUserMedia({ video: true }) }")
    side.page.reload()
    assert side.probe.connections_made() == 0
    side.page.evaluate("() => { new RTCPeerConnection() }")
    side.page.evaluate("async () => { await navigator.mediaDevices.getUserMedia({ audio: true }) }")
    assert [request.constraints for request in side.probe.media_requests()] == [
        {"video": True},
        {"audio": True},
    ]
    assert side.probe.connections_made() == 1


def test_a_page_that_asks_for_nothing_is_seen_to_ask_for_nothing(viewer: Side) -> None:
    assert viewer.probe.media_requests() == []
    assert viewer.probe.connections_made() == 0
    assert viewer.probe.received_media_bytes().total == 0


def test_a_page_that_silences_its_console_is_still_seen(new_side: NewSide) -> None:
    side = new_side("host_a", "camera", "microphone")
    side.page.evaluate("() => { console.debug = console.log = () => {} }")
    side.page.evaluate("async () => { await navigator.mediaDevices.getUserMedia({ audio: true }) }")
    assert [request.outcome for request in side.probe.media_requests()] == ["given"]


def test_bytes_are_counted_for_each_side_and_kind(new_side: NewSide, viewer: Side) -> None:
    host = new_side("host_a", "camera", "microphone")
    send(host, viewer, video=False)
    received = viewer.probe.received_media_bytes
    eventually(lambda: None if received().audio else "Nothing was received.", within=30)
    got, sent = received(), host.probe.sent_media_bytes()
    assert got.video == 0
    assert sent.audio >= got.audio
    assert host.probe.received_media_bytes().total == viewer.probe.sent_media_bytes().total == 0
    viewer.page.evaluate("pc.close()")
    assert received().audio >= got.audio


def test_the_probe_is_in_every_frame_and_page_from_the_start(new_window: NewWindow, page_url: str) -> None:
    page = new_window("host_a", "camera", "microphone").new_page()
    probe = Probe(page)
    page.goto(page_url)
    page.evaluate(
        """async (url) => {
          const frame = document.createElement("iframe");
          frame.src = url;
          document.body.append(frame);
          await new Promise((loaded) => { frame.onload = loaded });
          await frame.contentWindow.navigator.mediaDevices.getUserMedia({ audio: true });
        }""",
        page_url,
    )
    assert [request.outcome for request in probe.media_requests()] == ["given"]


FRAMES = """async (url) => {
  const frame = Object.assign(document.createElement("iframe"), { src: url });
  document.body.append(frame);
  await new Promise((loaded) => { frame.onload = loaded });
}"""


@pytest.mark.parametrize(
    ("closed", "framed"), [(False, False), (True, False), (False, True)], ids=["page", "shadow", "iframe"]
)
def test_first_frame_is_seen_wherever_it_is_shown(
    viewer: Side, page_url: str, closed: bool, framed: bool
) -> None:
    if framed:
        viewer.page.evaluate(FRAMES, page_url)
    view = viewer.page.frames[1] if framed else viewer.page
    assert viewer.probe.first_frame_after(0.0) is None
    before = float(view.evaluate("performance.timeOrigin")) / 1000
    view.evaluate(DRAWS, closed)
    seen = viewer.probe.first_frame_after
    eventually(lambda: None if seen(before) else "No first frame was seen.", within=30)
