"""Block lists: words that an app wants kept out of its texts. Kept by name: there are no texts here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from harness.local_stream.coordinator.errors import ApiError, Code, input_error
from harness.local_stream.coordinator.rules import Rule, Section, check
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.values import Json, copied

_KINDS = ("regex", "domain", "domain_allowlist", "email", "email_allowlist", "word")
_CHECKS = ("confusable_folding_enabled", "leet_check_enabled", "plural_check_enabled")
_FLAGS = tuple(f"is_{name}" for name in (*_CHECKS, "substring_matching_enabled"))
# What an update may change.
_CHANGES = {"words": Rule(list), **dict.fromkeys(_FLAGS, Rule(bool))}
_CHANGE = Section(_CHANGES)
_NEW = Section(
    {
        **_CHANGES,
        "name": Rule(str, required=True),
        "words": Rule(list, required=True),
        "type": Rule(str, one_of=_KINDS),
        "team": Rule(str),
    }
)


@dataclass(frozen=True)
class BlockList:
    """One list. Its fields are those of BlockListResponse."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    words: list[str]
    type: str = "word"
    team: str | None = None
    is_confusable_folding_enabled: bool = False
    is_leet_check_enabled: bool = False
    is_plural_check_enabled: bool = False
    is_substring_matching_enabled: bool = False

    def response(self) -> dict[str, object]:
        """BlockListResponse."""
        return {name: value for name, value in vars(self).items() if value is not None}


class BlockLists:
    """All lists by name."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lists: dict[str, BlockList] = {}

    def all(self, team: str | None = None) -> list[BlockList]:
        """Every list, or every one of a team; the oldest first."""
        return [one for one in self._lists.values() if team is None or one.team == team]

    def get(self, name: str) -> BlockList:
        """The list; raises the vendor's 404."""
        if name not in self._lists:
            raise ApiError(404, Code.NOT_FOUND, f"block list {name} does not exist")
        return self._lists[name]

    def add(self, given: Json) -> BlockList:
        """A new list, as the request describes it; raises the vendor's input error."""
        check(_NEW, given, "")
        told = _told(_NEW, given)
        if told["name"] in self._lists:
            raise input_error(f"block list {told['name']} already exists")
        now = self._source.now()
        made = BlockList(id=self._source.new_id(), created_at=now, updated_at=now, **told)
        self._lists[made.name] = made
        return made

    def change(self, name: str, given: Json) -> BlockList:
        """Other words or another way to look for them; what the request does not say stays."""
        check(_CHANGE, given, "")
        changed = replace(self.get(name), updated_at=self._source.now(), **_told(_CHANGE, given))
        self._lists[name] = changed
        return changed

    def remove(self, name: str) -> None:
        """Forget a list; raises the vendor's 404."""
        del self._lists[self.get(name).name]

    def clear(self) -> None:
        """Forget all lists."""
        self._lists.clear()


def _told(section: Section, given: Json) -> dict[str, Any]:
    told = {name: given.get(name) for name in section.fields}
    return {name: copied(value) for name, value in told.items() if value not in (None, "")}
