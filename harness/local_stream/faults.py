"""Failures on demand: the rules in force, in the order in which they were added.

Every rule counts what it matches; of those that are due, the first bites, and the journal says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.local_stream.fault_rule import Door, Rule, read_rule
from harness.local_stream.journal import Journal


class Faults:
    """The rules by id. Ids count on across `clear`, so that an old one never names a new rule."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rules: dict[str, Rule] = {}
        self._made = 0

    def add(self, given: Mapping[str, object]) -> dict[str, object]:
        """The new rule as it is listed; raises BadRule."""
        rule = read_rule(given)
        self._made += 1
        self._rules[str(self._made)] = rule
        return {"id": str(self._made), **rule.shown()}

    def listed(self) -> list[dict[str, object]]:
        """Every rule with its matches and hits."""
        return [{"id": rule_id, **rule.shown()} for rule_id, rule in self._rules.items()]

    def remove(self, rule_id: str) -> bool:
        """Whether there was such a rule to remove."""
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        """Forget every rule."""
        self._rules.clear()

    def bite(
        self, door: Door, operation: str, *, user_id: str | None = None, call_cid: str | None = None
    ) -> Rule | None:
        """The rule that hits this happening, if any; it is counted and journalled."""
        due = [
            (rule_id, rule)
            for rule_id, rule in self._rules.items()
            if rule.door == door and rule.wants(operation, user_id, call_cid)
        ]
        if not due:
            return None
        rule_id, rule = due[0]
        rule.hit()
        self._journal.record(
            "fault", operation, user_id=user_id, call_cid=call_cid, fault=rule_id, at=door, effect=rule.effect
        )
        return rule
