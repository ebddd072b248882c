"""The report can be used by everybody: axe-core looks at it in a real browser, and the keyboard is enough."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from harness.config import HarnessSettings, load
from harness.gate.catalogue import catalogue
from harness.gate.report import report
from harness.gate.results import results
from harness.gate.trend import trend
from harness.gate.verdict import judge
from harness.setup import browser as browser_set_up
from harness.setup import npm
from harness.setup.cache import cache_folder
from harness.setup.locked import locked
from harness.trace.evidence import Account, Exhibit, Heading, Row, Series, write
from harness.trace.evidence.account import KINDS
from harness.trace.redactor import Redactor
from tests.unit.gate.a_run import BEGAN, MISCHIEF, write_run
from tests.unit.gate.test_rules import ROWS

PHONE, DESKTOP = (390, 800), (1280, 900)
VIEWS: list[tuple[Literal["light", "dark"], tuple[int, int]]] = [
    ("light", PHONE),
    ("dark", PHONE),
    ("light", DESKTOP),
    ("dark", DESKTOP),
]
# What axe found: which rule, where, and why.
LOOK = """async () => (await axe.run()).violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id} at ${node.target.join(' ')}: ${node.failureSummary}`))"""
UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"
BROKEN = "document.querySelector('h1').style.color = 'rgb(170, 40, 30)'; document.images[0].alt = ''"


@dataclass(frozen=True)
class Found:
    """What was wrong in each view of each report, in a report that was broken, and what keys did."""

    faults: dict[str, list[str]]
    faults_of_broken: list[str]
    toggled: list[bool]
    focus_is_seen: bool


@pytest.fixture(scope="module")
def axe() -> Path:
    """The script of axe-core, installed once by its lock file."""
    sources, home = Path(__file__).parent / "axe", cache_folder(load(HarnessSettings), "axe")
    packages = home / npm.packages_name(sources)
    with locked(home):
        if not npm.installed(packages):
            npm.install(sources, packages, "Installing axe-core")
    return packages / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run with people, pictures and hostile text, and one with every state that a check can have."""
    run = tmp_path_factory.mktemp("run")
    events = write_run(run)
    whole = results(catalogue().values(), events)
    states = [row.result for row in ROWS.values()]
    pages = {
        "a run": report(run, judge(whole), whole, events),
        "every state": report(run, judge(states), states, []),
        "a release": report(run, judge(states[:1]), states[:1], []),
        "broken harness": report(run, judge([], trouble="No browser.\n last line"), [], []),
    }
    for name, page in pages.items():
        (run / f"{name}.html").write_text(page)
    trend([run, run], run / "trend.html")
    return {
        **{name: run / f"{name}.html" for name in [*pages, "trend"]},
        "evidence": _evidence(run, (run / "screenshots" / "host-red.png").read_bytes()),
    }


def _evidence(run: Path, picture: bytes) -> Path:
    """The page of a red test with everything that such a page can have."""
    rows = [
        Row(BEGAN + at, "host", kind, f"{kind}: {MISCHIEF}", at % 2 == 1, "m=video" * (at % 3))
        for at, kind in enumerate(KINDS)
    ]
    points = tuple((BEGAN + at, at % 3) for at in range(9))
    account = Account(
        tuple(rows),
        (Series("viewer", "frames", "per second", points),),
        (
            Exhibit(BEGAN, "host", "screen", "image/png", picture),
            Exhibit(BEGAN, "viewer", "received sound", "audio/webm", b""),
        ),
        ("Stream's journal: none.",),
    )
    return write(run / "evidence", Heading("G03", MISCHIEF, BEGAN + 5, {"Seed": "1"}), account, Redactor())


@pytest.fixture(scope="module")
def found(axe: Path, reports: dict[str, Path]) -> Iterator[Found]:
    """In a thread of its own: Playwright's sync API can be had once per thread; other tests hold theirs."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(_look, axe.read_text(), reports).result()


def _look(axe: str, reports: dict[str, Path]) -> Found:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_set_up.find(load(HarnessSettings)))
        faults = {}
        for name, file in reports.items():
            for scheme, size in VIEWS:
                page = _open(browser, file, axe, scheme, size)
                faults[f"{name}, {scheme}, {size[0]} wide"] = page.evaluate(LOOK)
                page.close()
        page = _open(browser, reports["a run"], axe, *VIEWS[0])
        page.evaluate(BROKEN)
        of_broken: list[str] = page.evaluate(LOOK)
        keys = _keys(browser.new_page(), reports["every state"])
        browser.close()
    return Found(faults, of_broken, *keys)


def _open(
    browser: Browser, file: Path, axe: str, scheme: Literal["light", "dark"], size: tuple[int, int]
) -> Page:
    page = browser.new_page(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    page.goto(file.as_uri())
    page.evaluate(UNFOLD)
    page.evaluate(axe)
    return page


def _keys(page: Page, file: Path) -> tuple[list[bool], bool]:
    """Tab to the first check and fold it with Enter, and back; whether one sees where one is."""
    page.goto(file.as_uri())
    folded = "document.activeElement.closest('details.check')?.open ?? null"
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.check summary')"):
            break
    toggled = [bool(page.evaluate(folded))]
    for _ in range(2):
        page.keyboard.press("Enter")
        toggled.append(bool(page.evaluate(folded)))
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    return toggled, style != "none"


def test_axe_finds_nothing_in_any_view(found: Found) -> None:
    assert len(found.faults) == 24
    assert {view: faults for view, faults in found.faults.items() if faults} == {}


def test_axe_finds_what_is_broken(found: Found) -> None:
    assert any(fault.startswith("color-contrast at h1") for fault in found.faults_of_broken)


def test_checks_are_folded_with_the_keyboard_alone(found: Found) -> None:
    first, second, third = found.toggled
    assert first == third != second
    assert found.focus_is_seen
