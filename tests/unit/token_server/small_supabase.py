"""A Supabase small enough to read: sign-in with a password, published keys, two tables in memory.

It trusts whoever holds the service role key, and has no policies: those are tested on the real database.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Row = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]


class SigningKey:
    """An asymmetric key under a `kid` of its own."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm, self.kid = algorithm, str(uuid4())
        if algorithm == "ES256":
            self.private: Any = ec.generate_private_key(ec.SECP256R1())
            made = jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        else:
            self.private = rsa.generate_private_key(65537, 2048)
            made = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        self.public = {**made, "alg": algorithm, "kid": self.kid, "use": "sig"}

    def sign(self, claims: Row) -> str:
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.kid})


class SmallSupabase:
    """State and routes. `url` is set once the address is known; `down` makes REST and keys answer 500.

    Everyone sees every row, unless `parties_shown` is False.

    `instead` are answers that the next requests get, one each, in place of theirs. With `auth_secret`,
    sessions are signed with a secret that Auth alone has, and no keys are published.
    """

    def __init__(self) -> None:
        self.url = ""
        self.service_role_key = secrets.token_urlsafe(24)
        self.anon_key = jwt.encode({"role": "anon", "iss": "supabase"}, secrets.token_hex(32), "HS256")
        self.signing_keys = [SigningKey()]
        self.users: list[Row] = []
        self.tables: dict[str, list[Row]] = {"profiles": [], "parties": []}
        self.key_fetches = 0
        self.down = False
        self.parties_shown = True
        self.instead: list[Response] = []
        self.keys_instead: list[Response] = []
        self.auth_secret: str | None = None
        self.auth_questions: list[str] = []

    def session(self, user: Row, **changes: object) -> str:
        """An access token as Auth makes it; None leaves a claim out."""
        claims = {
            "iss": f"{self.url}/auth/v1",
            "aud": "authenticated",
            "role": "authenticated",
            "sub": user["id"],
            "email": user["email"],
            "user_metadata": user["user_metadata"],
            "iat": int(time.time()),
            "exp": int(time.time()) + 3600,
        }
        wanted = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        if self.auth_secret:
            return jwt.encode(wanted, self.auth_secret, "HS256")
        return self.signing_keys[0].sign(wanted)

    def app(self) -> Starlette:
        """The routes."""
        service, every = self._service_role, ["GET", "POST", "PATCH", "DELETE"]
        return Starlette(
            routes=[
                Route("/auth/v1/.well-known/jwks.json", self._published_keys),
                Route("/auth/v1/user", self._user_of_session),
                Route("/auth/v1/token", self._sign_in, methods=["POST"]),
                Route("/auth/v1/admin/users", service(self._create_user), methods=["POST"]),
                Route("/auth/v1/admin/users/{id}", service(self._delete_user), methods=["DELETE"]),
                Route("/rest/v1/{table}", service(self._rest), methods=every),
            ]
        )

    def _service_role(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            if self.instead:
                return self.instead.pop(0)
            if self.down:
                return Response("upstream connect error", 500)
            if request.method == "GET" and request.headers.get("apikey") == self.anon_key:
                return await handler(request) if self.parties_shown else JSONResponse([])
            key = self.service_role_key
            if (request.headers.get("apikey"), request.headers.get("authorization")) != (
                key,
                f"Bearer {key}",
            ):
                return JSONResponse({"message": "Invalid API key"}, 401)
            return await handler(request)

        return guarded

    async def _published_keys(self, _: Request) -> Response:
        self.key_fetches += 1
        if self.keys_instead:
            return self.keys_instead.pop(0)
        if self.down:
            return Response("upstream connect error", 500)
        published = [] if self.auth_secret else self.signing_keys
        return JSONResponse({"keys": [key.public for key in published]})

    async def _user_of_session(self, request: Request) -> Response:
        scheme, _, session = request.headers.get("authorization", "").partition(" ")
        self.auth_questions.append(session)
        if self.instead:
            return self.instead.pop(0)
        if self.down:
            return Response("upstream connect error", 500)
        if (request.headers.get("apikey"), scheme) != (self.service_role_key, "Bearer"):
            return JSONResponse({"message": "Invalid API key"}, 401)
        try:
            claims = jwt.decode(session, self.auth_secret or "", ["HS256"], audience="authenticated")
        except jwt.PyJWTError:
            return JSONResponse({"code": 403, "error_code": "bad_jwt", "msg": "invalid JWT"}, 403)
        user = next(user for user in self.users if user["id"] == claims["sub"])
        return JSONResponse({name: user[name] for name in ("id", "email", "user_metadata")})

    async def _create_user(self, request: Request) -> Response:
        user = {"id": str(uuid4()), **await request.json()}
        self.users.append(user)
        self.tables["profiles"].append({"id": user["id"], "display_name": user["user_metadata"]["name"]})
        return JSONResponse({"id": user["id"], "email": user["email"]})

    async def _delete_user(self, request: Request) -> Response:
        self.users = [user for user in self.users if user["id"] != request.path_params["id"]]
        return JSONResponse({})

    async def _sign_in(self, request: Request) -> Response:
        asked = await request.json()
        for user in self.users:
            if (user["email"], user["password"]) == (asked["email"], asked["password"]):
                token = self.session(user)
                return JSONResponse(
                    {"access_token": token, "refresh_token": secrets.token_hex(8), "user": user}
                )
        return JSONResponse({"error_code": "invalid_credentials"}, 400)

    async def _rest(self, request: Request) -> Response:
        table = self.tables[request.path_params["table"]]
        if request.method == "POST":
            table.append({"id": str(uuid4()), **await request.json()})
            return JSONResponse(table[-1:], 201)
        wanted = request.query_params["id"].removeprefix("eq.")
        rows = [row for row in table if row["id"] == wanted]
        if request.method == "PATCH":
            for row in rows:
                row.update(await request.json())
        if request.method == "DELETE":
            table[:] = [row for row in table if row["id"] != wanted]
        return JSONResponse(rows)
