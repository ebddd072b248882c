"""The token that the coordinator hands out in `credentials` and the SFU asks for on every door.

A JWT (HS256) signed with the SFU's own key, which `local_stream/app.py` derives from the app's secret. That
secret itself signs user tokens: neither kind is accepted in the other's place. The audience says which it is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from harness.local_stream.sfu.errors import unauthenticated
from harness.local_stream.sfu.protocol import models

AUDIENCE = "sfu"
# It is asked for on every RPC of a session, so it lives longer than any party that the harness runs.
LIFETIME_SECONDS = 6 * 3600


@dataclass(frozen=True)
class SfuUser:
    """Who joins, as other participants see them."""

    id: str
    name: str = ""
    image: str = ""
    role: str = "user"
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Grant:
    """What a valid token allows: one user, in one call, with these capabilities
    (`send-video` ...); `issued` in unix seconds, set by `mint`."""

    cid: str
    user: SfuUser
    capabilities: frozenset[str]
    issued: float = 0.0


def mint(secret: str, grant: Grant, *, now: float | None = None) -> str:
    """A token for `grant`, valid from `now` (unix seconds; default: this moment) for `LIFETIME_SECONDS`."""
    issued = time.time() if now is None else now
    user = grant.user
    claims = {
        "aud": AUDIENCE,
        "iat": issued,
        "exp": int(issued) + LIFETIME_SECONDS,
        "cid": grant.cid,
        "capabilities": sorted(grant.capabilities),
        "user": {
            "id": user.id,
            "name": user.name,
            "image": user.image,
            "role": user.role,
            "custom": dict(user.custom),
        },
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def verify(secret: str, token: str) -> Grant:
    """The grant inside `token`; raises SfuError UNAUTHENTICATED, with REJOIN when a fresh one would help."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "aud", "cid", "user"]},
        )
        return Grant(
            claims["cid"], SfuUser(**claims["user"]), frozenset(claims["capabilities"]), claims["iat"]
        )
    except jwt.ExpiredSignatureError:
        raise unauthenticated(
            "SFU token expired: join the call again for new credentials",
            strategy=models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN,
        ) from None
    except (jwt.InvalidTokenError, KeyError, TypeError):
        raise unauthenticated(
            "SFU token not valid: expected the one from this call's join response"
        ) from None
