"""Who asks: the role and the claims of the token in Authorization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt
from starlette.requests import Request

from harness.local_supabase.keys import ProjectKeys, UnknownKey
from harness.local_supabase.rest.errors import RestError

ANONYMOUS = "anon"
ROLES = (ANONYMOUS, "authenticated", "service_role")


@dataclass(frozen=True)
class Caller:
    """Whom the database sees."""

    role: str
    claims: dict[str, Any]


def identify(request: Request, keys: ProjectKeys) -> Caller:
    """The caller; without a bearer token anonymous. Raises RestError 401 for a token that is not good."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return Caller(ANONYMOUS, {"role": ANONYMOUS})
    claims = _claims(token, keys)
    role = claims.get("role", ANONYMOUS)
    if role not in ROLES:
        # The roles that a hosted project lets the API take on; the database has others, its owner among them.
        raise RestError(403, "42501", f'permission denied to set role "{role}"')
    return Caller(role, {**claims, "role": role})


def _claims(token: str, keys: ProjectKeys) -> dict[str, Any]:
    parts = token.count(".") + 1
    if not token:
        raise RestError(401, "PGRST301", "Empty JWT is sent in Authorization header")
    if parts != 3:
        raise RestError(401, "PGRST301", f"Expected 3 parts in JWT; got {parts}")
    try:
        return keys.verify(token)
    except jwt.ExpiredSignatureError:
        raise RestError(401, "PGRST303", "JWT expired") from None
    except jwt.ImmatureSignatureError as error:
        message = "JWT issued at future" if "iat" in str(error) else "JWT not yet valid"
        raise RestError(401, "PGRST303", message) from None
    except UnknownKey:
        raise RestError(401, "PGRST301", "No suitable key or wrong key type") from None
    except jwt.InvalidTokenError as error:
        raise RestError(401, "PGRST301", "JWT cryptographic operation failed", str(error)) from None
