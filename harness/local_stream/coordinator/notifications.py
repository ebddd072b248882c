"""Notification settings of a call type: kept and shown. Push itself is not imitated."""

from __future__ import annotations

from typing import Any

from harness.local_stream.coordinator.rules import Rule, Section

Notifications = dict[str, Any]

_EVENTS = ("call_live_started", "call_missed", "call_notification", "call_ring", "session_started")
_COUNT = Rule(int)
_APNS = Section(
    {
        "title": Rule(str),
        "body": Rule(str),
        "sound": Rule(str),
        "content_available": _COUNT,
        "mutable_content": _COUNT,
        "data": Rule(dict),
    }
)
_EVENT = Section({"enabled": Rule(bool), "apns": _APNS, "fcm": Section({"data": Rule(dict)})})

NOTIFICATIONS = Section({"enabled": Rule(bool), **dict.fromkeys(_EVENTS, _EVENT)})


def default_notifications() -> Notifications:
    """On, each event with the vendor's own texts, which are empty here."""
    events = {name: {"enabled": True, "apns": {"title": "", "body": ""}, "fcm": {}} for name in _EVENTS}
    return {"enabled": True, **events}
