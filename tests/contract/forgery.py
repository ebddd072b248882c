"""Sessions that look right and are not: what T03 sends.

Each case is the value of an `Authorization` header, made from a genuine session and wrong in one thing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HOUR = 3600


@dataclass(frozen=True)
class Forger:
    """Holds a genuine session and what is needed to imitate it.

    `public_keys` are the project's JSON Web Keys; `shared_secret` is its HS256 secret, if the target has one;
    `victim_id` is somebody else's user id.
    """

    genuine: str = field(repr=False)
    public_keys: list[dict[str, Any]]
    shared_secret: str | None = field(repr=False)
    victim_id: str
    anon_key: str

    @property
    def header(self) -> dict[str, Any]:
        """The genuine session's header."""
        return jwt.get_unverified_header(self.genuine)

    @property
    def claims(self) -> dict[str, Any]:
        """The genuine session's claims."""
        return dict(jwt.decode(self.genuine, options={"verify_signature": False}))

    def trusted(self, **changes: object) -> str:
        """Signed with a key that the project trusts, but with other claims; None leaves a claim out."""
        assert self.shared_secret is not None
        claims = {name: value for name, value in {**self.claims, **changes}.items() if value is not None}
        return "Bearer " + jwt.encode(claims, self.shared_secret, "HS256")

    def foreign(self, **header: str | None) -> str:
        """Signed with a key of our own under the genuine header, or with these changes to it."""
        if self.header["alg"] == "HS256":
            return "Bearer " + jwt.encode(self.claims, uuid4().hex, "HS256")
        named = {"kid": self.header.get("kid"), **header}
        kept = {name: value for name, value in named.items() if value is not None}
        return "Bearer " + jwt.encode(self.claims, own_key(), "ES256", headers=kept)

    def with_own_key_enclosed(self) -> str:
        """Signed with a key of our own, which the header offers for verification."""
        key = own_key()
        enclosed = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        headers = {"jwk": enclosed, "kid": self.header.get("kid")}
        return "Bearer " + jwt.encode(self.claims, key, "ES256", headers=headers)

    def unsigned(self, algorithm: str) -> str:
        """No signature, and a header that says so."""
        return f"Bearer {_part({'alg': algorithm, 'typ': 'JWT'})}.{_part(self.claims)}."

    def confused(self, form: Callable[[dict[str, Any]], bytes]) -> str:
        """HS256 with the project's public key, in some form, as if it were the shared secret."""
        kid = self.header.get("kid")
        public = next((key for key in self.public_keys if key.get("kid") == kid), self.public_keys[0])
        named = {"kid": public["kid"]} if public.get("kid") else {}
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', **named})}.{_part(self.claims)}"
        signature = hmac.new(form(public), signed.encode(), hashlib.sha256).digest()
        return f"Bearer {signed}.{_base64(signature)}"

    def tampered_payload(self) -> str:
        """The genuine signature under somebody else's id."""
        header, _, signature = self.genuine.split(".")
        return f"Bearer {header}.{_part({**self.claims, 'sub': self.victim_id})}.{signature}"

    def tampered_signature(self) -> str:
        """One bit of the signature turned over."""
        head, _, signature = self.genuine.rpartition(".")
        octets = bytearray(urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
        octets[0] ^= 1
        return f"Bearer {head}.{_base64(bytes(octets))}"


@dataclass(frozen=True)
class KeyHolder(Forger):
    """A forger who has the private key of the project's sessions: `sign` makes one, with these changes."""

    sign: Callable[..., str] = field(repr=False)

    def trusted(self, **changes: object) -> str:
        return "Bearer " + self.sign(**changes)


def own_key() -> EllipticCurvePrivateKey:
    """A key that no project knows."""
    return generate_private_key(SECP256R1())


def pem(public: dict[str, Any]) -> bytes:
    """A public key in the form that servers keep in a file."""
    return bytes(jwt.PyJWK(public).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def der(public: dict[str, Any]) -> bytes:
    """A public key in its binary form."""
    return bytes(jwt.PyJWK(public).key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def as_json(public: dict[str, Any]) -> bytes:
    """A public key as it was published."""
    return json.dumps(public, separators=(",", ":")).encode()


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


CASES: dict[str, Callable[[Forger], str | None]] = {
    "header missing": lambda _: None,
    "header empty": lambda _: "",
    "no token after Bearer": lambda _: "Bearer",
    "not Bearer": lambda forger: f"Basic {forger.genuine}",
    "no scheme": lambda forger: forger.genuine,
    "garbage": lambda _: "Bearer garbage",
    "garbage in three parts": lambda _: "Bearer not.a.session",
    "public key of the project": lambda forger: f"Bearer {forger.anon_key}",
    "signed by another key": lambda forger: forger.foreign(),
    "unknown kid": lambda forger: forger.foreign(kid=str(uuid4())),
    "no kid": lambda forger: forger.foreign(kid=None),
    "key enclosed in the header": lambda forger: forger.with_own_key_enclosed(),
    "alg none": lambda forger: forger.unsigned("none"),
    "alg None": lambda forger: forger.unsigned("None"),
    "tampered payload": lambda forger: forger.tampered_payload(),
    "tampered signature": lambda forger: forger.tampered_signature(),
}
CONFUSED: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "PEM": pem,
    "PEM without its last line break": lambda public: pem(public).rstrip(),
    "DER": der,
    "JWK": as_json,
}
TRUSTED: dict[str, Callable[[Forger], str]] = {
    "expired": lambda forger: forger.trusted(exp=int(time.time()) - HOUR),
    "expired 90 s ago": lambda forger: forger.trusted(exp=int(time.time()) - 90),
    "not valid for 90 s yet": lambda forger: forger.trusted(nbf=int(time.time()) + 90),
    "not yet valid": lambda forger: forger.trusted(nbf=int(time.time()) + HOUR),
    "wrong issuer": lambda forger: forger.trusted(iss="https://another-project.example/auth/v1"),
    "wrong audience": lambda forger: forger.trusted(aud="somebody-else"),
    "no sub": lambda forger: forger.trusted(sub=None),
}
