"""The folder: `evidence.html`, with traces and the like beside it that were put there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.trace.evidence.account import Account
from harness.trace.evidence.limit import limit_files, limited
from harness.trace.evidence.page import page
from harness.trace.redactor import Redactor

PAGE = "evidence.html"
MOST_TEXT = 3_000_000
MOST_EXHIBITS = 4_000_000
MOST_IN_FILES = 12_000_000
MOST_SAID = 20_000  # characters
# In HTML pictures grow by a third; plots, heading and style have at most 2 MB.
MOST_BYTES = MOST_TEXT + MOST_EXHIBITS * 4 // 3 + 2_000_000 + MOST_IN_FILES


@dataclass(frozen=True)
class Heading:
    """What the evidence is of: `sentence` says what was wrong at `moment`; `facts` are shown as a list."""

    title: str
    sentence: str
    moment: float
    facts: Mapping[str, str] = field(default_factory=dict)


def write(folder: Path, heading: Heading, account: Account, secrets: Redactor) -> Path:
    """Make `folder` hold the evidence, at most MOST_BYTES of it; returns its page.

    Files that lie there already belong to it; they must be masked. Raises OSError when it cannot be written
    and ValueError rather than let a secret through.
    """
    folder.mkdir(parents=True, exist_ok=True)
    beside = [file for file in folder.iterdir() if file.is_file() and file.name != PAGE]
    kept, cut = limited(account.masked(secrets.redact), MOST_TEXT, MOST_EXHIBITS)
    cut += limit_files(beside, MOST_IN_FILES)
    facts = {name: secrets.redact(str(fact)) for name, fact in heading.facts.items()}
    sentence, title = secrets.redact(heading.sentence)[:MOST_SAID], secrets.redact(heading.title)
    masked = replace(heading, title=title, facts=facts, sentence=sentence)
    files = [(file.name, file.stat().st_size) for file in sorted(beside) if file.exists()]
    secrets.write(folder / PAGE, page(masked, kept, cut, files))
    return folder / PAGE
