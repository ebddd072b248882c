"""Call types: a name, default settings, and grants by role."""

from __future__ import annotations

from dataclasses import dataclass

from harness.local_stream.coordinator import call_settings, grants
from harness.local_stream.coordinator.call_settings import Settings


@dataclass(frozen=True)
class CallType:
    """What calls of one type start with."""

    name: str
    settings: Settings
    grants: dict[str, frozenset[str]]


BUILT_IN = {"livestream": CallType("livestream", call_settings.LIVESTREAM, grants.LIVESTREAM)}
