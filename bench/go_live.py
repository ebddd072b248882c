"""What the harness costs over the bare journey: `.venv/bin/python -m bench.go_live [RUNS]` in the checkout.

The same go-live - the viewer waits, the host goes live, the viewer gets a picture - is run as a bare
Playwright script, without probe, recorder, proofs and trace, and as the gate's check G03, which proves
picture and sound. Both run against the reference system with warm browsers. Prints medians in seconds,
spreads and the ratio.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from harness.browser.browsers import Browsers
from harness.config import HarnessSettings, child_environment, load
from harness.setup import browser, pages
from harness.stack import Stack
from harness.target import Party, Person, Supabase, Target
from harness.trace.events import read

G03 = "tests/e2e/test_going_live.py::test_viewer_sees_and_hears_the_host"
PLAYS = "v => v.videoWidth > 0 && v.currentTime > 0"


def bare_journey(browsers: Browsers, target: Target, party: Party, viewer: Person) -> float:
    """Seconds from two fresh contexts to the viewer's picture."""
    began = time.monotonic()
    contexts = browsers.new_context("no_devices"), browsers.new_context("host_a", ["camera", "microphone"])
    watching, hosting = (context.new_page() for context in contexts)
    _open(watching, f"{target.pages_url}/party/{party.id}", viewer)
    expect(watching.get_by_role("status")).to_have_text("Waiting for the host to go live")
    _open(hosting, f"{target.pages_url}/party/{party.id}/host", party.host)
    hosting.get_by_role("button", name="Go live").click()
    expect(hosting.get_by_role("status")).to_have_text("You are live", timeout=30_000)
    picture = watching.get_by_label("Live picture").element_handle(timeout=30_000)
    watching.wait_for_function(PLAYS, arg=picture, timeout=30_000)
    seconds = time.monotonic() - began
    for context in contexts:
        context.close()
    return seconds


def _open(page: Page, url: str, person: Person) -> None:
    page.goto(url)
    page.get_by_role("textbox", name="E-mail").fill(person.email)
    page.get_by_role("textbox", name="Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible(timeout=30_000)


def bare(runs: int, settings: HarnessSettings) -> list[float]:
    """Times of the bare journey; a first one warms the browsers and is not counted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), settings, pages.ensure(settings)) as stack,
        closing(Supabase(stack.target)) as supabase,
        sync_playwright() as playwright,
        Browsers(playwright, browser.ensure(settings), settings.cache / "clips") as browsers,
    ):
        times = []
        for _ in range(runs + 1):
            party = supabase.create_party(supabase.create_user("Host"), "Bench")
            viewer = supabase.create_user("Viewer")
            times.append(bare_journey(browsers, stack.target, party, viewer))
        return times[1:]


def as_check(runs: int) -> list[float]:
    """Times of the check G03, set-up and teardown of its fixtures included; a first one is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        # In one process, so that servers and browsers are warm here too.
        repeat = ["-p", "bench.repeat", "--repeat", str(runs + 1)]
        command = [sys.executable, "-m", "pytest", "-q", "--run-dir", folder, *repeat, G03]
        subprocess.run(command, env=child_environment({}), check=True)
        events = read(Path(folder) / "events.jsonl")
    return [event["seconds"] for event in events if event["what"] == "check" and event["id"] == "G03"][1:]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    plain, checked = bare(runs, load(HarnessSettings)), as_check(runs)
    for name, times in {"bare Playwright": plain, "check G03": checked}.items():
        median, spread = statistics.median(times), f"{min(times):.2f}-{max(times):.2f}"
        print(f"{name:16} median {median:.2f} s  [{spread}]  n={len(times)}")
    print(f"ratio            {statistics.median(checked) / statistics.median(plain):.2f}")


if __name__ == "__main__":
    main()
