"""Passwords as kept in auth.users.encrypted_password: `$scrypt$n$r$p$salt$hash`, both in base64."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from dataclasses import dataclass

LONGEST = 72  # bytes, as bcrypt, which Supabase uses


@dataclass(frozen=True)
class Cost:
    """scrypt's parameters (memory: 128 * n * r bytes); 20 ms, as the passwords are those of test people."""

    n: int = 2**13
    r: int = 8
    p: int = 1

    def derive(self, password: str, salt: bytes) -> bytes:
        """32 bytes; releases the interpreter while it works."""
        return hashlib.scrypt(password.encode(), salt=salt, n=self.n, r=self.r, p=self.p, dklen=32)


async def hashed(password: str, cost: Cost | None = None) -> str:
    """The text to keep for `password`."""
    cost = cost or Cost()
    salt = secrets.token_bytes(16)
    derived = await asyncio.to_thread(cost.derive, password, salt)
    return f"$scrypt${cost.n}${cost.r}${cost.p}${_text(salt)}${_text(derived)}"


async def matches(password: str, kept: str) -> bool:
    """Whether `kept` was made of `password`; compares in constant time."""
    _, _, n, r, p, salt, expected = kept.split("$")
    derived = await asyncio.to_thread(Cost(int(n), int(r), int(p)).derive, password, base64.b64decode(salt))
    return secrets.compare_digest(derived, base64.b64decode(expected))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
