"""The live tests that the vendor ships in its JavaScript client, against the local Stream, unmodified.

They are copied out of the installed package when they run; nothing of them is kept here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from getstream import Stream
from getstream.models import CallRequest, MemberRequest, UserRequest

from tests.unit.local_stream.server import API_KEY, API_SECRET
from tests.vendor import vitest
from tests.vendor.not_passing import complaints, listed
from tests.vendor.vitest import Clients, Result

PACKAGES = {"current": "@stream-io/video-client", "seed": "video-client-seed"}
# The vendor's tests take the secret of a live app from the environment, all of them and they alone.
LIVE = "process.env.STREAM_SECRET"
# What the tests take for granted that the app has.
PEOPLE = ("jack", "jane", "john", "marcelo", "oliver", "sacha", "sara")
CALL_OF_THE_PAYLOADS = ("default", "h6c44o00NeFTH6IvsGGgM")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("clients", ["current", "seed"])
def test_their_live_tests_pass(
    clients: Clients, tmp_path: Path, modules: Path, base_url: str, count: list[Result]
) -> None:
    shutil.copytree(modules / PACKAGES[clients] / "src", tmp_path / "src")
    files = live_tests(tmp_path)
    assert files, "the package has no live tests any more: see what the vendor did with them"
    furnish(Stream(API_KEY, API_SECRET, base_url=base_url))
    count += vitest.run(tmp_path, files, modules, base_url, clients)
    assert {one.file for one in count} == set(files)
    wrong = complaints(count, listed(clients))
    assert not wrong, "\n".join(wrong)


def live_tests(folder: Path) -> list[str]:
    """The files of tests that talk to a server."""
    found = sorted(folder.glob("src/**/*.test.ts"))
    return [str(file.relative_to(folder)) for file in found if LIVE in file.read_text()]


def furnish(server: Stream) -> None:
    """Make what the tests take for granted."""
    server.upsert_users(*(UserRequest(id=name) for name in PEOPLE))
    members = [MemberRequest(user_id=name) for name in ("oliver", "marcelo")]
    server.video.call(*CALL_OF_THE_PAYLOADS).get_or_create(
        data=CallRequest(created_by_id="oliver", members=members)
    )
