"""A red test as a file: all that is needed to make the same failure again. No secret is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import HarnessError
from harness.trace.redactor import Redactor

FILE = "replay.json"
FORMAT = 1


class Devices(BaseModel):
    """What somebody's browser had: a device profile by name, and what was granted."""

    model_config = ConfigDict(frozen=True)

    profile: str
    permissions: tuple[str, ...] = ()


class Failure(BaseModel):
    """One test that was red in one attempt.

    `people` by who they were; `faults` are the rules that were armed at the local Stream when it failed;
    `target` is the deployment without its secrets ({} for the built-in system), `secrets` are the variables
    that held these; `versions` by name.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    test: str
    checks: tuple[str, ...]
    attempt: int
    phase: str
    sentence: str
    seed: int
    people: dict[str, Devices] = {}
    faults: list[dict[str, Any]] = []
    target: dict[str, Any] = {}
    secrets: tuple[str, ...] = ()
    settings: dict[str, str] = {}
    versions: dict[str, str] = {}

    def write(self, folder: Path, secrets: Redactor) -> None:
        """As `replay.json` in `folder`."""
        secrets.write(folder / FILE, self.model_dump_json(indent=1))

    @classmethod
    def read(cls, file: Path) -> Failure:
        """Raises HarnessError for what is no such file, or one of a version that is not known here."""
        try:
            failure = cls.model_validate_json(file.read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise HarnessError(f"{file} could not be read as a failure: {_why(error)}.") from None
        if failure.format != FORMAT:
            raise HarnessError(
                f"{file} has the format {failure.format}, this version reads {FORMAT}: "
                f"replay it with harness {failure.versions.get('harness', 'of its own version')}."
            )
        return failure


def _why(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}"
