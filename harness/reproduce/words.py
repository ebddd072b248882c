"""Whether what a page says of a failure is a sentence for a person, and about the right thing.

Each topic has words of which a page must use one (`SAYS`). Some kinds of failure have words that are theirs
alone (`CLAIMS`): a page that uses those of another kind, and none that fit, tells people to mend the wrong
thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.browser.failures.failure import Failure, Topic

DEVICE = r"camera|microphone|\bmic\b|device|webcam|headset"
PERMISSION = r"permission|\bden(y|ied)|not allowed|\ballow|block|\bgrant"
NOT_FOUND = r"not (found|detected|connected)|no longer connected|(couldn.t|could not|cannot|can.t) find"
MISSING = rf"{NOT_FOUND}|\bno\b[^.]*({DEVICE})|missing|plug|connect (a|your|the|one)\b|reconnect|unplugged"
BUSY = r"in use|using|used by|\bbusy|(another|other) (app|application|program|tab|window)s?|taken"
CHOICE = (
    r"constraint|different|another (camera|microphone|device|one)|resolution|\bchoose|\bselect|not supported"
)
SECURE = r"https|secure"
EMBEDDED = r"polic|embed|frame|sandbox|tab of its own|new tab|own tab|site|server|administrator|secur"
LOST = (
    r"stop|lost|ended|\bend\b|disconnect|unplug|no longer|\boff\b|gone|interrupt|revoked|withdrawn|"
    r"not start|fail"
)
STILL = r"froze|still|stuck|stopp|same picture|not mov|hang|silen|no sound|no picture|lost|hear|see|nothing"
CLAIMS: dict[str, str] = {
    "permission": r"permission|\bdenied|not allowed|blocked",
    "missing": rf"{NOT_FOUND}|\bno (camera|microphone|mic|device)\b(?! (sound|picture))|"
    r"plug (it|in|one|your)|connect (a|your)\b",
    "busy": r"in use|used by|\bbusy\b|(another|other) (app|application|program)s?",
    "constraints": r"constraint|resolution|different device",
    "insecure": r"https|insecure|not secure|secure (page|connection|address|context|origin)",
}
SAYS: dict[Topic, str] = {
    "permission": PERMISSION,
    "missing": MISSING,
    "busy": BUSY,
    "constraints": CHOICE,
    "insecure": SECURE,
    "blocked": f"{PERMISSION}|{EMBEDDED}",
    "no start": rf"(not|n.t) (start|respond|answer)|too long|time|slow|{BUSY}",
    "defect": rf"{DEVICE}|turn on|switch on|choose|select",
    "waiting": r"wait|starting|allow|permission|prompt|asks|moment|connecting|preparing|opening|requesting",
    "lost": f"{LOST}|{PERMISSION}|{MISSING}",
    "stuck": STILL,
    "no picture": r"black|dark|cover|no picture|(not|n.t) see|blank|lens|shutter|nothing",
    "no sound": r"silen|quiet|no sound|(not|n.t) hear|mute|nothing",
    "nothing": r"",
}
# Beside its own: claims of these kinds are not wrong, as a page cannot know better, or they say the same.
ALSO: dict[Topic, set[str]] = {
    "blocked": {"permission", "insecure"},
    "no start": {"busy"},
    "waiting": {"permission"},
    "lost": {"permission", "missing", "busy"},
    "defect": {"constraints", "missing"},
    "stuck": {"missing", "busy"},
    "no picture": {"busy"},
    "constraints": {"missing"},
}
GARBAGE = re.compile(
    r"\bundefined\b|\[object|\bNaN\b|\bnull\b|\bTypeError\b|Cannot read prop|is not a function"
)
ERROR_NAME = re.compile(
    r"(DOMException:?|Uncaught|Error:)|\b(NotAllowed|NotFound|NotReadable|Overconstrained|Abort|Security|Type|"
    r"InvalidState|NotSupported)Error\b:?"
)
ACTS = re.compile(
    r"\b(allow|check|connect|close|quit|try|retry|choose|select|pick|plug|open|refresh|reload|restart|unblock|"
    r"unmute|enable|grant|turn|switch|settings|make sure|ensure|use|press|click|give|remove|uncover|wait|"
    r"stop)\b",
    re.IGNORECASE,
)
FEWEST_WORDS = 3


@dataclass(frozen=True)
class Sentence:
    """A line that the page shows since it failed. `wrong` says why it is none that helps; None when it
    may."""

    text: str
    fits: bool
    wrong: str | None


def read(line: str, failure: Failure, browsers_words: Sequence[str]) -> Sentence:
    """Judge one line that is new on the page; `browsers_words` are what the browser itself said."""
    if garbage := GARBAGE.search(line):
        return Sentence(line, False, f"it shows a person {garbage[0]!r}")
    plain = ERROR_NAME.sub(" ", line)
    own = plain
    for words in filter(None, browsers_words):
        own = own.replace(words, " ")
    bare = plain != line and _words(own) < FEWEST_WORDS
    echoed = own != plain and not ACTS.search(own)
    if bare or echoed:
        return Sentence(line, False, "it shows the browser's own words, and does not say what to do")
    fits = _words(line) >= FEWEST_WORDS and re.search(SAYS[failure.topic], line, re.IGNORECASE) is not None
    others = _claims(line) - {failure.topic} - ALSO.get(failure.topic, set())
    own_claim = failure.topic in _claims(line) or (failure.topic not in CLAIMS and fits)
    if others and not own_claim:
        return Sentence(line, False, f"it speaks of another failure ({', '.join(sorted(others))})")
    return Sentence(line, fits, None)


def _claims(line: str) -> set[str]:
    """The kinds of failure that the line is about, by words that are theirs alone."""
    return {kind for kind, words in CLAIMS.items() if re.search(words, line, re.IGNORECASE)}


def _words(text: str) -> int:
    return len(re.findall(r"[^\W\d_]{2,}", text))
