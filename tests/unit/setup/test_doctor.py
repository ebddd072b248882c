from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from anyio.from_thread import start_blocking_portal
from pydantic import SecretStr

from harness.config import HarnessSettings, load
from harness.errors import SetUpError
from harness.local_supabase.postgres.cluster import running_cluster
from harness.local_supabase.postgres.installation import find
from harness.setup import browser, pages
from harness.setup.doctor import Row, examine, report

NAMES = ["Python", "Python packages", "Browser", "Node", "Pages", "PostgreSQL", "Cache"]


@dataclass(frozen=True)
class SomePostgres:
    folder: Path = Path("/opt/postgres/bin")
    version: str = "17.1"


def no_postgres() -> NoReturn:
    raise SetUpError("No PostgreSQL 14 or later: install one.")


def rows(settings: HarnessSettings) -> dict[str, Row]:
    return {row.name: row for row in examine(settings, SomePostgres)}


def test_on_this_machine_everything_is_found_once_it_is_set_up() -> None:
    settings = load(HarnessSettings)
    browser.ensure(settings)
    pages.ensure(settings)
    examined = examine(settings, find)
    assert [row.name for row in examined] == NAMES
    assert [row.name for row in examined if not row.found] == []
    assert all(row.version or row.name == "Cache" for row in examined)
    assert report(examined).splitlines()[-1] == "Everything is there."


def test_what_is_missing_is_told_with_what_mends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(browser, "MAC_APPLICATIONS", ())
    examined = examine(HarnessSettings(cache_home=tmp_path / "cache"), no_postgres)
    missing = {row.name: row.mend for row in examined if not row.found}
    assert missing == {
        "Browser": "mend with: python3 -m harness doctor --mend",
        "Pages": "not built from these sources; mend with: python3 -m harness doctor --mend",
        "PostgreSQL": "No PostgreSQL 14 or later: install one.",
    }
    assert report(examined).splitlines()[-1] == "3 missing: see what mends it above."
    assert not (tmp_path / "cache").exists()


def test_a_named_browser_that_is_not_there_is_missing() -> None:
    row = rows(HarnessSettings(browser=Path("/nowhere/chrome")))["Browser"]
    assert not row.found
    assert "/nowhere/chrome" in row.mend


def test_a_database_that_runs_is_enough(tmp_path: Path) -> None:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_cluster(find(), tmp_path / "data", None)) as cluster,
    ):
        settings = HarnessSettings(database_url=SecretStr(cluster.conninfo))
        (row,) = (row for row in examine(settings, no_postgres) if row.name == "PostgreSQL")
    assert (row.found, row.place, row.version) == (True, "the one in DATABASE_URL", find().version)


@pytest.mark.parametrize("url", ["postgresql://me:secret@127.0.0.1:9/postgres", "me:secret@127.0.0.1"])
def test_a_database_that_does_not_answer_is_missing_and_its_password_is_not_shown(url: str) -> None:
    examined = examine(HarnessSettings(database_url=SecretStr(url)), no_postgres)
    (row,) = (row for row in examined if row.name == "PostgreSQL")
    assert not row.found
    assert "mend or unset DATABASE_URL" in row.mend
    assert "secret" not in report(examined)


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    row = rows(HarnessSettings(cache_home=file / "cache"))["Cache"]
    assert (row.found, row.mend) == (False, f"{file} cannot be written: name another folder in HARNESS_CACHE")


def test_a_line_for_each_thing() -> None:
    text = report(
        [Row("Browser", True, "156.0", "/usr/bin/chromium"), Row("Pages", False, mend="build them")]
    )
    assert text.splitlines()[:2] == [
        "found    Browser          156.0          /usr/bin/chromium",
        "missing  Pages            build them",
    ]
