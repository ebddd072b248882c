"""Whether what a page says of a failure is a sentence for a person, and about the right thing.

A line fits that names the cause of this failure beside a device that failed (`causes.py`). One that names
another cause, or another device, tells people to mend the wrong thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.browser.failures import FAILURES
from harness.browser.failures.failure import Failure, Topic
from harness.reproduce.causes import (
    OF_KIND,
    asks_for_device,
    blamed,
    claimed,
    devices,
    is_about,
    is_answer_awaited,
    is_denied,
    is_trouble,
    is_under_way,
    plain,
    without_comfort,
)

# Beside its own: claims of these kinds are not wrong, as a page cannot know better, or they say the same.
ALSO: dict[Topic, set[Topic]] = {
    "blocked": {"permission", "insecure"},
    "no start": {"busy"},
    "waiting": {"permission"},
    "lost": {"permission", "missing", "busy"},
    "stuck": {"missing", "busy"},
    "no picture": {"busy"},
    "constraints": {"missing"},
}
NAMES = {"video": "camera", "audio": "microphone"}
GARBAGE = re.compile(
    r"\bundefined\b|\[object|\bNaN\b|\bnull\b|\bTypeError\b|Cannot read prop|is not a function"
)
ERROR_NAME = re.compile(
    r"(DOMException:?|Uncaught|Error:)|\b(NotAllowed|NotFound|NotReadable|Overconstrained|Abort|Security|Type|"
    r"InvalidState|NotSupported)Error\b:?"
)
OF_BROWSERS = {
    "Device in use",
    "Permission denied by system",
    "Timeout starting video source",
    "Starting videoinput failed",
    "Starting audioinput failed",
    *(error.message for failure in FAILURES.values() for error in failure.errors.values() if error.message),
}
ACTS = re.compile(
    r"\b(allow|check|connect|close|quit|try|retry|choose|select|pick|plug|open|refresh|reload|restart|unblock|"
    r"unmute|enable|grant|turn|switch|settings|make sure|ensure|use|press|click|give|remove|uncover|wait|"
    r"stop)\b",
    re.IGNORECASE,
)
ADVICE = re.compile(r"\b(check|make sure|ensure|if|may|might|could be|maybe|perhaps)\b", re.IGNORECASE)
FEWEST_WORDS = 3  # that a page must add to an error's name


@dataclass(frozen=True)
class Sentence:
    """A line that the page shows since it failed. `wrong` says why it is none that helps; None when it
    may."""

    text: str
    fits: bool
    wrong: str | None


def read(line: str, failure: Failure, browsers_words: Sequence[str]) -> Sentence:
    """Judge one line that is new on the page; `browsers_words` are what the browser itself said."""
    if raw := _raw(line, browsers_words):
        return Sentence(line, False, raw)
    hedges = ADVICE.search(line) is not None
    plainly = plain(line) if hedges else without_comfort(plain(line))
    if never := _never_right(plainly, failure):
        return Sentence(line, False, never)
    others = blamed(plainly) - ALSO.get(failure.topic, set())
    names_another = bool(others) and failure.topic not in others and not hedges
    if _fits(plainly, failure) and not names_another:
        return Sentence(line, True, None)
    wrong = _misleading(plainly, failure)
    vague = wrong is None and is_trouble(plainly, failure.topic, devices(failure.kinds))
    return Sentence(line, vague, None if hedges else wrong)


def read_all(lines: Sequence[str], failure: Failure, browsers_words: Sequence[str]) -> list[Sentence]:
    """Each line, and where none fits, each with the next: what a title leaves open its text may say."""
    read_alone = [read(line, failure, browsers_words) for line in lines]
    if any(one.fits for one in read_alone):
        return read_alone
    pairs = [
        read(f"{one.text}. {after.text}", failure, browsers_words)
        for one, after in pairwise(read_alone)
        if not one.wrong and not after.wrong
    ]
    return [*read_alone, *(pair for pair in pairs if pair.fits)]


def _raw(line: str, browsers_words: Sequence[str]) -> str | None:
    """Why this was written for programmers; None when it was not."""
    if garbage := GARBAGE.search(line):
        return f"it shows a person {garbage[0]!r}"
    named = ERROR_NAME.sub(" ", line)
    own = named
    for words in sorted({*browsers_words, *OF_BROWSERS}, key=len, reverse=True):
        own = own.replace(words, " ") if words else own
    bare = named != line and _words(own) < FEWEST_WORDS
    echoed = own != named and not ACTS.search(own)
    return "it shows the browser's own words, and does not say what to do" if bare or echoed else None


def _fits(line: str, failure: Failure) -> bool:
    if failure.outcome == "pending" and not is_answer_awaited(line):
        return False
    late = failure.topic == "waiting" and failure.outcome == "given"
    return is_about(line, failure.topic, failure.kinds) or (late and is_under_way(line))


def _never_right(line: str, failure: Failure) -> str | None:
    """What no other word of the line makes good; None when there is no such thing."""
    if failure.topic == "nothing" and asks_for_device(line):
        return "it speaks of a device, and none has failed"
    denied = failure.topic == "waiting" and is_denied(line)
    return "it speaks of another failure (permission)" if denied else None


def _misleading(line: str, failure: Failure) -> str | None:
    """What it makes a person mend in vain; None when it makes no claim."""
    for kind in OF_KIND.keys() - set(failure.kinds):
        if is_about(line, failure.topic, [kind]):
            return f"it speaks of another device (the {NAMES[kind]})"
    others = claimed(line) - {failure.topic} - ALSO.get(failure.topic, set())
    return f"it speaks of another failure ({', '.join(sorted(others))})" if others else None


def _words(text: str) -> int:
    return len(re.findall(r"[^\W\d_]{2,}", text))
