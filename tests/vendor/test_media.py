"""Media through the SFU between real browsers, with both generations of Stream's client on either side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from getstream import Stream
from playwright.sync_api import BrowserContext, Playwright

from harness.browser.browsers import Browsers
from harness.browser.eventually import eventually
from harness.browser.proof import prove_picture, prove_sound
from harness.config import HarnessSettings, load
from harness.errors import SetUpError
from harness.media.mark import Luma, read_mark
from harness.media.tone import clip_of
from harness.setup import browser as browser_setup
from tests.unit.local_stream.recording.encoded import content
from tests.unit.local_stream.server import API_KEY, API_SECRET, LocalStream, running
from tests.vendor import media_page
from tests.vendor.media_page import Person
from tests.vendor.vitest import Clients

# Of a change of layers the viewer may notice its picture growing, and nothing else.
FREEZE_SECONDS = 0.5
WITHIN = 30.0
LARGE, SMALL = (640, 360), (160, 90)
GENERATIONS = [("current", "current"), ("seed", "seed"), ("seed", "current"), ("current", "seed")]

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def page_url(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        page = media_page.built(tmp_path_factory.mktemp("media"), modules)
    except SetUpError as error:
        pytest.fail(str(error), pytrace=False)
    with media_page.served(page) as url:
        yield url


@pytest.fixture(scope="module")
def browsers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsers]:
    executable = browser_setup.ensure(load(HarnessSettings))
    with Browsers(playwright, executable, tmp_path_factory.mktemp("clips")) as running:
        yield running


@pytest.fixture
def new_window(browsers: Browsers) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []

    def make(profile: str, *permissions: str) -> BrowserContext:
        made.append(browsers.new_context(profile, permissions))
        return made[-1]

    yield make
    for window in made:
        window.close()


class Party:
    """A livestream with a host who is live and a viewer who watches."""

    def __init__(self, base_url: str, page_url: str, new_window: Callable[..., BrowserContext]) -> None:
        self._base_url, self._page_url, self._new_window = base_url, page_url, new_window
        http = httpx.Client(base_url=base_url, timeout=10)
        self.stream = LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)
        self.owner = self.stream.new_user()
        self.call_id = self.stream.new_call(self.owner)

    def starts(self, host: Clients, viewer: Clients) -> tuple[Person, Person]:
        """Both join with these clients; the host's devices are on, and the viewer watches."""
        window = self._new_window("host_a", "camera", "microphone")
        live = self._joins(window, host, self.owner)
        path = f"/api/v2/video/call/livestream/{self.call_id}/go_live"
        self.stream.as_server("POST", path, {}).raise_for_status()
        live.does("goOn")
        watching = self._joins(self._new_window("no_devices"), viewer, self.stream.new_user())
        eventually(lambda: None if watching.does("others") else "The viewer sees nobody.", within=WITHIN)
        watching.does("watch", self.host_session(watching))
        return live, watching

    def host_session(self, viewer: Person) -> str:
        return str(viewer.does("others")[0])

    def _joins(self, window: BrowserContext, clients: Clients, user_id: str) -> Person:
        return Person.joins(window, self._page_url, clients, self._base_url, user_id, self.call_id)


@pytest.fixture
def party(page_url: str, new_window: Callable[..., BrowserContext]) -> Iterator[Party]:
    """The local Stream asks current clients for up to three layers; those of the seed always send them."""
    with running(told={"HARNESS_STREAM_VIDEO_LAYERS": "3"}) as base_url:
        yield Party(base_url, page_url, new_window)


def shows(viewer: Person, width: int, *, element: str = "camera") -> None:
    def why_not() -> str | None:
        found = viewer.width_of(element)
        return None if found == width else f"The picture in {element} is {found} wide, expected {width}."

    eventually(why_not, within=WITHIN)


def sends(host: Person, layers: set[str]) -> None:
    def why_not() -> str | None:
        found = host.layers_sent()
        return None if found == layers else f"The host encodes {sorted(found)}, expected {sorted(layers)}."

    eventually(why_not, within=WITHIN)


def encodes(host: Person, width: int, frames: int) -> None:
    """So many more pictures of this width leave the host."""
    target = host.frames_sent(width) + frames

    def why_not() -> str | None:
        found = host.frames_sent(width)
        return None if found >= target else f"{found} pictures {width} wide were encoded, expected {target}."

    eventually(why_not, within=WITHIN)


def goes_on(viewer: Person, frames: int = 20, *, ssrc: int | None = None) -> None:
    """So many more pictures come, on this stream if one is named."""
    target = viewer.frames_received(ssrc) + frames

    def why_not() -> str | None:
        found = viewer.frames_received(ssrc)
        return None if found >= target else f"{found} pictures came, expected {target}."

    eventually(why_not, within=WITHIN)


@pytest.mark.parametrize(("host", "viewer"), GENERATIONS)
def test_size_decides_the_layer_and_the_picture_never_stands_still(
    party: Party, host: Clients, viewer: Clients
) -> None:
    live, watching = party.starts(host, viewer)
    lowest = 320 if host == "current" else 160
    shows(watching, lowest)
    sends(live, {"q"})
    # A busy machine may hold a picture up once; a change that makes it stand does so again.
    stood = [changes_layers(live, watching, lowest) for _ in range(3)]
    good = [each for each in stood if 0 < each < FREEZE_SECONDS]
    assert len(good) >= 2, f"The picture stood for {stood} s, expected under {FREEZE_SECONDS} s twice."
    sends(live, {"q"})


