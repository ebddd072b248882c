"""Foreign pages under real failures: those that handle them, and those that do not, each for its reason."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.browser.browsers import Browsers
from harness.browser.failures import FAILURES, NotProduced
from harness.browser.signing_in import State
from harness.errors import HarnessError, ServerError
from harness.reproduce.sign_in import signed_in
from harness.reproduce.subject import ForeignPage
from harness.reproduce.trial import Seen, Trial
from harness.reproduce.verdict import faults
from harness.trace.events import RunLog
from harness.trace.redactor import Redactor
from tests.unit.reproduce.foreign import page


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/404" else 200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page(self.path.strip("/")).encode() if self.path != "/favicon.ico" else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    """Where they are."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def try_out(
    browsers: Browsers,
    url: str,
    name: str,
    folder: Path,
    state: State | None = None,
    click: str | None = None,
) -> Seen:
    failure = FAILURES[name]
    context = browsers.new_context(failure.profile, ["camera", "microphone"], storage_state=state)
    run_log = RunLog(folder / "events.jsonl")
    try:
        subject = ForeignPage(context, url, click, run_log)
        subject.learn()
        return Trial(subject, failure, "chromium", browsers.devices_of(subject.page)).run()
    finally:
        context.close()
        run_log.close()


WITH_HTTPS_ALONE = {
    "name": "__Host-session",
    "value": "-",
    "domain": "127.0.0.1",
    "path": "/",
    "secure": True,
}
HANDLED = (
    "permission-denied",
    "prompt-dismissed",
    "prompt-ignored",
    "no-mic",
    "camera-busy",
    "insecure-origin",
    "iframe-without-allow",
    "overconstrained",
    "ended-on-arrival",
    "camera-unplugged",
    "another-tab-holds-device",
)


@pytest.mark.parametrize("name", HANDLED)
def test_a_page_that_handles_it_is_told_so(browsers: Browsers, pages: str, name: str, tmp_path: Path) -> None:
    seen = try_out(browsers, f"{pages}/good", name, tmp_path)
    assert faults(seen, None) == []
    assert time.time() - seen.began < 300


@pytest.mark.parametrize(
    "kind", ["framed-good", "framed-dialog", "settings", "in-a-dialog", "covered", "consent"]
)
def test_its_button_is_found(browsers: Browsers, pages: str, kind: str, tmp_path: Path) -> None:
    assert faults(try_out(browsers, f"{pages}/{kind}", "camera-busy", tmp_path), None) == []


@pytest.mark.parametrize("name", ["no-mic", "insecure-origin"])
def test_a_page_for_members_is_signed_in(browsers: Browsers, pages: str, name: str, tmp_path: Path) -> None:
    session = {"name": "session", "value": "that-of-a-member"}
    file = tmp_path / "state.json"
    kept = [{"origin": pages, "localStorage": [session]}]
    file.write_text(json.dumps({"cookies": [WITH_HTTPS_ALONE], "origins": kept}))
    secrets = Redactor()
    state = signed_in(file, f"{pages}/members", secrets)
    seen = try_out(browsers, f"{pages}/members", name, tmp_path, state)
    assert faults(seen, None) == []
    assert session["value"] not in secrets.redact(str(state))


@pytest.mark.parametrize(
    ("kind", "name"), [("dialog", "mic-denied"), ("alert", "no-camera"), ("toast", "overconstrained")]
)
def test_it_may_be_told_in_a_box_that_is_taken_away(
    browsers: Browsers, pages: str, kind: str, name: str, tmp_path: Path
) -> None:
    seen = try_out(browsers, f"{pages}/{kind}", name, tmp_path)
    assert faults(seen, None) == []
    assert seen.told != []


def test_a_page_may_tell_first_and_let_go_then(browsers: Browsers, pages: str, tmp_path: Path) -> None:
    assert faults(try_out(browsers, f"{pages}/slow", "camera-denied", tmp_path), None) == []


@pytest.mark.parametrize("name", ["mic-busy", "security-error"])
def test_a_page_that_asks_by_itself_is_opened_anew(
    browsers: Browsers, pages: str, name: str, tmp_path: Path
) -> None:
    assert faults(try_out(browsers, f"{pages}/by-itself", name, tmp_path), None) == []


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        ("silent", "mic-busy", "nothing at all"),
        ("raw", "permission-denied", "the browser's own words"),
        ("misleading", "camera-busy", "another failure (permission)"),
        ("claims", "no-camera", 'claims to be on air: "You are live"'),
        ("keeps", "camera-denied", "still captures the microphone"),
        ("stuck", "permission-denied", "cannot be tried again"),
        ("held", "permission-denied", "cannot be tried again"),
        ("dies", "camera-busy", "it worked for a moment, and then it captures nothing"),
        ("tries-in-vain", "mic-busy", "cannot be tried again"),
        ("outside", "no-camera", "It tells a person nothing"),
        ("clipped", "mic-denied", "It tells a person nothing"),
        ("half", "camera-denied", "it captures the camera alone"),
        ("framed-keeps", "camera-denied", "still captures the microphone"),
        ("later", "viewer-without-devices", "asks who only watches"),
    ],
)
def test_a_page_that_does_not_is_told_why(
    browsers: Browsers, pages: str, kind: str, name: str, why: str, tmp_path: Path
) -> None:
    found = faults(try_out(browsers, f"{pages}/{kind}", name, tmp_path), None)
    assert why in found[-1]
    if kind != "later":  # which may tell who only watches of a device, too, if its answer comes in time
        assert len(found) == 1, found


def test_who_watches_presses_what_is_named(browsers: Browsers, pages: str, tmp_path: Path) -> None:
    found = faults(try_out(browsers, f"{pages}/good", "viewer-without-devices", tmp_path, click="#go"), None)
    assert any("asks who only watches" in fault for fault in found), found


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cookies": [1]}'])
def test_a_file_that_signs_nobody_in_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(ServerError, match=r"--storage-state was expected .*\(it is no storage state\)"):
        signed_in(tmp_path / "state.json", "http://127.0.0.1/", Redactor())


def test_a_page_that_cannot_be_tried_is_named(browsers: Browsers, pages: str, tmp_path: Path) -> None:
    with closing(RunLog(tmp_path / "events.jsonl")) as run_log:
        for url, click, why in (
            (f"{pages}/404", None, "answered 404 Not Found"),
            ("http://127.0.0.1:1/", None, "could not be opened: net::ERR_"),
            (f"{pages}/good", "#nowhere", "'#nowhere' finds nothing on"),
            (f"{pages}/good", "##", "'##' is no selector"),
        ):
            with (
                closing(browsers.new_context("changeable", [])) as context,
                pytest.raises(HarnessError, match=why),
            ):
                ForeignPage(context, url, click, run_log).learn()


def test_a_page_without_the_device_meets_no_failure(browsers: Browsers, pages: str, tmp_path: Path) -> None:
    with pytest.raises(NotProduced, match="camera-busy did not show: The page did not ask for the camera"):
        try_out(browsers, f"{pages}/audio", "camera-busy", tmp_path)
