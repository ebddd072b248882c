"""Who asks: the Supabase session of the `Authorization` header, verified here and now where that is possible.

Source: Supabase's "JWT signing keys". Projects sign sessions with an asymmetric key that they publish (ES256
or RS256), or, in the legacy way, with the project's shared JWT secret (HS256). Who has neither asks Auth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from harness.config import TokenServerSettings
from harness.token_server.display_name import display_name
from harness.token_server.refusal import Refusal
from harness.token_server.remote_check import RemoteCheck
from harness.token_server.signing_keys import SigningKeys
from harness.token_server.supabase import Supabase, unavailable

AUDIENCE = "authenticated"
CLOCK_SKEW = 30  # seconds between Supabase's clock and ours
SHARED = "HS256"
REQUIRED = ["exp", "sub"]
# Exactly the characters of a signed token: what decodes it passes over all others, such as the comma and the
# second token of two headers that a proxy joined.
BEARER = re.compile(r"bearer +([A-Za-z0-9._-]+)", re.IGNORECASE)
# What Auth is asked about is judged by all but its signature: a stranger's invention is not worth a request.
UNSIGNED = {
    "verify_signature": False,
    "verify_exp": True,
    "verify_nbf": True,
    "verify_iat": True,
    "verify_aud": True,
    "verify_iss": True,
    "require": REQUIRED,
}
# A token is a stranger's text: besides what PyJWT refuses, it may hold numbers and nesting beyond all limits.
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class User:
    """A signed-in user: the session's subject, and the best name that the session itself knows."""

    id: str
    session_name: str


class Sessions:
    """Verifies sessions of one Supabase project."""

    def __init__(self, settings: TokenServerSettings, supabase: Supabase) -> None:
        self._issuer = f"{settings.supabase_url}/auth/v1"
        self._shared_secret = settings.supabase_jwt_secret
        self._keys = SigningKeys(supabase)
        self._remote_check = RemoteCheck(supabase)

    async def user(self, authorization: Sequence[str]) -> User:
        """The user of the one `Bearer` header; raises Refusal: 401 for a bad one, 503 when none can judge it.

        Of several headers none counts: another server on the way may have judged by the other one.
        """
        bearer = BEARER.fullmatch(authorization[0]) if len(authorization) == 1 else None
        if bearer is None:
            raise Refusal(401, "Invalid auth", "no bearer token")
        try:
            return await self._verified(bearer[1])
        except UNREADABLE as error:
            raise Refusal(401, "Invalid auth", type(error).__name__) from None

    async def _verified(self, token: str) -> User:
        key = await self._key(jwt.get_unverified_header(token))
        if key is None:
            return await self._asked_of_auth(token)
        # One algorithm, chosen by whose key it is and never by the token: a public key can then not be
        # passed off as a shared secret, nor can "none" be asked for.
        secret, algorithm = key
        return _user(self._claims(token, secret, [algorithm], {"require": REQUIRED}))

    async def _key(self, header: dict[str, Any]) -> tuple[Any, str] | None:
        """The key to verify with and its algorithm; None when Auth alone has it."""
        algorithm = header.get("alg")
        if algorithm == SHARED and self._shared_secret:
            return self._shared_secret.get_secret_value(), SHARED
        if algorithm in SigningKeys.ALGORITHMS:
            found = await self._keys.find(str(header.get("kid")))
            if found:
                return found.key, found.algorithm_name
        elif algorithm != SHARED:
            raise jwt.InvalidAlgorithmError("no project signs with that algorithm")
        if self._shared_secret or not await self._keys.none():
            raise jwt.InvalidKeyError("no key of this project signed it")
        return None

    async def _asked_of_auth(self, token: str) -> User:
        claimed = _user(self._claims(token, "", [], UNSIGNED))
        told = await self._remote_check.user(token)
        if not isinstance(told.get("id"), str):
            raise unavailable("its user has no id")
        user = _user({**told, "sub": told.get("id")})
        if user.id != claimed.id:
            raise jwt.InvalidTokenError("Auth knows it as somebody else's")
        return user

    def _claims(
        self,
        token: str,
        key: Any,  # noqa: ANN401
        algorithms: list[str],
        options: dict[str, Any],
    ) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=algorithms,
            audience=AUDIENCE,
            issuer=self._issuer,
            leeway=CLOCK_SKEW,
            options=options,  # type: ignore[arg-type]
        )


def _user(claims: dict[str, Any]) -> User:
    # Raises ValueError for anything but the UUID that every Supabase user has.
    subject = claims["sub"]
    if not isinstance(subject, str):
        raise jwt.InvalidTokenError("the subject is no text")
    user_id = str(UUID(subject))
    metadata, email = claims.get("user_metadata"), claims.get("email")
    known = metadata if isinstance(metadata, dict) else {}
    mailbox = email.partition("@")[0] if isinstance(email, str) else None
    return User(user_id, display_name(known.get("name"), known.get("full_name"), mailbox, user_id))
