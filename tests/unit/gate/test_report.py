"""The report, over the run log of a whole run with hostile text in it, in a real browser."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from harness.config import HarnessSettings, load
from harness.gate.catalogue import catalogue
from harness.gate.report import report
from harness.gate.results import results
from harness.gate.verdict import judge
from harness.setup import browser as browser_set_up
from harness.trace.events import RunLog, read
from tests.unit.gate.a_run import GREEN, OTHER, PARTY, PATH, write_run

CHOSEN = [check for check in catalogue().values() if check.id in ("C01", "C02", "G03") or check.planned]
PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with its report."""
    folder = tmp_path_factory.mktemp("a run & <more>")
    events = write_run(folder)
    found = results(CHOSEN, events)
    (folder / "report.html").write_text(report(folder, judge(found), found, events))
    return folder


@dataclass(frozen=True)
class Visit:
    """What a browser of a phone's size showed."""

    asked: list[str]
    complaints: list[str]
    heading: str
    heading_top: float
    width: int
    tiles: str
    text: str
    foreign_elements: int
    captions: list[str]
    picture_sizes: list[list[int]]
    places: list[list[str]]
    parted_values: list[str]
    differing: list[int]
    alerts: list[str]
    lanes: list[str]
    links: set[str]


@pytest.fixture(scope="module")
def visit(run_folder: Path) -> Visit:
    """One visit to the report with everything unfolded.

    In a thread of its own: Playwright's sync API can be had once per thread, and other tests may hold theirs.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_visit, (run_folder / "report.html").as_uri()).result()


def _visit(address: str) -> Visit:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_set_up.find(load(HarnessSettings)))
        page = browser.new_page(viewport={"width": PHONE["width"], "height": PHONE["height"]})
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(address)
        seen = _look(page, asked, complaints)
        browser.close()
    return seen


def _look(page: Page, asked: list[str], complaints: list[str]) -> Visit:
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    ledgers = page.locator("ol.path")
    size = "async image => (await image.decode(), [image.naturalWidth, image.naturalHeight])"
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    return Visit(
        asked=asked,
        complaints=complaints,
        heading=page.locator("h1").inner_text(),
        heading_top=page.locator("h1").evaluate("heading => heading.getBoundingClientRect().top"),
        width=page.evaluate("document.documentElement.scrollWidth"),
        tiles=page.locator(".tiles").inner_text(),
        text=page.locator("body").inner_text(),
        foreign_elements=page.locator(
            "script, iframe, object, link:not([href^='data:']), img:not([src^='data:'])"
        ).count(),
        captions=page.locator("figcaption").all_inner_texts(),
        picture_sizes=page.evaluate(f"Promise.all([...document.images].map({size}))"),
        places=[ledger.locator("li > span:nth-child(2)").all_inner_texts() for ledger in ledgers.all()],
        parted_values=ledgers.locator("li.parts .value").all_inner_texts(),
        differing=[ledger.locator("li.differs").count() for ledger in ledgers.all()],
        alerts=page.get_by_role("note").all_inner_texts(),
        lanes=page.locator("svg[role=img]").first.locator("text.who").all_text_contents(),
        links={str(link.get_attribute("href")) for link in page.locator("a[href]").all()},
    )


def test_the_verdict_is_on_top(visit: Visit) -> None:
    assert visit.heading == "DO NOT RELEASE"
    assert visit.heading_top < 100
    assert "1 check failed: G03; 1 check not proven (gap): C02." in visit.text


def test_it_needs_nothing_beside_itself(visit: Visit, run_folder: Path) -> None:
    assert [url for url in visit.asked if not url.startswith("data:")] == [
        (run_folder / "report.html").as_uri()
    ]
    assert visit.complaints == []


def test_hostile_text_is_text(visit: Visit) -> None:
    assert visit.foreign_elements == 0
    assert "no picture within 10 s: <script>alert('x')</script>" in visit.text


def test_it_is_as_wide_as_the_phone(visit: Visit) -> None:
    assert visit.width == PHONE["width"]


def test_each_person_has_a_screenshot(visit: Visit) -> None:
    assert visit.captions == ["host", "viewer"] * 2
    assert visit.picture_sizes == [[320, 180]] * 4


def test_the_ledger_shows_where_the_ids_part(visit: Visit) -> None:
    red, green = visit.places
    assert red == [where + (" parts here" if where == "viewer page" else "") for _, _, where, _ in PATH]
    assert green == [where for _, _, where, _ in PATH]
    assert visit.parted_values == [OTHER]
    assert visit.differing == [6, 0]
    (alert,) = visit.alerts
    assert (
        f"callId parts at viewer page (viewer): {OTHER}; before it, at stream_app_id (database): {PARTY}."
        in alert
    )


def test_host_and_viewer_are_lanes_of_the_timeline(visit: Visit) -> None:
    assert visit.lanes == ["host", "viewer", "token-server", "stream", "database"]


def test_time_to_first_frame_and_phases_are_told(visit: Visit) -> None:
    assert re.search(r"1\.27 s\s*time to first frame", visit.tiles)
    assert re.search(r"servers started\s+1\.21 s", visit.text)
    assert "setup 0.42 s, call 4.31 s, teardown 0.11 s" in visit.text


def test_planned_checks_are_named(visit: Visit) -> None:
    assert all(f"{check.id} {check.title}" in visit.text for check in CHOSEN if check.planned)


def test_evidence_links_lead_to_files_of_the_run(visit: Visit, run_folder: Path) -> None:
    files = {link for link in visit.links if not link.startswith("#")}
    assert {"screenshots/host-red.png", "events.jsonl"} <= files
    assert all((run_folder / link).is_file() for link in files)


def test_a_path_out_of_the_run_folder_is_no_evidence(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"not of this run")
    run = tmp_path / "run"
    write_run(run)
    log = RunLog(run / "events.jsonl")
    log.test = GREEN
    for path in (
        "../outside.png",
        str(outside),
        "screenshots/gone.png",
        str(run / "screenshots/host-red.png"),
    ):
        log.event("host", "screenshot", path=path)
    events = read(log.path)
    found = results(CHOSEN, events)
    text = report(run, judge(found), found, events)
    links = set(re.findall(r'href="([^"#]*)"', text))
    assert not {link for link in links if "outside" in link or "gone" in link or link.startswith("/")}
    assert "screenshots/host-red.png" in links
    assert "bm90IG9mIHRoaXMgcnVu" not in text  # what is in the file outside, in base64


def test_a_run_in_which_nothing_happened_still_has_a_report(tmp_path: Path) -> None:
    found = results(CHOSEN, [])
    text = report(tmp_path, judge(found, trouble="No browser was found."), found, [])
    assert "<h1>COULD NOT TELL</h1>" in text
    assert "No browser was found." in text
