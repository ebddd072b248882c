"""What CI is given: the action passes its inputs as they are, the files in docs/ci.md name what there is."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from harness import cli
from harness.config import PACKAGE
from harness.gate.github import outputs
from harness.gate.verdict import judge

ROOT = PACKAGE.parent
HOSTILE = '$(touch pwned) "; touch pwned; #'


def read(name: str) -> Any:  # noqa: ANN401  what YAML holds
    return yaml.safe_load((ROOT / name).read_text())


ACTION = read("action.yml")
(GATE,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "gate")
BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(), re.DOTALL)


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A folder whose `python3` notes how it was started."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {shlex.quote(str(tmp_path / "arguments"))}\nexit 2\n'
    )
    python.chmod(0o755)
    return tmp_path


def run_step(folder: Path, **inputs: str) -> list[str]:
    """What the action starts with these inputs; the others are as they are by default."""
    named = {name.upper().replace("-", "_"): one["default"] for name, one in ACTION["inputs"].items()}
    named["TOKEN_ENDPOINT"] = named.pop("TOKEN_URL")
    # GitHub begins each step of a composite action in the workspace.
    environment = named | inputs | {"HARNESS_HOME": "/", "PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
    ran = subprocess.run(["bash", "-e", "-c", GATE["run"]], cwd=folder, env=environment, check=False)
    assert ran.returncode == 2, "the job's exit code must be the gate's"
    return (folder / "arguments").read_text().splitlines()


def test_action_says_by_itself_what_it_does(started: Path) -> None:
    runs = f"{started}/runs"
    assert run_step(started) == ["-m", "harness", "gate", "--runs", runs, "--time-limit", "1200"]


def test_action_passes_every_input_and_runs_none(started: Path) -> None:
    said = run_step(started, ONLY=HOSTILE, TARGET="my harness.toml", SHARD="1/2", WORKERS="2", TIMINGS="t")
    assert said[said.index("--only") + 1] == HOSTILE
    assert said[said.index("--target") + 1] == f"{started}/my harness.toml"
    assert {"--shard", "--workers", "--timings"} <= set(said)
    assert not (started / "pwned").exists()


def test_paths_begin_where_the_job_says(started: Path) -> None:
    (started / "apps" / "web").mkdir(parents=True)
    said = run_step(started, WORKING_DIRECTORY="apps/web", TARGET="/etc/harness.toml", TIMINGS="../t.json")
    assert said[said.index("--runs") + 1] == f"{started}/apps/web/runs"
    assert said[said.index("--target") + 1] == "/etc/harness.toml"
    assert said[said.index("--timings") + 1] == f"{started}/apps/web/../t.json"


def test_every_input_reaches_the_step_and_only_through_the_environment() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", " ".join(map(str, GATE["env"].values()))))
    assert used == set(ACTION["inputs"])
    assert "${{" not in GATE["run"]


def test_action_and_docs_use_options_that_there_are() -> None:
    options = {option for parameter in cli.gate.params for option in parameter.opts}
    told = re.findall(r"(?<=\+=\()--[\w-]+|harness gate .*", GATE["run"] + "\n".join(BLOCKS))
    named = {option for text in told for option in re.findall(r"--[a-z][\w-]+", text)}
    assert {"--only", "--time-limit", "--target"} <= named <= options


def test_outputs_of_the_action_are_those_of_the_gate(tmp_path: Path) -> None:
    told = {line.partition("=")[0] for line in outputs(judge([]), tmp_path).splitlines()}
    assert told == set(ACTION["outputs"])


@pytest.mark.parametrize("block", BLOCKS, ids=["GitHub", "GitHub, shards", "GitLab"])
def test_file_in_the_docs_is_yaml_and_names_inputs_that_there_are(block: str) -> None:
    file = yaml.safe_load(block)
    steps = [step for job in file.get("jobs", {}).values() for step in job["steps"]]
    for step in steps:
        if step.get("uses", "").startswith("OWNER/harness"):
            assert set(step.get("with", {})) <= set(ACTION["inputs"])
    assert steps or "script" in file["release gate"]


@pytest.mark.parametrize("block", BLOCKS, ids=["GitHub", "GitHub, shards", "GitLab"])
def test_app_that_a_target_file_starts_is_built_first(block: str) -> None:
    told = block.partition("  verdict:")[0]
    assert re.search(r"npm (ci|run build)[\s\S]*harness\.toml", told), "the app is not built before its gate"
