"""Users as old server SDKs (node-sdk up to 0.3) write and read them: custom fields lie beside the others.

A single mute is `mute` to them, and who shall be unmuted may be a single `target_id`.

Those SDKs ask at the root paths, and nobody else does.
"""

from __future__ import annotations

from typing import Any

# What of a user is not custom, in requests and in answers.
OWN = frozenset(
    [
        *("id", "role", "name", "image", "language", "teams", "teams_role", "invisible", "privacy_settings"),
        *("custom", "banned", "ban_expires", "shadow_banned", "online", "push_notifications", "last_active"),
        *("created_at", "updated_at", "deactivated_at", "deleted_at", "revoke_tokens_issued_before"),
    ]
)
ONE = ("user", "banned_by")
USER = {"id", "role", "custom", "created_at"}


def read(body: dict[str, object]) -> dict[str, object]:
    """`body` with the custom fields of each user gathered in `custom`, where the API keeps them."""
    users = body.get("users")
    many = {name: _gathered(user) for name, user in users.items()} if isinstance(users, dict) else users
    single = {name: _gathered(body[name]) for name in ONE if name in body}
    targets = {"target_ids": [body["target_id"]]} if _names_one_target(body) else {}
    return {**body, **({"users": many} if "users" in body else {}), **single, **targets}


def written(answer: dict[str, object]) -> dict[str, object]:
    """`answer` with the custom fields of each user beside the others; a user's own fields come first."""
    shown: dict[str, object] = _scattered(answer)
    match shown.get("mutes"):
        case [only]:
            return {**shown, "mute": only}
    return shown


def _names_one_target(body: dict[str, object]) -> bool:
    return bool(body.get("target_id")) and not body.get("target_ids")


def _scattered(answer: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(answer, list):
        return [_scattered(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    inner = {name: _scattered(value) for name, value in answer.items()}
    custom = inner.get("custom")
    if not (answer.keys() >= USER and isinstance(custom, dict)):
        return inner
    del inner["custom"]
    return {**custom, **inner}


def _gathered(user: object) -> object:
    if not isinstance(user, dict):
        return user
    custom = {name: value for name, value in user.items() if name not in OWN}
    own = {name: value for name, value in user.items() if name in OWN}
    given = own.get("custom")
    return {**own, "custom": {**given, **custom} if isinstance(given, dict) else custom} if custom else own
