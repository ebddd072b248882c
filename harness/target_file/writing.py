"""The target file that `harness target init` makes of the answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.config import load_target
from harness.errors import UsageError


def write(file: Path, answers: Mapping[str, str], *, force: bool) -> None:
    """Make `file` of the answers (by key); raises UsageError or SettingsError before anything is written."""
    if file.exists() and not force:
        raise UsageError(f"{file} is there already: name another with --output, or replace it with --force.")
    text = _toml({key: answer for key, answer in answers.items() if answer})
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / file.name
        draft.write_text(text, encoding="utf-8")
        load_target(draft)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{file} could not be written ({error.strerror}): name another with --output."
        ) from None


def _toml(answers: Mapping[str, str]) -> str:
    tables: dict[str, list[str]] = {
        "": ["# docs/target.md tells of every key. Secrets come from the environment."]
    }
    for key, answer in answers.items():
        table, _, name = key.rpartition(".")
        # A JSON text is a TOML text.
        tables.setdefault(table, [f"\n[{table}]"]).append(
            f"{name} = {json.dumps(answer, ensure_ascii=False)}"
        )
    return "\n".join(line for lines in tables.values() for line in lines) + "\n"