def changes_layers(live: Person, watching: Person, lowest: int) -> float:
    """To the large layer and back; for how many seconds a picture stood at most."""
    watching.does("forgetStanding")
    watching.does("resize", *LARGE)
    shows(watching, LARGE[0])
    sends(live, {"q", "h"})
    goes_on(watching)
    watching.does("resize", *SMALL)
    shows(watching, lowest)
    goes_on(watching)
    return float(watching.does("longestStanding"))


@pytest.mark.parametrize(("host", "viewer"), GENERATIONS)
def test_viewer_sees_and_hears_that_host(party: Party, host: Clients, viewer: Clients) -> None:
    _, watching = party.starts(host, viewer)
    watching.does("resize", *LARGE)
    prove_picture(watching.camera, 1, within=WITHIN)
    prove_sound(watching.page, 1, within=WITHIN)


@pytest.mark.parametrize("clients", ["current", "seed"])
def test_both_peers_restart_ice_and_the_picture_goes_on(party: Party, clients: Clients) -> None:
    live, watching = party.starts(clients, clients)
    goes_on(watching)
    hears(watching, 1)  # what was published has been negotiated by now; clients do not restart meanwhile
    restarts_ice(live, "publisher")
    goes_on(watching)
    restarts_ice(watching, "subscriber")
    goes_on(watching)


@pytest.mark.parametrize("clients", ["current", "seed"])
def test_shared_screen_with_its_sound_comes_beside_the_camera(party: Party, clients: Clients) -> None:
    live, watching = party.starts(clients, clients)
    watching.does("resize", *LARGE)
    shows(watching, LARGE[0])
    goes_on(watching)
    [camera] = streams(watching)
    live.does("shareScreen")
    watching.does("watchScreen", party.host_session(watching))
    shows(watching, 640, element="screen")
    hears(watching, 2)
    # The count of the same stream goes on: a camera that began anew leaves its old count behind.
    goes_on(watching, ssrc=camera)


@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_other_codecs_pass_as_they_are(
    codec: str, page_url: str, new_window: Callable[..., BrowserContext]
) -> None:
    with running(told={"HARNESS_STREAM_VIDEO_CODEC": codec}) as base_url:
        party = Party(base_url, page_url, new_window)
        _, watching = party.starts("current", "current")
        watching.does("resize", *LARGE)
        prove_picture(watching.camera, 1, within=WITHIN)
        prove_sound(watching.page, 1, within=WITHIN)


def restarts_ice(person: Person, peer: str) -> None:
    """`peer` does, and media takes a new way then."""
    before = ways(person, peer)
    person.does("restartIce", peer)

    def why_not() -> str | None:
        return None if ways(person, peer) - before else f"Media of the {peer} still takes the old way."

    eventually(why_not, within=WITHIN)


def streams(viewer: Person) -> list[int]:
    """The SSRC of each picture that comes."""
    return [int(entry["ssrc"]) for entry in viewer.does("received") if entry["kind"] == "video"]


def ways(person: Person, peer: str) -> set[str]:
    """The pairs of candidates that media may take now."""
    return {pair["id"] for pair in person.does("pairs", peer) if pair.get("nominated")}


def hears(viewer: Person, tracks: int) -> None:
    """So many tracks carry sound."""

    def why_not() -> str | None:
        entries = [entry for entry in viewer.does("received") if entry["kind"] == "audio"]
        found = len([entry for entry in entries if entry.get("totalAudioEnergy", 0) > 0])
        return None if found == tracks else f"{found} tracks carry sound, expected {tracks}."

    eventually(why_not, within=WITHIN)


@pytest.mark.parametrize(("codec", "layers"), [("vp8", 3), ("vp8", 1), ("vp9", 1), ("h264", 1)])
def test_a_recording_holds_the_picture_and_the_sound_of_that_host(
    page_url: str, new_window: Callable[..., BrowserContext], tmp_path: Path, codec: str, layers: int
) -> None:
    told = {"HARNESS_STREAM_VIDEO_CODEC": codec, "HARNESS_STREAM_VIDEO_LAYERS": str(layers)}
    with running(told=told) as base_url:
        party = Party(base_url, page_url, new_window)
        live, watching = party.starts("current", "current")
        path = f"/video/call/livestream/{party.call_id}"
        # A viewer of a small picture: the recording asks for the large one.
        watching.does("resize", *SMALL)
        party.stream.as_server("POST", f"{path}/start_recording", {}).raise_for_status()
        encodes(live, LARGE[0], frames=90)
        party.stream.as_server("POST", f"{path}/stop_recording", {}).raise_for_status()
        file = fetched(party, f"{path}/recordings", tmp_path)
    # Until the large layer flows, the small one stands in for it.
    large = [luma for width, luma in frames_of(file) if width == LARGE[0]]
    marks = [mark for luma in large if (mark := read_mark(luma))]
    assert len(large) > 60
    assert len(marks) > len(large) // 3
    assert {mark.clip_id for mark in marks} == {1}
    assert len({mark.frame for mark in marks}) > 10
    played = content(file)
    assert played.codecs == [codec, "opus"]
    assert played.hertz is not None
    assert clip_of(played.hertz) == 1


def fetched(party: Party, path: str, folder: Path) -> Path:
    """The only recording, once it is complete."""

    def why_not() -> str | None:
        return None if party.stream.as_server("GET", path).json()["recordings"] else "No recording is ready."

    eventually(why_not, within=WITHIN)
    [recording] = party.stream.as_server("GET", path).json()["recordings"]
    file = folder / str(recording["filename"])
    file.write_bytes(party.stream.http.get(recording["url"]).content)
    return file


def frames_of(file: Path) -> Iterator[tuple[int, Luma]]:
    """Each picture: its width as it was sent, and its brightness."""
    with av.open(file) as container:
        for frame in container.decode(video=0):
            yield frame.width, frame.reformat(format="gray").to_ndarray().astype(np.uint8)
