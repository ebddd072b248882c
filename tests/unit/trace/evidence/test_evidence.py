"""The evidence is one page that needs nothing beside itself, holds no secret and has a limit."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jwt
import pytest

from harness.trace.evidence import Account, Exhibit, Heading, Row, Series, told_by_events, write
from harness.trace.evidence import bundle as limits
from harness.trace.redactor import Redactor

BEGAN = 1_800_000_000.0
TOKEN = jwt.encode({"user_id": "host"}, "k" * 32, "HS256")
REFRESH = "fdof22iupqzx"
STREAM_SECRET = "a Stream secret of this run"
API_KEY = "sb_secret_0123456789abcdef"
SECRETS = (TOKEN, REFRESH, STREAM_SECRET, API_KEY)
HEADING = Heading("C01 One callId", "the picture is frozen", BEGAN + 8, {"Check": "C01 & <T02>"})
MISCHIEF = "<script>alert(1)</script><img src=https://evil.example/x.png>"
SDP = "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\na=mid:0\r\n"


class Links(HTMLParser):
    """What a page would load or lead to, and the ids of what is ticked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attributes if name in ("src", "href", "data", "action")]


def row(text: str, t: float = BEGAN, kind: str = "console", more: str = "") -> Row:
    return Row(t, "host", kind, text, more=more)


def stalled() -> Series:
    """Frames per second of a picture that stops for three of its ten seconds."""
    points = [(BEGAN + at, 0.0 if 4 <= at < 7 else 30.0) for at in range(10)]
    return Series("viewer", "video received: frames", "per second", tuple(points))


def written(folder: Path, account: Account, secrets: Redactor | None = None) -> str:
    return write(folder / "evidence", HEADING, account, secrets or Redactor()).read_text()


def test_the_page_needs_nothing_beside_itself(tmp_path: Path) -> None:
    picture = Exhibit(BEGAN + 8, "host", f"screen {MISCHIEF}", "image/png", b"\x89PNG")
    sound = Exhibit(BEGAN + 8, "viewer", "received sound", "audio/webm", b"\x1aE")
    html = written(tmp_path, Account((row(MISCHIEF),), (stalled(),), (picture, sound), (MISCHIEF,)))
    links = Links(html)
    assert links.found, "it shows a picture and a sound"
    assert all(link.startswith("data:") for link in links.found)
    assert "script" not in links.tags
    assert "C01 &amp; &lt;T02&gt;" in html


def test_no_secret_of_any_kind_is_in_it(tmp_path: Path) -> None:
    told = (
        row(f"Bearer {TOKEN}"),
        row(f'logged in {{"refresh_token":"{REFRESH}"}}', kind="network"),
        row("POST /auth", kind="network", more=json.dumps({"refresh_token": REFRESH})),
        row(f"GET /rest?apikey={API_KEY}&select=*", kind="network"),
        row(f"the server said {STREAM_SECRET}", kind="server"),
        row("offer", kind="connection", more=SDP),
    )
    heading = Heading(
        f"with {STREAM_SECRET}", f"failed with {TOKEN}", BEGAN, {"header": f"?apikey={API_KEY}"}
    )
    path = write(tmp_path, heading, Account(told, missing=(TOKEN,)), Redactor([STREAM_SECRET]))
    html = path.read_text()
    assert not [secret for secret in SECRETS if secret in html]
    assert "0123456789abcdefghijkl" not in html
    assert "a=ice-pwd:***" in html
    assert "a=mid:0" in html


def test_the_plot_shows_when_a_stream_stalls(tmp_path: Path) -> None:
    html = written(tmp_path, Account(series=(stalled(),)))
    (points,) = re.findall(r'<polyline points="([^"]+)"', html)
    heights = [float(point.partition(",")[2]) for point in points.split()]
    assert len(heights) == 10
    assert heights[4:7] == [max(heights)] * 3, "at the bottom: SVG counts downwards"
    assert set(heights[:4] + heights[7:]) == {min(heights)}
    assert 'class="moment"' in html
    assert "0 to 30 per second" in html


