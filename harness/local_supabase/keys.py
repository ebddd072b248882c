"""The project's keys: ES256, made at each start, for sessions; the HS256 secret for API keys."""

from __future__ import annotations

import base64
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

# As PostgREST: clocks may differ by this much.
LEEWAY = 30


# A token is a stranger's text: it may hold numbers, nesting and types that PyJWT does not look for.
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError, RecursionError)


class UnknownKey(jwt.InvalidTokenError):
    """No key of the project can have signed it."""


class ProjectKeys:
    """Signs sessions and verifies whatever a caller presents."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._kid = str(uuid.uuid4())

    def sign(self, claims: dict[str, Any]) -> str:
        """A session token, with `iat` now; the other claims, `exp` among them, are the caller's."""
        return jwt.encode(
            {"iat": int(time.time()), **claims}, self._private, algorithm="ES256", headers={"kid": self._kid}
        )

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public key, as at `/auth/v1/.well-known/jwks.json`."""
        point = self._private.public_key().public_numbers()
        key = {
            "alg": "ES256",
            "crv": "P-256",
            "ext": True,
            "key_ops": ["verify"],
            "kid": self._kid,
            "kty": "EC",
            "use": "sig",
            "x": _coordinate(point.x),
            "y": _coordinate(point.y),
        }
        return {"keys": [key]}

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of the project's keys signed.

        Raises jwt.InvalidTokenError. Each key has one algorithm, whatever the token says. Audience and issuer
        are not asked, as on a hosted project.
        """
        try:
            return self._verified(token)
        except jwt.InvalidTokenError:
            raise
        except UNREADABLE as error:
            raise jwt.InvalidTokenError(f"token is malformed: {type(error).__name__}") from None

    def _verified(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        options: jwt.types.Options = {"verify_aud": False}
        if header.get("kid") == self._kid:
            return jwt.decode(token, self._private.public_key(), ["ES256"], options=options, leeway=LEEWAY)
        if header.get("alg") == "HS256":
            return jwt.decode(token, self._secret, ["HS256"], options=options, leeway=LEEWAY)
        raise UnknownKey("No suitable key or wrong key type")


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
