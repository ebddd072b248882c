"""Secrets are masked in every spelling, and what slipped through is found."""

from __future__ import annotations

import base64
import json
from html import escape
from pathlib import Path
from urllib.parse import quote

import jwt
import pytest

from harness.trace.redactor import MASK, Redactor

SECRET = 'päss"word&/<7>'


@pytest.mark.parametrize("spell", [str, json.dumps, lambda text: quote(text, safe=""), escape])
def test_every_spelling_is_masked(spell: object) -> None:
    assert callable(spell)
    spelt = spell(SECRET).strip('"')
    redactor = Redactor([SECRET])
    assert redactor.exposed_in(f"before {spelt} after")
    assert redactor.redact(f"before {spelt} after") == f"before {MASK} after"


def test_a_secret_inside_another_leaves_no_ends() -> None:
    assert Redactor(["secret", "secret-and-more"]).redact("x secret-and-more y") == f"x {MASK} y"


def test_added_later_is_masked_from_then_on() -> None:
    redactor = Redactor()
    assert redactor.redact("hunter22") == "hunter22"
    redactor.add("hunter22", "")
    assert redactor.redact("hunter22") == MASK


def test_any_signed_jwt_is_a_secret() -> None:
    token = jwt.encode({"user_id": "x"}, "k" * 32, algorithm="HS256")
    assert Redactor().redact(f"Bearer {token}, done") == f"Bearer {MASK}, done"
    plain = base64.urlsafe_b64encode(b'{"a": 1}').decode()
    assert Redactor().redact(plain) == plain


def test_short_values_do_not_garble_the_evidence() -> None:
    assert Redactor(["a", "key"]).redact("a monkey") == "a monkey"


def test_writing_masks(tmp_path: Path) -> None:
    Redactor([SECRET]).write(tmp_path / "report.html", f"<p>{escape(SECRET)} \ud800</p>")
    assert (tmp_path / "report.html").read_text() == f"<p>{MASK} ?</p>"


def test_writing_refuses_what_masking_would_not_hide(tmp_path: Path) -> None:
    """Masking one secret can put the pieces of another together: then nothing is written."""
    with pytest.raises(ValueError, match="not written"):
        Redactor(["abcdef", f"xxx{MASK}yyy"]).write(tmp_path / "report.html", "xxxabcdefyyy")
    assert not (tmp_path / "report.html").exists()


def test_the_sweep_names_the_files_that_expose_something(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "server.log").write_text(f"key {SECRET}")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    assert Redactor([SECRET]).sweep(tmp_path) == [tmp_path / "logs" / "server.log"]