def test_a_plot_has_a_hole_where_nobody_measured(tmp_path: Path) -> None:
    points = tuple((BEGAN + at, 1.0) for at in (0, 1, 2, 20, 21))
    html = written(tmp_path, Account(series=(Series("viewer", "frames", "", points),)))
    assert len(re.findall("<polyline", html)) == 2


def test_everything_is_in_order_on_one_clock(tmp_path: Path) -> None:
    events = [
        {"t": BEGAN + 2, "who": "viewer", "what": "error", "text": "late"},
        {"t": BEGAN + 1, "who": "token-server", "what": "sighting", "where": "server log", "call_id": "x"},
        {"t": BEGAN + 1.5, "who": "host", "what": "console", "text": "told in full elsewhere"},
        {"t": BEGAN + 1.6, "who": "host", "what": "media", "name": "getUserMedia", "text": "told elsewhere"},
        {"t": BEGAN, "who": "harness", "what": "check", "id": "C01"},
    ]
    account = told_by_events(events, known=["host"]) + Account((row("early", BEGAN + 0.5),))
    html = written(tmp_path, account)
    rows = re.findall(r'<td class="number">([\d.]+)</td><td>([\w-]+)</td>', html)
    assert rows == [("0.000", "host"), ("0.500", "token-server"), ("1.500", "viewer")]
    assert "console bad" in html


def test_the_oldest_rows_are_cut_first_and_it_says_so(tmp_path: Path) -> None:
    rows = tuple(row(f"line {number} {'&' * 9_000}", BEGAN + number) for number in range(200))
    html = written(tmp_path, Account(rows))
    assert "line 199" in html
    assert "line 0 " not in html
    assert re.search(r"The oldest \d+ of 200 rows", html)
    assert len(html.encode()) < limits.MOST_TEXT + 100_000


def test_the_largest_pictures_and_files_are_cut_first_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_EXHIBITS", 5_000)
    monkeypatch.setattr(limits, "MOST_IN_FILES", 50_000)
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "trace-host.zip").write_bytes(b"z" * 60_000)
    (folder / "trace-viewer.zip").write_bytes(b"z" * 40_000)
    exhibits = tuple(
        Exhibit(BEGAN, "host", f"frame {size}", "image/png", b"p" * size) for size in (4_000, 1_000, 9_000)
    )
    html = written(tmp_path, Account(exhibits=exhibits))
    assert "frame 9000 of host (9.0 kB)." in html
    assert "trace-host.zip (60.0 kB)." in html
    assert [file.name for file in sorted(folder.iterdir())] == ["evidence.html", "trace-viewer.zip"]
    assert len(Links(html).found) == 4, "icon, two pictures, one trace"
    assert sum(file.stat().st_size for file in folder.iterdir()) < limits.MOST_BYTES


def test_whatever_a_page_brings_the_folder_stays_within_the_limit(tmp_path: Path) -> None:
    """Too much of everything at once, with names as long as a page can make them."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    for number in range(5):
        (folder / f"trace-{number}.zip").write_bytes(bytes(4_000_000))
    long = "\u00e4<" * 3_000
    account = Account(
        tuple(row(f"{number} {long}", BEGAN + number) for number in range(20)),
        tuple(Series("host", long, "x", tuple((BEGAN + at, at / 3) for at in range(700))) for _ in range(82)),
        tuple(Exhibit(BEGAN, "host", long, "image/png", bytes(900_000)) for _ in range(10)),
        tuple(long for _ in range(60)),
    )
    written(tmp_path, account)
    assert sum(file.stat().st_size for file in folder.iterdir()) < limits.MOST_BYTES


def test_a_text_that_is_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    assert "(cut: 50000 characters)" in written(tmp_path, Account((row("x" * 50_000),)))
