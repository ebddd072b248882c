"""One run of vitest over some test files, and what became of each test."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.serving import LOOPBACK
from harness.setup.npm import NODE, node_environment
from tests.unit.local_stream.server import API_KEY, API_SECRET

Clients = Literal["current", "seed"]
Status = Literal["passed", "failed", "skipped"]
CONFIG = Path(__file__).with_name("vitest.config.mjs")
WITHIN = 300.0
NO_TEST = "(the file itself)"
STATUSES: dict[str, Status] = {"passed": "passed", "failed": "failed"}


@dataclass(frozen=True)
class Result:
    """What became of one test. `why` is what it said when it failed."""

    file: str
    name: str
    status: Status
    why: str = ""


def run(folder: Path, files: Sequence[str], modules: Path, base_url: str, clients: Clients) -> list[Result]:
    """Run `files` of `folder`, whose packages are `modules`, against the Stream at `base_url`."""
    (folder / "node_modules").symlink_to(modules)
    shutil.copy(CONFIG, folder)
    report = folder / "report.json"
    ran = subprocess.run(
        _command(folder, files, modules, report),
        cwd=folder,
        env=_environment(base_url, clients),
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert report.is_file(), f"vitest did not run:\n{ran.stdout}{ran.stderr}"
    results = list(_results(json.loads(report.read_text()), folder))
    if ran.returncode and not any(one.status == "failed" for one in results):
        results.append(
            Result(files[0], NO_TEST, "failed", f"vitest: {ran.returncode}, {ran.stderr or ran.stdout}")
        )
    return results


def _command(folder: Path, files: Sequence[str], modules: Path, report: Path) -> list[str]:
    vitest = str(modules / "vitest" / "vitest.mjs")
    where = ["--root", str(folder), "--config", str(folder / CONFIG.name)]
    return [str(NODE), vitest, "run", *files, *where, "--silent", "--reporter=json", f"--outputFile={report}"]


def _environment(base_url: str, clients: Clients) -> dict[str, str]:
    own = {
        "STREAM_API_KEY": API_KEY,
        "STREAM_SECRET": API_SECRET,
        "STREAM_BASE_URL": base_url,
        "STREAM_CLIENTS": clients,
    }
    # No proxy can help on loopback.
    return node_environment({**own, "NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK})


def _results(report: dict[str, Any], folder: Path) -> Iterator[Result]:
    """What became of each test; a file of which no test ran is a failure of its own."""
    for file in report["testResults"]:
        name = str(Path(file["name"]).relative_to(folder.resolve()))
        if not any(each["status"] in STATUSES for each in file["assertionResults"]):
            yield Result(name, NO_TEST, "failed", file["message"] or "none of its tests ran")
        for each in file["assertionResults"]:
            why = "\n".join(each["failureMessages"])
            yield Result(name, each["fullName"], STATUSES.get(each["status"], "skipped"), why)
