"""Who may do what in a call: capabilities by role, by ownership, and by role in the call.

A grant is a capability (`join-call`) or one with `-owner`, which holds for who created the call. Source: the
vendor's permissions reference for call type `livestream`; what call role `host` may do is inferred (as admin,
for that call).
"""

from __future__ import annotations

OWNER = "-owner"

# Every capability of the vendor's OwnCapability.
EVERYTHING = frozenset(
    [
        "block-users",
        "change-max-duration",
        "create-call",
        "create-reaction",
        "enable-noise-cancellation",
        "end-call",
        "join-backstage",
        "join-call",
        "join-ended-call",
        "kick-user",
        "mute-users",
        "pin-for-everyone",
        "read-call",
        "remove-call-member",
        "screenshare",
        "send-audio",
        "send-closed-captions-call",
        "send-video",
        "start-broadcast-call",
        "start-closed-captions-call",
        "start-frame-record-call",
        "start-individual-record-call",
        "start-raw-record-call",
        "start-record-call",
        "start-transcription-call",
        "stop-broadcast-call",
        "stop-closed-captions-call",
        "stop-frame-record-call",
        "stop-individual-record-call",
        "stop-raw-record-call",
        "stop-record-call",
        "stop-transcription-call",
        "update-call",
        "update-call-member",
        "update-call-permissions",
        "update-call-settings",
    ]
)

_OWNER_ONLY = [
    "join-backstage",
    "send-audio",
    "send-video",
    "screenshare",
    "end-call",
    "update-call",
    "update-call-settings",
    "mute-users",
    "block-users",
    "start-broadcast-call",
    "stop-broadcast-call",
    "start-record-call",
    "stop-record-call",
]

_USER = frozenset(
    ["create-call", "join-call", "read-call", "create-reaction", *(name + OWNER for name in _OWNER_ONLY)]
)

LIVESTREAM: dict[str, frozenset[str]] = {
    "admin": EVERYTHING,
    "host": EVERYTHING,
    "user": _USER,
    "guest": _USER,
    "anonymous": frozenset(["join-call", "read-call"]),
}


def capabilities(granted: dict[str, frozenset[str]], roles: list[str], *, owner: bool) -> frozenset[str]:
    """What holds for somebody with `roles` (of the app and in the call); unknown roles grant nothing."""
    held = frozenset().union(*(granted.get(role, frozenset()) for role in roles))
    plain = {grant for grant in held if not grant.endswith(OWNER)}
    owned = {grant.removesuffix(OWNER) for grant in held if grant.endswith(OWNER)} if owner else set()
    return frozenset(plain | owned)


def action(capability: str) -> str:
    """The name of a capability in refusals: `join-backstage` is `JoinBackstage`."""
    return "".join(word.capitalize() for word in capability.split("-"))
