"""How an app words what the checks look for: they ask in the words of the reference pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Frame, Page

from harness.browser.place import shown
from harness.config import Errors, HostPage, ViewerPage
from harness.config.section import Section

BY_SELECTOR = "selector:"


@dataclass(frozen=True)
class Wording:
    """`words` are what the target says for the `reference` sentence, and `key` is where it says so."""

    reference: str
    words: str
    key: str | None = None

    def are_in(self, page: Page | Frame, texts: Sequence[str]) -> bool:
        """Whether `page`, which shows `texts` there, says it."""
        if self.words.startswith(BY_SELECTOR):
            return shown(page, self.words.removeprefix(BY_SELECTOR).strip()).count() > 0
        if self.words.startswith("/"):
            pattern = re.compile(self.words.removeprefix("/").removesuffix("/"))
            return any(pattern.search(text) for text in texts)
        return self.words in texts

    def __str__(self) -> str:
        return repr(self.words)

    @property
    def advice(self) -> str:
        """Which key to change when the app words it in another way; nothing for the reference pages."""
        return f" (as {self.key} of the target file has it)" if self.key else ""


def wording(role: str, section: HostPage | ViewerPage, errors: Errors, reference: str) -> Wording:
    """How the target says `reference`: literally so, unless it is one of its known sentences."""
    tables: tuple[tuple[str, Section], ...] = ((role, section), ("errors", errors))
    for table, told in tables:
        for name, field in type(told).model_fields.items():
            if field.default == reference:
                key = f"{table}.{name}" if section.url else None
                return Wording(reference, str(getattr(told, name)), key)
    return Wording(reference, reference)
