"""How an app words what the checks look for: they ask in the words of the reference pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Frame, Page

from harness.browser.place import shown
from harness.config import Errors, HostPage, ViewerPage
from harness.config.section import Section
from harness.errors import NotGiven

BY_SELECTOR = "selector:"
# Of errors that are worded in no known way: words for a person, and none of a program's.
FEWEST_WORDS = 3
# Scripts that put no blanks between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
LETTERS_OF_A_WORD = 2  # in these, or fewer
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])")
FOR_PROGRAMS = re.compile(r"\w(Error|Exception)\b|\bat \S+:\d+")
# What programs say to each other, and nobody can act on.
NO_SENTENCE = re.compile(r"\b(undefined|null|NaN)\b|\[object|[{}<>]|^\W*$")
# What the reference pages say that other apps may leave out, by the key that tells how they say it.
OPTIONAL = {
    "host.elsewhere": "Live, but not from this page",
    "host.asking": "Waiting for permission: please answer your browser's question about the camera",
    "viewer.camera_off": "The host\u2019s camera is off",
    "viewer.microphone_off": "The host\u2019s microphone is off",
}


@dataclass(frozen=True)
class Wording:
    """`words` are what the target says for the `reference` sentence, None when any sentence for a person
    will do; `key` is where it says so."""

    reference: str
    words: str | None
    key: str | None = None

    def are_in(self, page: Page | Frame, texts: Sequence[str]) -> bool:
        """Whether `page`, which shows `texts` there, says it."""
        if self.words is None:
            return any(is_for_people(text) for text in texts)
        if self.words.startswith(BY_SELECTOR):
            return shown(page, self.words.removeprefix(BY_SELECTOR).strip()).count() > 0
        if self.words.startswith("/"):
            pattern = re.compile(self.words.removeprefix("/").removesuffix("/"))
            return any(pattern.search(text) for text in texts)
        return self.words in texts

    def __str__(self) -> str:
        return "a sentence for a person" if self.words is None else repr(self.words)

    @property
    def advice(self) -> str:
        """Which key to change when the app words it in another way; nothing for the reference pages."""
        if self.words is None:
            return f" ({self.key} of the target file can tell which)"
        return f" (as {self.key} of the target file has it)" if self.key else ""


def wording(role: str, section: HostPage | ViewerPage, errors: Errors, reference: str) -> Wording:
    """How the target says `reference`; raises NotGiven when it is not known how another app says it."""
    tables: tuple[tuple[str, Section], ...] = ((role, section), ("errors", errors))
    for table, told in tables:
        for name, field in type(told).model_fields.items():
            key = f"{table}.{name}"
            if reference in (field.default, OPTIONAL.get(key)):
                return _told(reference, key if section.url else None, told, name)
    if section.url is None:
        return Wording(reference, reference)
    raise NotGiven(f"needs a page that says {reference!r}, which a target file does not describe")


def _told(reference: str, key: str | None, told: Section, name: str) -> Wording:
    """As the table has it; `key` is None for the reference pages, which say what is told of no app."""
    words = getattr(told, name)
    if key is None:
        return Wording(reference, words or reference)
    if isinstance(told, Errors) and name not in told.model_fields_set and not told.is_law(name):
        return Wording(reference, None, key)
    if words is None:
        raise NotGiven(f"needs {key} in the target file, how the app says {reference!r}")
    return Wording(reference, words, key)


def is_for_people(text: str) -> bool:
    """Whether there is a sentence in it that is more than a program's own name for what went wrong."""
    return not NO_SENTENCE.search(text) and any(map(_is_sentence, SENTENCE_ENDS.split(text)))


def _is_sentence(text: str) -> bool:
    words = max(len(text.split()), len(UNSPACED.findall(text)) // LETTERS_OF_A_WORD)
    return words >= FEWEST_WORDS and not FOR_PROGRAMS.search(text)
