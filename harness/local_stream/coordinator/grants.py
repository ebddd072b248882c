"""Who may do what in a call: grants by role for each built-in call type, and what they come to for a person.

Source: the vendor's permissions reference, table by table. It is silent about call roles: that `host` and
`moderator` may do what an admin may, and a `call_member` what a user may, is inferred; so is what guests may
do in audio rooms and livestreams.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.local_stream.coordinator.permissions import CAPABILITIES, HIDDEN, OWNER, PERMISSIONS, meaning

Grants = dict[str, list[str]]

EVERYTHING = CAPABILITIES | HIDDEN


def _owner(*permissions: str) -> list[str]:
    return [permission + OWNER for permission in permissions]


_EVERY_TYPE = ["create-call", "create-call-reaction", "enable-noise-cancellation-any-team", "join-call"]
_EVERY_TYPE += ["read-call", "send-event"]
_MODERATION = ["block-user", "kick-user", "mute-users", "update-call", "update-call-permissions"]
_BROADCAST = ["start-broadcasting", "stop-broadcasting", "start-recording", "stop-recording"]
_TRANSCRIPTION = ["start-transcription", "stop-transcription"]
_MEMBERS = ["remove-call-member", "update-call-member"]

_DEFAULT_USER = [
    *_EVERY_TYPE,
    *("end-call", "join-ended-call", "screenshare", "send-audio", "send-video", "list-recordings"),
    *(*_BROADCAST, *_TRANSCRIPTION, *_MEMBERS),
    *_owner(*_MODERATION, "pin-call-track", "update-call-settings"),
]
_STAGE_USER = [
    *_EVERY_TYPE,
    *_owner("end-call", "join-backstage", "join-ended-call", "send-audio", "update-call-member-role"),
    *_owner(*_MODERATION, *_BROADCAST, *_MEMBERS),
]
_LIVESTREAM_USER = [*_STAGE_USER, *_owner("pin-call-track", "screenshare", "send-video")]
_AUDIO_ROOM_USER = [*_STAGE_USER, *_owner(*_TRANSCRIPTION, "update-call-settings")]
_WATCH = ["join-call", "read-call"]
_SPEAK = [*_WATCH, "send-audio", "send-event", "send-video"]
_ALL = sorted(PERMISSIONS)


def _grants(user: list[str], guest: list[str], anonymous: list[str]) -> Grants:
    above = dict.fromkeys(("admin", "host", "moderator"), _ALL)
    return {**above, "user": user, "call_member": user, "guest": guest, "anonymous": anonymous}


DEFAULT = _grants(_DEFAULT_USER, _SPEAK, [])
LIVESTREAM = _grants(_LIVESTREAM_USER, [*_WATCH, "create-call-reaction", "send-event"], _WATCH)
AUDIO_ROOM = _grants(_AUDIO_ROOM_USER, [*_WATCH, "create-call-reaction", "send-event"], _WATCH)
DEVELOPMENT = _grants(_ALL, _SPEAK, _WATCH)


def capabilities(granted: Mapping[str, list[str]], roles: Iterable[str], *, owner: bool) -> frozenset[str]:
    """What holds for somebody with `roles` (of the app and in the call); unknown roles grant nothing.

    The answer has capabilities, and the permissions that no capability tells of.
    """
    meanings = [meaning(grant) for role in roles for grant in granted.get(role, [])]
    return frozenset(allowed for allowed, for_owners in meanings if owner or not for_owners)


def shown(capabilities: Iterable[str]) -> list[str]:
    """Those that clients are told of, in order."""
    return sorted(CAPABILITIES.intersection(capabilities))
