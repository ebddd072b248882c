"""The target file that `harness target init` makes of the answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.config import load_target
from harness.errors import UsageError
from harness.target_file.answers import understood

# In place of an endpoint that is not known yet: the file may be begun without.
LATER = "http://127.0.0.1/later"


def expect_whole(answers: Mapping[str, str]) -> None:
    """Raises UsageError or SettingsError for answers (by key) that are wrong, or do not go together."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "harness.toml"
        draft.write_text(
            _toml({"token_url": LATER.replace("{port}", "1"), **_told(answers)}), encoding="utf-8"
        )
        load_target(draft)


def lacks(answers: Mapping[str, str]) -> list[str]:
    """What is to be told before the file can be used, a line each."""
    lines = []
    if not answers.get("token_url"):
        lines.append("Before it is checked, tell token_url in it, or HARNESS_TOKEN_URL.")
    real = {"supabase": "SUPABASE_SERVICE_ROLE_KEY", "stream": "STREAM_API_SECRET"}
    variables = [name for key, name in real.items() if answers.get(key, "real") == "real"]
    if variables:
        lines.append(f"Secrets come from the environment: set {' and '.join(variables)} there.")
    return lines


def write(file: Path, answers: Mapping[str, str]) -> None:
    """Make `file` of the answers, which are whole; raises UsageError when that cannot be."""
    partial = file.with_name(f".{file.name}.part")
    try:
        partial.write_text(_toml(_told(answers)), encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(
            f"{file} could not be written ({error.strerror}): name another with --output."
        ) from None


def _told(answers: Mapping[str, str]) -> dict[str, Any]:
    return {key: understood(key, answer) for key, answer in answers.items() if answer}


def _toml(answers: Mapping[str, Any]) -> str:
    tables: dict[str, list[str]] = {
        "": ["# docs/target.md tells of every key. Secrets come from the environment."]
    }
    for key, answer in answers.items():
        table, _, name = key.rpartition(".")
        tables.setdefault(table, [f"\n[{table}]"]).append(f"{name} = {_value(answer)}")
    return "\n".join(line for lines in tables.values() for line in lines) + "\n"


def _value(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_value(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool | int | float | str):
        return json.dumps(value, ensure_ascii=False)  # which is a text of TOML, too
    return str(value)  # a day
