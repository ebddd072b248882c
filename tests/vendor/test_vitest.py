"""What vitest says is believed to the end: a run that went wrong outside of any test is no pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vendor import vitest

TEST = "import { it } from 'vitest';\n"
PASSES = f"{TEST}it('works', () => {{}});\n"


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        (PASSES, []),
        (f"{PASSES}Promise.reject(new Error('nobody catches this'));\n", [vitest.NO_TEST]),
        (f"{TEST}it.skip('works', () => {{}});\n", [vitest.NO_TEST]),
        ("", [vitest.NO_TEST]),
        (f"{TEST}it('breaks', () => {{ throw new Error('no'); }});\n", ["breaks"]),
    ],
    ids=["passes", "an error outside", "all are skipped", "no test", "fails"],
)
def test_only_what_ran_to_its_end_passes(text: str, failed: list[str], tmp_path: Path, modules: Path) -> None:
    (tmp_path / "one.test.mjs").write_text(text)
    results = vitest.run(tmp_path, ["one.test.mjs"], modules, "http://127.0.0.1:1", "current")
    assert [one.name for one in results if one.status == "failed"] == failed
    assert all(one.why for one in results if one.status == "failed")
