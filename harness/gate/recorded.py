"""What a run's folder says of its red tests, as far as it is believed: it may come from anywhere.

It names tests of this version, a seed, devices and addresses. It names no program: neither a browser nor, by
a target file of its own, an app or a script to start.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.config import HarnessSettings, TargetSettings, load_target
from harness.errors import HarnessError
from harness.gate.child import Suite
from harness.trace.failure import FILE, Failure
from harness.trace.redactor import MASK


def run_folder(runs: Path, run: str) -> Path:
    """By its path or its name; raises HarnessError when there is none."""
    for folder in (Path(run), runs / run):
        if (folder / "events.jsonl").is_file():
            return folder
    there = sorted(path.parent.name for path in runs.glob("*/events.jsonl"))[-3:]
    known = f"the latest in {runs} are {', '.join(there)}" if there else f"there is none in {runs}"
    raise HarnessError(f"There is no run {run}: {known}.")


def failures_of(folder: Path, check: str) -> list[Failure]:
    """Of each red test of this check the latest attempt."""
    found = [Failure.read(file) for file in sorted(folder.glob(f"evidence/*/{FILE}"))]
    latest: dict[str, Failure] = {}
    for failure in sorted(found, key=lambda failure: failure.attempt):
        if check in failure.checks:
            latest[failure.test] = failure
    if not latest:
        red = sorted({check for failure in found for check in failure.checks})
        raise HarnessError(
            f"{check} cannot be replayed: {folder} has no evidence of it; "
            + (f"what was red there is {', '.join(red)}." if red else "nothing was red there.")
        )
    return list(latest.values())


def settings_of(failure: Failure, folder: Path, settings: HarnessSettings) -> HarnessSettings:
    """With the seed, and the target file of then where none is named now.

    Raises HarnessError for a file that came with the run's folder.
    """
    file = settings.target_file
    if file is None and (told := failure.settings.get("target_file")):
        file = Path(told)
        if file.resolve().is_relative_to(folder.resolve()):
            raise HarnessError(
                f"{failure.checks[0]} cannot be replayed: its target file {file} is in the run's own folder, "
                "and may name commands: read it, then name it with --target."
            )
    return settings.model_copy(update={"target_file": file, "seed": failure.seed})


def target_of(settings: HarnessSettings, failure: Failure) -> TargetSettings:
    """The deployment that it failed on; the built-in system if it was that, whatever is set now."""
    if not failure.target:
        return TargetSettings.model_construct()
    # An app that is started for the run is on another port each time.
    known = failure.target["token_url"] if "app_command" not in failure.target else None
    return load_target(settings.target_file, known)


def suite_of(failures: Sequence[Failure], suite: Suite) -> tuple[str, ...]:
    """Their tests; raises HarnessError for what is none of `suite`, and would be run all the same."""
    for failure in failures:
        file = (suite.root / failure.test.partition("::")[0]).resolve()
        if not any(file.is_relative_to(folder.resolve()) for folder in suite.folders):
            raise HarnessError(f"{failure.test!r} cannot be replayed: it is no test of the checks.")
    return tuple(failure.test for failure in failures)


def programs(settings: HarnessSettings, target: TargetSettings) -> Iterator[str]:
    """What will be started and asked, and where that is said."""
    yield f"browser: {settings.browser or 'the one that the harness finds'}"
    if target.token_url is None:
        yield "the built-in system"
        return
    said = settings.target_file or "the environment"
    commands = {
        "app_command": target.app_command,
        "token_server_command": target.token_server_command,
        "sign_in.command": target.sign_in.command if target.sign_in.how == "script" else None,
        "HARNESS_SESSION_COMMAND": target.session_command and "(a secret)",
    }
    for key, command in commands.items():
        if command is not None:
            yield f"{key}: {command}, in {target.folder.absolute()}, as {said} has it"
    yield f"the endpoint {target.token_url}"


def changes(then: Mapping[str, Any], now: TargetSettings) -> list[tuple[str, object, object]]:
    """What the target tells in another way: key, then, now. What was masked then may be anything."""
    before, after = (dict(_keys(_portless(told))) for told in (then, now.without_secrets() if then else {}))
    names = {**before, **after}
    return [
        (name, before.get(name), after.get(name))
        for name in names
        if not _same(before.get(name), after.get(name))
    ]


def _keys(told: Mapping[str, Any], table: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{table}{name}.")
        else:
            yield f"{table}{name}", value


def _same(then: object, now: object) -> bool:
    if isinstance(then, list) and isinstance(now, list | tuple):
        return len(then) == len(now) and all(map(_same, then, now))
    if isinstance(then, str) and isinstance(now, str) and MASK in then:
        return re.fullmatch(".*".join(map(re.escape, then.split(MASK))), now, re.S) is not None
    return then == now


def _portless(target: Mapping[str, Any]) -> dict[str, Any]:
    """Without the port of an app that is started for the run."""
    rest = {name: value for name, value in target.items() if name != "app_port"}
    port = target.get("app_port")
    return dict(json.loads(json.dumps(rest).replace(f":{port}", ":{port}"))) if port else rest
