"""Call types: a name, default settings, and grants by role. Four are built in; servers add others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from harness.local_stream.coordinator import call_settings, grants
from harness.local_stream.coordinator.call_settings import Settings
from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.grants import Grants
from harness.local_stream.coordinator.notifications import Notifications, default_notifications
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.values import copied


@dataclass
class CallType:
    """What calls of one type start with, and who may do what in them. Calls feel new grants at once."""

    name: str
    created_at: datetime
    updated_at: datetime
    settings: Settings
    grants: Grants
    notifications: Notifications = field(default_factory=default_notifications)
    external_storage: str = ""


_BUILT_IN: dict[str, tuple[Settings, Grants]] = {
    "default": (call_settings.DEFAULT, grants.DEFAULT),
    "livestream": (call_settings.LIVESTREAM, grants.LIVESTREAM),
    "audio_room": (call_settings.AUDIO_ROOM, grants.AUDIO_ROOM),
    "development": (call_settings.DEVELOPMENT, grants.DEVELOPMENT),
}


class CallTypes:
    """All call types by name, oldest first."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._types: dict[str, CallType] = {}
        self.reset()

    def __iter__(self) -> Iterator[CallType]:
        return iter(self._types.values())

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def get(self, name: str) -> CallType:
        """The call type; raises the vendor's 404."""
        found = self._types.get(name)
        if found is None:
            raise ApiError(404, Code.NOT_FOUND, f"call type {name} does not exist")
        return found

    def add(self, name: str, like: str = "default") -> CallType:
        """A new type with the settings and grants of the built-in type `like`."""
        settings, granted = _BUILT_IN[like]
        now = self._source.now()
        added = self._types[name] = CallType(name, now, now, copied(settings), copied(granted))
        return added

    def remove(self, name: str) -> None:
        """Forget a type; raises the vendor's 404."""
        del self._types[self.get(name).name]

    def reset(self) -> None:
        """The built-in types alone, as they were."""
        self._types.clear()
        for name in _BUILT_IN:
            self.add(name, name)
