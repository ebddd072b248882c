"""Whether a line of a page claims to be on air; a product's name, a heading or a button does not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.reproduce.causes import plain

STREAM = r"(?:stream|livestream|live stream|broadcast|show|party|event)"
ON_AIR = r"(?:live|on (?:the )?air|streaming|broadcasting)"
CLAIMS = re.compile(
    rf"\b(?:you|we|{STREAM})(?:'re| are|'s| is)(?: \w+)? {ON_AIR}\b|"  # you're now live
    rf"\bon (?:the )?air\b|\bnow {ON_AIR}\b|\blive now\b|"
    rf"^\W*{ON_AIR}\W*$|^\W*live\W+(?:for |since )?\d|"  # LIVE, Live 00:03, live: 0 viewers
    rf"\b{STREAM} (?:has |is )?(?:now )?(?:started|begun|running|under way|underway)\b|"
    rf"\b(?:viewers|your audience|people|everyone) can (?:now )?(?:see|hear)\b|\bgone live\b|"
    rf"\b(?:streaming|broadcasting) to\b"
)
# What is to come, is over, or is not.
DOES_NOT = re.compile(
    r"\b(?:not|isn't|could|will|go|going|start|soon|ready|when|once|before|after|until|if|offline|ended|"
    r"stopped|fail\w*|were|was)\b"
)


def says_live(lines: Iterable[str]) -> str | None:
    """The line that tells a person that they are on air; None when there is none."""
    return next((line for line in lines if _claims(plain(line))), None)


def _claims(line: str) -> bool:
    return CLAIMS.search(line) is not None and DOES_NOT.search(line) is None
