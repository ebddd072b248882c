"""The name that others see."""

from __future__ import annotations

LONGEST = 300  # characters; a name may be long, and no page need show a novel


def display_name(*candidates: object) -> str:
    """The first candidate that is a text with something in it, no longer than LONGEST; empty without any."""
    return next(filter(None, map(_shown, candidates)), "")


def _shown(candidate: object) -> str:
    if not isinstance(candidate, str):
        return ""
    # Half of a surrogate pair is no character, and could not be sent.
    text = candidate.encode("utf-8", "replace").decode()
    return text.strip()[:LONGEST].rstrip()
