"""A trace is handed on without the secrets that went through it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from harness.browser.playwright_trace import mask_trace
from harness.trace.redactor import MASK, Redactor

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
PICTURE = b"\x89PNG\r\n\x1a\n\xff\xfe"


def test_secrets_and_tokens_are_masked_and_pictures_stay(tmp_path: Path) -> None:
    trace = tmp_path / "trace.zip"
    with zipfile.ZipFile(trace, "w") as entries:
        entries.writestr(
            "trace.network", f'{{"authorization": "Bearer {TOKEN}", "password": "a known secret"}}'
        )
        entries.writestr("resources/page.png", PICTURE)
    mask_trace(trace, Redactor(["a known secret"]))
    with zipfile.ZipFile(trace) as entries:
        network = entries.read("trace.network").decode()
        assert entries.read("resources/page.png") == PICTURE
    assert network == f'{{"authorization": "Bearer {MASK}", "password": "{MASK}"}}'
