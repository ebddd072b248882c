"""A stand-in for a Supabase project that can be made to fail: the target's own must stay up."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.target import Target

from .faulty import FAULTS, METHODS
from .forgery import own_key


@dataclass
class StandIn:
    """One user, who hosts every party, in tables as `target` has them.

    `fault` is one of FAULTS, for requests whose path has `on` in it.
    """

    target: Target
    user_id: str = field(default_factory=lambda: str(uuid4()))
    key_id: str = field(default_factory=lambda: str(uuid4()))
    key: EllipticCurvePrivateKey = field(default_factory=own_key, repr=False)
    fault: str | None = None
    on: str = ""
    bitten: int = 0

    def session(self, url: str, **changes: object) -> str:
        """A session of the user as the project at `url` signs it, with `changes`; None leaves a claim out."""
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": f"{url}/auth/v1",
            "aud": "authenticated",
            "role": "authenticated",
            "sub": self.user_id,
            "email": "host@example.com",
            "iat": now,
            "exp": now + 3600,
        }
        signed = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(signed, self.key, "ES256", headers={"kid": self.key_id})

    def app(self) -> Starlette:
        """As an ASGI application."""
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=METHODS)])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if self.fault is not None and self.on in path:
            self.bitten += 1
            return await FAULTS[self.fault]()
        match path.rpartition("/")[2]:
            case "jwks.json":
                return JSONResponse({"keys": [self._public_key()]})
            case "user":
                return self._user(request)
            case self.target.party.table:
                party = self.target.party
                party_id = request.query_params.get(party.id, "").removeprefix("eq.")
                return _row(request, {party.id: party_id, party.host: self.user_id})
            case self.target.people.profiles:
                people = self.target.people
                return _row(request, {people.id: self.user_id, people.display_name: "Host"})
        return JSONResponse({"message": "no such route"}, 404)

    def _user(self, request: Request) -> Response:
        """As Auth judges a session for those who ask it."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        issuer = f"{request.url.scheme}://{request.url.netloc}/auth/v1"
        try:
            claims = jwt.decode(
                token,
                self.key.public_key(),
                ["ES256"],
                options={"require": ["exp", "sub"]},
                audience="authenticated",
                issuer=issuer,
            )
        except jwt.PyJWTError as error:
            return JSONResponse({"code": 403, "error_code": "bad_jwt", "msg": str(error)}, 403)
        user = {"id": claims["sub"], "aud": "authenticated", "email": claims["email"], "user_metadata": {}}
        return JSONResponse(user)

    def _public_key(self) -> dict[str, str]:
        made = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**made, "alg": "ES256", "kid": self.key_id, "use": "sig"}


def _row(request: Request, row: dict[str, str]) -> Response:
    """As PostgREST gives it: alone to who asks for one object, else as the one of a list."""
    alone = "vnd.pgrst.object" in request.headers.get("accept", "")
    return JSONResponse(row if alone else [row])
