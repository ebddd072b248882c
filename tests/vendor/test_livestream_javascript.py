"""The life of a livestream through the vendor's JavaScript SDKs: the current ones, and those of the seed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from getstream import Stream
from getstream.models import UserRequest

from tests.unit.local_stream.server import API_KEY, API_SECRET
from tests.vendor import vitest
from tests.vendor.vitest import Clients, Result

SCENARIOS = Path(__file__).with_name("scenarios")
PEOPLE = ("owner", "host", "moderator", "member", "stranger", "watcher")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sdk", ["node-sdk", "video-client"])
@pytest.mark.parametrize("clients", ["current", "seed"])
def test_a_livestream_goes_as_the_story_has_it(
    clients: Clients, sdk: str, tmp_path: Path, modules: Path, base_url: str, count: list[Result]
) -> None:
    shutil.copytree(SCENARIOS, tmp_path, dirs_exist_ok=True)
    Stream(API_KEY, API_SECRET, base_url=base_url).upsert_users(*(UserRequest(id=name) for name in PEOPLE))
    count += vitest.run(tmp_path, [f"{sdk}.test.mjs"], modules, base_url, clients)
    assert count
    wrong = [f"{one.name}: {one.why}" for one in count if one.status != "passed"]
    assert not wrong, "\n".join(wrong)
