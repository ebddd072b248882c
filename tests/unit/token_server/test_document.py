"""The document names tests as proof: they exist."""

from __future__ import annotations

import re

from harness.config import PACKAGE

ROOT = PACKAGE.parent
PROOF = re.compile(r"`(tests/\S+\.py)::(\w+)`")


def missing(document: str) -> list[str]:
    """The tests that `document` names and that are not there."""
    return [
        f"{path}::{name}"
        for path, name in PROOF.findall(document)
        if not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text()
    ]


def test_each_proof_exists() -> None:
    document = (ROOT / "docs/token-server.md").read_text()
    assert len(PROOF.findall(document)) >= 12
    assert missing(document) == []


def test_proof_that_does_not_exist_is_found() -> None:
    assert missing("`tests/contract/test_log.py::test_nothing`") == [
        "tests/contract/test_log.py::test_nothing"
    ]
