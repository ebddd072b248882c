"""The vendor's permissions by id, as grants name them, and the capability that a client sees for each.

A grant is a permission (`join-call`), or one with `-owner`, which holds for who created the call, or with
`-any-team`, which is the same here: there are no team borders. Capabilities are taken for permissions too, as
the vendor takes them. Source: the permissions reference.
"""

from __future__ import annotations

from functools import lru_cache

OWNER = "-owner"
# Grants whose meaning is remembered: more than there are, but clients may send any words.
MOST_KNOWN = 1_024
_ANY_TEAM = "-any-team"

# Permissions whose capability has another name.
_RENAMED = {
    "block-user": "block-users",
    "create-call-reaction": "create-reaction",
    "pin-call-track": "pin-for-everyone",
    "send-closed-captions": "send-closed-captions-call",
    "start-broadcasting": "start-broadcast-call",
    "start-closed-captions": "start-closed-captions-call",
    "start-frame-recording": "start-frame-record-call",
    "start-individual-recording": "start-individual-record-call",
    "start-raw-recording": "start-raw-record-call",
    "start-recording": "start-record-call",
    "start-transcription": "start-transcription-call",
    "stop-broadcasting": "stop-broadcast-call",
    "stop-closed-captions": "stop-closed-captions-call",
    "stop-frame-recording": "stop-frame-record-call",
    "stop-individual-recording": "stop-individual-record-call",
    "stop-raw-recording": "stop-raw-record-call",
    "stop-recording": "stop-record-call",
    "stop-transcription": "stop-transcription-call",
}
# Permissions that no capability tells of.
HIDDEN = frozenset(
    [
        "delete-call",
        "delete-recording",
        "delete-transcription",
        "list-recordings",
        "list-transcriptions",
        "read-call-stats",
        "ring-call",
        "send-event",
        "update-call-member-role",
    ]
)
_SAME = [
    "change-max-duration",
    "create-call",
    "enable-noise-cancellation",
    "end-call",
    "join-backstage",
    "join-call",
    "join-ended-call",
    "kick-user",
    "mute-users",
    "read-call",
    "remove-call-member",
    "screenshare",
    "send-audio",
    "send-video",
    "update-call",
    "update-call-member",
    "update-call-permissions",
    "update-call-settings",
]

# Every capability of the vendor's OwnCapability.
CAPABILITIES = frozenset([*_SAME, *_RENAMED.values()])
PERMISSIONS = frozenset([*_SAME, *_RENAMED, *HIDDEN])


@lru_cache(MOST_KNOWN)
def meaning(grant: str) -> tuple[str, bool]:
    """What `grant` allows - a capability, else a hidden permission - and whether to owners alone."""
    plain = grant.removesuffix(_ANY_TEAM)
    base = plain.removesuffix(OWNER)
    return _RENAMED.get(base, base), base != plain


def known(grant: str) -> bool:
    """Whether the vendor has this permission or capability."""
    return meaning(grant)[0] in CAPABILITIES | HIDDEN


def action(allowed: str) -> str:
    """The action that a permission or capability is for, as refusals name it: `JoinBackstage`."""
    permission = next((name for name, capability in _RENAMED.items() if capability == allowed), allowed)
    return "".join(word.capitalize() for word in permission.split("-"))
