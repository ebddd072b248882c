"""Playwright's trace of a person, without the secrets that went over the network."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

from harness.trace.redactor import Redactor


def mask_trace(trace: Path, secrets: Redactor) -> None:
    """Rewrite the zip at `trace` so that no text in it holds a secret; pictures stay as they are."""
    masked = trace.with_suffix(".masked")
    with zipfile.ZipFile(trace) as old, zipfile.ZipFile(masked, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            with contextlib.suppress(UnicodeDecodeError):  # a picture or a font
                content = secrets.redact(content.decode()).encode()
            new.writestr(entry.filename, content)
    masked.replace(trace)
