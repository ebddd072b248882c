"""Secrets never reach a file of the run: masked on the way in, and swept for before files are handed on.

A secret is known by its value (given by who made it) or by its form: whatever looks like a signed JWT is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

MASK = "***"
JWT = r"\beyJ[\w-]{6,}\.eyJ[\w-]{2,}\.[\w-]*"
SHORTEST = 6  # A shorter "secret" is found inside ordinary words; masking it would only garble the evidence.


class Redactor:
    """Masks `secrets`, in the spellings that JSON, URLs and HTML give them, and every signed JWT."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Mask these values too, from now on."""
        for secret in secrets:
            if len(secret) >= SHORTEST:
                self._spellings |= {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), escape(secret)}
        # The longest first: a secret that contains another must not leave its own ends behind.
        longest_first = sorted(self._spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join([*map(re.escape, longest_first), JWT]))

    def redact(self, text: str) -> str:
        """`text` with every secret replaced by a mask."""
        return self._pattern.sub(MASK, text)

    def exposed_in(self, text: str) -> bool:
        """Whether a known secret value or a signed JWT can be read in `text`."""
        return self._pattern.search(text) is not None

    def write(self, path: Path, text: str) -> None:
        """Write `text` to `path` as UTF-8, masked; raises ValueError rather than let a secret through."""
        masked = self.redact(text)
        if self.exposed_in(masked):
            raise ValueError(f"{path.name} was not written: a secret was still readable in it after masking.")
        path.write_text(masked, encoding="utf-8", errors="replace")

    def sweep(self, folder: Path) -> list[Path]:
        """The files under `folder` in which a secret can be read: there should be none."""
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return [path for path in files if self.exposed_in(path.read_bytes().decode("utf-8", "replace"))]
