"""Playwright's trace of a person, without the secrets that went over the network."""

from __future__ import annotations

import zipfile
from pathlib import Path

from harness.trace.redactor import Redactor

# PNG, JPEG, GIF, WebP, WOFF, WOFF2: compressed, no secret can be read in them.
PICTURES_AND_FONTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"wOFF", b"wOF2")


def mask_trace(unmasked: Path, masked: Path, secrets: Redactor) -> None:
    """Write the trace at `unmasked`, a zip, to `masked` so that nothing in it shows a secret.

    `unmasked` stays as it is: keep it out of the run folder and delete it. Pictures and fonts are copied.
    """
    masked.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(unmasked) as old, zipfile.ZipFile(masked, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if not content.startswith(PICTURES_AND_FONTS):
                content = _masked(content, secrets)
            new.writestr(entry.filename, content)


def _masked(content: bytes, secrets: Redactor) -> bytes:
    """Bytes that are no UTF-8 (binary messages to and from the SFU) come through unchanged."""
    text = content.decode("utf-8", "surrogateescape")
    return secrets.redact(text).encode("utf-8", "surrogateescape")
