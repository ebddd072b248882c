"""A trace is handed on without the secrets that went through it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from harness.browser.playwright_trace import mask_trace
from harness.trace.redactor import MASK, Redactor

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
SESSION = '{"token_type":"bearer","refresh_token":"%s","user":{}}'
LOGIN = '{"email":"a@example.com","password":"%s"}'
EVERY_BYTE = bytes(range(256))
KNOWN = "a knöwn secret"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"Bearer {TOKEN}".encode(), f"Bearer {MASK}".encode()),
        (f"é {KNOWN}".encode(), f"é {MASK}".encode()),
        ((SESSION % "fdof22iupqzx").encode(), (SESSION % MASK).encode()),
        (json.dumps(SESSION % "fdof22iupqzx").encode(), json.dumps(SESSION % MASK).encode()),
        ((LOGIN % "pass-word").encode(), (LOGIN % MASK).encode()),
        # as a binary message to the SFU, with a token among fields that are no text
        (
            b"\x0a\xc8\x01" + TOKEN.encode() + EVERY_BYTE + KNOWN.encode(),
            b"\x0a\xc8\x01***" + EVERY_BYTE + b"***",
        ),
        (b"\xff" + TOKEN.encode() + b"\xff", b"\xff***\xff"),
        (EVERY_BYTE[::-1], EVERY_BYTE[::-1]),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", b"\x89PNG\r\n\x1a\n\xff\xfe"),
    ],
    ids=[
        "token",
        "known",
        "session",
        "session in JSON",
        "password",
        "binary",
        "bytes around",
        "bytes",
        "picture",
    ],
)
def test_secrets_are_masked_and_all_else_stays(tmp_path: Path, before: bytes, after: bytes) -> None:
    unmasked, masked = tmp_path / "elsewhere.zip", tmp_path / "run" / "traces" / "host.zip"
    with zipfile.ZipFile(unmasked, "w") as entries:
        entries.writestr("resources/entry", before)
    mask_trace(unmasked, masked, Redactor([KNOWN]))
    with zipfile.ZipFile(masked) as entries:
        assert entries.namelist() == ["resources/entry"]
        assert entries.read("resources/entry") == after
    assert [path.name for path in masked.parent.iterdir()] == ["host.zip"]
