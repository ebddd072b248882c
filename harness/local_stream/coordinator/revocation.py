"""Revoked tokens: those that were issued before the time that a user, or the app, has for it.

A token that does not say when it was issued is revoked too, by the vendor's documents. The code, that of an
expired token, with which clients load a new one, is inferred from their words. Servers' tokens stay good.
"""

from __future__ import annotations

from datetime import datetime

from harness.local_stream.coordinator.tokens import Caller, token_expired
from harness.local_stream.coordinator.users import User


def check_not_revoked(caller: Caller, user: User | None, of_all: datetime | None) -> None:
    """Raises ApiError 40 when `caller`, who is `user`, holds a token from before one of the times.

    `of_all` is the app's time.
    """
    if caller.server or caller.user_id is None or caller.anonymous:
        return
    of_user = user.revoke_tokens_issued_before if user else None
    if _is_before(caller.issued, of_all) or _is_before(caller.issued, of_user):
        raise token_expired("token was revoked (iat)")


def _is_before(issued: float | None, time: datetime | None) -> bool:
    # A token tells whole seconds: one of the same second is good.
    return time is not None and (issued is None or issued < int(time.timestamp()))
