"""Media faults as a real browser feels them: each bites, is seen from the viewer's page, and ends."""

from __future__ import annotations

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.picture import Look
from harness.browser.viewer import Viewer
from tests.unit.outages.disturber import Disturber

LOST = """async () => {
  const all = await window[Symbol.for("harness.probe")].statistics();
  const video = all.filter(entry => entry.type === "inbound-rtp" && entry.kind === "video");
  const sum = name => video.reduce((total, entry) => total + (entry[name] ?? 0), 0);
  return { lost: sum("packetsLost"), nacks: sum("nackCount") };
}"""


def test_a_rate_of_loss_is_what_the_viewers_browser_counts(
    host: Host, viewer: Viewer, disturber: Disturber
) -> None:
    host.goes_live()
    viewer.sees(host)
    clean = viewer.page.evaluate(LOST)
    fault = disturber.media_fault(direction="subscribe", kind="video", drop=True, rate=0.1, seed=7)
    disturber.bites(fault, hits=20)

    def why_not_yet() -> str | None:
        felt = viewer.page.evaluate(LOST)
        lost, nacks = felt["lost"] - clean["lost"], felt["nacks"] - clean["nacks"]
        return (
            None if lost > 0 and nacks > 10 else f"expected loss, the browser counted {lost}, {nacks} NACKs"
        )

    eventually(why_not_yet, within=30)
    counts = disturber.mends(fault)
    assert counts["dropped"] == counts["hits"]
    assert 0.03 < counts["hits"] / counts["matches"] < 0.2
    viewer.sees(host)


def test_a_frozen_picture_stands_still_while_its_sound_goes_on(
    host: Host, viewer: Viewer, disturber: Disturber
) -> None:
    host.goes_live()
    viewer.sees(host).hears(host)
    fault = disturber.media_fault(direction="publish", freeze=True)
    disturber.bites(fault, hits=30)

    def why_not_yet() -> str | None:
        frozen = Look.at(viewer.picture).decoded
        disturber.bites(fault, hits=disturber.counts(fault)["hits"] + 90)
        came = Look.at(viewer.picture).decoded
        return None if came == frozen else f"expected a frozen picture, came {came} frames after {frozen}"

    eventually(why_not_yet, within=30)  # a busy page still shows what came before
    frozen = Look.at(viewer.picture).decoded
    disturber.bites(fault, hits=disturber.counts(fault)["hits"] + 30)
    viewer.hears(host)
    came = Look.at(viewer.picture).decoded
    assert came == frozen, f"expected the picture to stay frozen, came {came} frames after {frozen}"
    counts = disturber.mends(fault)
    assert {track["kind"] for track in counts["tracks"]} == {"video"}
    viewer.sees(host)


# What the connection sends: the SDK publishes a copy of the track that the page shows.
SMALL_AND_SLOW = """() => Promise.all(window[Symbol.for("harness.probe")].connections
  .flatMap(connection => connection.getSenders()).filter(({ track }) => track?.kind === "video")
  .map(({ track }) => track.applyConstraints({ width: 160, height: 90, frameRate: 5 })))"""


def test_small_and_slow_with_losses_is_seen_and_heard(
    host: Host, viewer: Viewer, disturber: Disturber
) -> None:
    host.goes_live()
    viewer.sees(host)
    host.page.evaluate(SMALL_AND_SLOW)
    fault = disturber.media_fault(direction="subscribe", drop=True, rate=0.05, seed=5)

    def why_not_yet() -> str | None:
        width = Look.at(viewer.picture).size[0]
        return None if width == 160 else f"expected a picture 160 pixels wide, it has {width}"

    eventually(why_not_yet, within=30)
    disturber.bites(fault, hits=5)
    viewer.sees(host).hears(host)
    assert disturber.mends(fault)["dropped"] >= 5
