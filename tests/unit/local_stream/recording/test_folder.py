"""Where files are, who can fetch them, and what is left at the end."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from harness.errors import SettingsError
from harness.local_stream.recording import RecordingFolder
from tests.unit.local_stream.sfu.conftest import Run

BASE = "http://127.0.0.1:3031"


def test_without_a_place_to_keep_them_nothing_is_left() -> None:
    folder = RecordingFolder(None)
    path = folder.path
    assert path.stat().st_mode & 0o777 == 0o700
    (path / "a.webm").write_bytes(b"pictures")
    folder.clear()
    assert not path.exists()


def test_what_is_to_be_kept_is_kept(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path / "deep" / "kept")
    (folder.path / "a.webm").write_bytes(b"pictures")
    folder.clear()
    assert (tmp_path / "deep" / "kept" / "a.webm").read_bytes() == b"pictures"
    assert (tmp_path / "deep" / "kept").stat().st_mode & 0o777 == 0o700


def test_a_place_that_is_no_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="HARNESS_STREAM_RECORDINGS was expected to be a folder"):
        RecordingFolder(tmp_path / "file")


def test_a_file_is_fetched_by_its_own_address_alone_until_it_is_deleted(run: Run, tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path)
    for name in ("a.webm", "b.webm"):
        (tmp_path / name).write_bytes(name.encode())
    first, second = (folder.offer(tmp_path / name, BASE) for name in ("a.webm", "b.webm"))
    assert first.url.removesuffix("/a.webm") != second.url.removesuffix("/b.webm")

    async def scenario() -> None:
        transport = httpx.ASGITransport(Starlette(routes=[folder.route()]))
        async with httpx.AsyncClient(transport=transport) as http:
            answer = await http.get(first.url)
            assert (answer.status_code, answer.content) == (200, b"a.webm")
            assert answer.headers["content-type"] == "video/webm"
            part = await http.get(first.url, headers={"Range": "bytes=0-2"})
            assert (part.status_code, part.content) == (206, b"a.w")
            assert (await http.get(first.url.replace("a.webm", "b.webm"))).status_code == 404
            assert (await http.get(f"{BASE}/recordings/guess/a.webm")).status_code == 404
            folder.delete(first)
            assert (await http.get(first.url)).status_code == 404
            assert (await http.get(second.url)).status_code == 200

    run(scenario)
    assert [each.name for each in tmp_path.iterdir()] == ["b.webm"]
