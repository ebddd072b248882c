"""The keys of one run: made when it starts, gone when it ends. There are no default secrets."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import jwt

KEY_LIFETIME = 7 * 24 * 3600  # seconds; nobody keeps a local system up for longer


@dataclass(frozen=True)
class Keys:
    """What the servers of one local system must agree on."""

    stream_api_key: str
    stream_api_secret: str
    supabase_jwt_secret: str
    supabase_anon_key: str
    supabase_service_role_key: str

    def secret_values(self) -> list[str]:
        """What may appear nowhere outside the servers."""
        return [self.stream_api_secret, self.supabase_jwt_secret, self.supabase_service_role_key]


def make_keys() -> Keys:
    """Fresh random keys; Supabase's two API keys are JWTs of its HS256 secret, as its projects have them."""
    jwt_secret = secrets.token_hex(32)

    def api_key(role: str) -> str:
        now = int(time.time())
        claims = {"iss": "supabase", "role": role, "iat": now, "exp": now + KEY_LIFETIME}
        return jwt.encode(claims, jwt_secret, "HS256")

    return Keys(
        stream_api_key=f"local{secrets.token_hex(4)}",
        stream_api_secret=secrets.token_hex(32),
        supabase_jwt_secret=jwt_secret,
        supabase_anon_key=api_key("anon"),
        supabase_service_role_key=api_key("service_role"),
    )
