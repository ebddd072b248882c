"""Who asks: API keys and JWTs, checked with the vendor's codes.

A user token names its `user_id`; a token without one is a server's, and above permissions. Both are
HS256 over the app's secret. A user token with `call_cids` is a call token: in those calls its holder has one
role more, `role` or else `call_member`; it takes nothing away elsewhere. Anonymous callers
(`stream-auth-type: anonymous`) need the API key alone, and may have a call token.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from jwt.types import Options

from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.source import Source

ANONYMOUS = "!anon"
CALL_MEMBER = "call_member"
# Unix seconds; JSON has whole numbers of any size, clocks have not.
FAR_AWAY = 2**40
# Verified tokens that are remembered, and the length of those that are not worth it.
MOST_KNOWN, LONGEST_KNOWN = 4_096, 2_048


@dataclass(frozen=True)
class Caller:
    """Who asks. `user_id` is None for a server, and for who asks a public operation without a token.

    `expires` and `issued`: when the token does and was, in unix seconds, or None when it does not say.
    """

    user_id: str | None = None
    server: bool = False
    expires: float | None = None
    issued: float | None = None
    call_cids: frozenset[str] = frozenset()
    call_role: str = CALL_MEMBER

    @property
    def anonymous(self) -> bool:
        return self.user_id == ANONYMOUS

    def roles_in(self, cid: str) -> list[str]:
        """The roles that the token itself gives in this call."""
        return [self.call_role] if cid in self.call_cids else []


class Tokens:
    """Checks for one app's key and secret."""

    def __init__(self, api_key: str, api_secret: str, source: Source) -> None:
        self._key = api_key
        self._secret = api_secret
        self._source = source
        # Clients send the same token with every request; whether it is in its time is asked each time.
        self._known = lru_cache(MOST_KNOWN)(self._verified)

    def check_key(self, api_key: str | None) -> None:
        """Raises ApiError 2 when `api_key` is not this app's."""
        if not api_key:
            raise _unauthorized(Code.ACCESS_KEY, "api_key not provided")
        if api_key != self._key:
            raise _unauthorized(Code.ACCESS_KEY, "api_key not found")

    def issue(self, user_id: str) -> str:
        """A token of this user, without end."""
        return jwt.encode({"user_id": user_id}, self._secret, algorithm="HS256")

    def caller(self, token: str | None, auth_type: str | None) -> Caller:
        """Who holds `token`; raises ApiError 5, 40, 41, 42 or 43."""
        if auth_type not in ("jwt", "anonymous"):
            raise _unauthorized(Code.AUTHENTICATION, "stream-auth-type missing or invalid")
        anonymous = auth_type == "anonymous"
        if not token:
            if anonymous:
                return Caller(user_id=ANONYMOUS)
            raise _unauthorized(Code.AUTHENTICATION, "JWTAuth error: no token was provided")
        token = token.removeprefix("Bearer ")
        claims = self._known(token) if len(token) < LONGEST_KNOWN else self._verified(token)
        self._check_times(claims)
        user_id = ANONYMOUS if anonymous else claims.get("user_id")
        if isinstance(user_id, str) and user_id:
            return _user(user_id, claims)
        # The Python SDK's server tokens are empty, Node's say `server: true`.
        if "user_id" not in claims and claims.get("server", True) is True:
            return Caller(server=True)
        raise _unauthorized(
            Code.AUTHENTICATION, "JWTAuth error: the token is neither a user's nor a server's"
        )

    def _verified(self, token: str) -> Mapping[str, Any]:
        # Times are checked below: with our clock, and with a code for each.
        options: Options = {
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
            "verify_aud": False,
        }
        try:
            return jwt.decode(token, self._secret, algorithms=["HS256"], options=options)
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            raise _unauthorized(
                Code.TOKEN_SIGNATURE,
                "JWTAuth error: signature is not valid. Make sure the token is created using the secret "
                f'for API key "{self._key}"',
            ) from None
        except jwt.InvalidTokenError as error:
            raise _unauthorized(Code.AUTHENTICATION, f"JWTAuth error: {error}") from None

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._source.seconds()
        times = {name: claims[name] for name in ("exp", "nbf", "iat") if claims.get(name) is not None}
        if not all(_is_time(value) for value in times.values()):
            raise _unauthorized(Code.AUTHENTICATION, "JWTAuth error: exp, nbf and iat must be numbers")
        if times.get("exp", now + 1) <= now:
            raise token_expired()
        if times.get("nbf", now) > now:
            raise _unauthorized(Code.TOKEN_NOT_VALID_YET, "JWTAuth error: token not valid yet (nbf)")
        # Clocks differ a little and iat is whole seconds: a token of this very second is good.
        if times.get("iat", now) > now + 1:
            raise _unauthorized(
                Code.TOKEN_BEFORE_ISSUED_AT, "JWTAuth error: token used before issue at (iat)"
            )


def token_expired(how: str = "token is expired (exp)") -> ApiError:
    """401, code 40: clients that can fetch a new token do so, and ask again."""
    return _unauthorized(Code.TOKEN_EXPIRED, f"JWTAuth error: {how}")


def _user(user_id: str, claims: Mapping[str, Any]) -> Caller:
    cids, role = claims.get("call_cids") or [], claims.get("role") or CALL_MEMBER
    if not isinstance(cids, list) or not all(isinstance(cid, str) for cid in cids):
        raise _unauthorized(Code.AUTHENTICATION, "JWTAuth error: call_cids must be a list of strings")
    if not isinstance(role, str):
        raise _unauthorized(Code.AUTHENTICATION, "JWTAuth error: role must be a string")
    expires = None if claims.get("exp") is None else float(min(claims["exp"], FAR_AWAY))
    return Caller(
        user_id, expires=expires, issued=claims.get("iat"), call_cids=frozenset(cids), call_role=role
    )


def _is_time(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _unauthorized(code: Code, detail: str) -> ApiError:
    return ApiError(401, code, detail, plain=code is Code.TOKEN_SIGNATURE)
