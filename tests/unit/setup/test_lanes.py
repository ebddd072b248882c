from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.browser.eventually import eventually
from harness.setup import lanes as module
from harness.setup.lanes import Ended, Lanes

PYTHON = [sys.executable, "-c"]
FOR_EVER = "import threading; threading.Event().wait()"


def meeting(folder: Path, own: str, other: str) -> list[str]:
    """A command that ends when the other has begun."""
    wait = f"while not pathlib.Path({str(folder / other)!r}).exists(): time.sleep(0.01)"
    return [*PYTHON, f"import pathlib, time\npathlib.Path({str(folder / own)!r}).touch()\n{wait}"]


def test_each_is_told_whole_with_its_exit_code() -> None:
    said = "import sys; print('two red', flush=True); sys.exit('ä')"
    with Lanes(1) as lanes:
        (ended,) = lanes.run({"tests": [*PYTHON, said]})
    assert (ended.name, ended.code, ended.said) == ("tests", 1, "two red\nä\n")
    assert ended.seconds > 0


@pytest.mark.timeout(60)
def test_they_run_beside_each_other(tmp_path: Path) -> None:
    commands = {"a": meeting(tmp_path, "a", "b"), "b": meeting(tmp_path, "b", "a")}
    with Lanes(2) as lanes:
        assert sorted(one.name for one in lanes.run(commands)) == ["a", "b"]


def test_one_at_a_time_goes_in_order() -> None:
    with Lanes(1) as lanes:
        names = [one.name for one in lanes.run({name: [*PYTHON, ""] for name in "cab"})]
    assert names == ["c", "a", "b"]


@pytest.mark.timeout(60)
def test_who_leaves_ends_what_runs_and_begins_nothing_more(tmp_path: Path) -> None:
    begun, tidied, after = (tmp_path / name for name in ("begun", "tidied", "after"))
    long = (
        "import pathlib, threading\n"
        f"try: pathlib.Path({str(begun)!r}).touch(); threading.Event().wait()\n"
        f"finally: pathlib.Path({str(tidied)!r}).touch()"
    )
    commands = {
        "long": [*PYTHON, long],
        "quick": meeting(tmp_path, "quick", "begun"),
        "long too": [*PYTHON, FOR_EVER],
        "after": [*PYTHON, f"import pathlib; pathlib.Path({str(after)!r}).touch()"],
    }
    told: list[Ended] = []
    with pytest.raises(KeyboardInterrupt), Lanes(2) as lanes:  # noqa: PT012  as Ctrl-C comes: in the midst
        for ended in lanes.run(commands):
            told.append(ended)
            raise KeyboardInterrupt
    assert [one.name for one in told] == ["quick"]
    assert (tidied.exists(), after.exists()) == (True, False)


@pytest.mark.timeout(60)
def test_who_does_not_end_is_killed_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "GOODBYE", 0.1)
    pid, begun = tmp_path / "pid", tmp_path / "begun"
    deaf = f"trap '' INT; sleep 600 & echo $! > {pid}; touch {begun}; wait"
    with Lanes(2) as lanes:
        commands = {"deaf": ["sh", "-c", deaf], "quick": meeting(tmp_path, "quick", "begun")}
        assert next(lanes.run(commands)).name == "quick"
    stat = Path(f"/proc/{pid.read_text().strip()}/stat")

    def why_not_yet() -> str | None:
        return None if not stat.exists() or " Z " in stat.read_text() else "what it started runs on"

    eventually(why_not_yet, within=20)
