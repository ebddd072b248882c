"""Who asks: the Supabase session of the `Authorization` header, verified here and now.

Source: Supabase's "JWT signing keys". Projects sign sessions with an asymmetric key that they publish (ES256
or RS256), or, in the legacy way, with the project's shared JWT secret (HS256).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from harness.config import TokenServerSettings
from harness.token_server.refusal import Refusal
from harness.token_server.signing_keys import SigningKeys

AUDIENCE = "authenticated"
CLOCK_SKEW = 30  # seconds between Supabase's clock and ours
# A token is a stranger's text: besides what PyJWT refuses, it may hold numbers and nesting beyond all limits.
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class User:
    """A signed-in user: the session's subject, and the names that the session itself knows."""

    id: str
    metadata_name: str
    email: str

    @property
    def session_name(self) -> str:
        """A name to show, never empty: from the metadata, else the e-mail's local part, else the id."""
        return self.metadata_name or self.email.partition("@")[0] or self.id


class Sessions:
    """Verifies sessions of one Supabase project."""

    def __init__(self, settings: TokenServerSettings, keys: SigningKeys) -> None:
        self._issuer = f"{settings.supabase_url}/auth/v1"
        self._shared_secret = settings.supabase_jwt_secret
        self._keys = keys

    async def user(self, authorization: str | None) -> User:
        """The user of a `Bearer` header; raises Refusal: 401 for a bad session, 503 without any keys."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refusal(401, "Invalid auth", "no bearer token")
        try:
            return _user(await self._verified(token.strip()))
        except UNREADABLE as error:
            raise Refusal(401, "Invalid auth", type(error).__name__) from None

    async def _verified(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        key, algorithm = await self._key(header)
        return jwt.decode(
            token,
            key,
            # One algorithm, chosen by whose key it is and never by the token: a public key can then not be
            # passed off as a shared secret, nor can "none" be asked for.
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=self._issuer,
            leeway=CLOCK_SKEW,
            options={"require": ["exp", "sub"]},
        )

    async def _key(self, header: dict[str, Any]) -> tuple[Any, str]:
        algorithm = header.get("alg")
        if algorithm == "HS256" and self._shared_secret:
            return self._shared_secret.get_secret_value(), "HS256"
        if algorithm in self._keys.ALGORITHMS:
            key = await self._keys.named(str(header.get("kid")))
            return key.key, key.algorithm_name
        raise jwt.InvalidAlgorithmError("no key of this project signs with that algorithm")


def _user(claims: dict[str, Any]) -> User:
    metadata = claims.get("user_metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    # Raises ValueError for anything but the UUID that every Supabase user has.
    return User(id=str(UUID(claims["sub"])), metadata_name=_text(name), email=_text(claims.get("email")))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
