"""Each run has a folder of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.gate.run_folder import new_run_folder

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_folder_is_named_by_utc_time(tmp_path: Path) -> None:
    assert new_run_folder(tmp_path / "runs", NOW) == tmp_path / "runs" / "20260102T030405Z"


def test_two_runs_of_one_second_do_not_share(tmp_path: Path) -> None:
    names = [new_run_folder(tmp_path, NOW).name for _ in range(3)]
    assert names == ["20260102T030405Z", "20260102T030405Z-2", "20260102T030405Z-3"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(HarnessError, match=r"could not be used .*HARNESS_RUNS"):
        new_run_folder(tmp_path / "runs", NOW)


def test_a_file_of_the_same_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "20260102T030405Z").write_text("a file")
    with pytest.raises(HarnessError, match="in the way"):
        new_run_folder(tmp_path, NOW)
