"""A Stream Video small enough to read: users and calls in memory, tokens checked, requests written down."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio.to_thread
import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.contract.served import WITHIN

Row = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]


class Hold:
    """Requests that wait: `arrived` once one does, until `released`."""

    def __init__(self) -> None:
        self.arrived, self.released = threading.Event(), threading.Event()


class SmallStream:
    """State and routes.

    `failure` is a status that every request gets; `silent` lets them wait for ever; `instead` are answers
    that the next requests get, one each, in place of theirs; `always` is what a path answers to everybody.
    """

    def __init__(self) -> None:
        self.api_key, self.api_secret = secrets.token_hex(6), secrets.token_hex(32)
        self.users: dict[str, Row] = {}
        self.calls: dict[str, Row] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.failure: int | None = None
        self.silent = False
        self.instead: list[Response] = []
        self.always: dict[str, Response] = {}
        self._hold: Hold | None = None

    @contextmanager
    def held(self) -> Iterator[Hold]:
        """Let requests wait until it is released."""
        self._hold = hold = Hold()
        try:
            yield hold
        finally:
            hold.released.set()
            self._hold = None

    def app(self) -> Starlette:
        """The routes of the server's door."""
        call = "/api/v2/video/call/{type}/{id}"
        return Starlette(
            routes=[
                Route("/api/v2/users", self._checked(self._upsert_users), methods=["POST"]),
                Route("/api/v2/users", self._checked(self._query_users)),
                Route("/api/v2/video/calls", self._checked(self._query_calls), methods=["POST"]),
                Route(call, self._checked(self._get_or_create_call), methods=["POST"]),
                Route(call, self._checked(self._get_call)),
            ]
        )

    def _checked(self, handler: Handler) -> Handler:
        async def checked(request: Request) -> Response:
            body = await request.body()
            self.requests.append((request.method, request.url.path, json.loads(body) if body else None))
            if self.silent:
                await request.receive()  # comes when whoever asked has gone away
            if self._hold is not None:
                self._hold.arrived.set()
                await anyio.to_thread.run_sync(self._hold.released.wait, WITHIN)
            if self.instead:
                return self.instead.pop(0)
            if request.url.path in self.always:
                return self.always[request.url.path]
            if self.failure is not None:
                return _error(self.failure, -1, "out of order")
            try:
                jwt.decode(request.headers["authorization"], self.api_secret, algorithms=["HS256"])
            except jwt.PyJWTError:
                return _error(401, 43, "bad signature")
            if request.query_params.get("api_key") != self.api_key:
                return _error(401, 2, "no such app")
            return await handler(request)

        return checked

    async def _upsert_users(self, request: Request) -> Response:
        users = (await request.json())["users"]
        self.users.update(users)
        return JSONResponse({"users": users, "duration": "0ms"}, 201)

    async def _query_users(self, request: Request) -> Response:
        wanted = json.loads(request.query_params["payload"])["filter_conditions"]["id"]["$in"]
        return JSONResponse({"users": [self.users[user] for user in wanted if user in self.users]})

    async def _query_calls(self, request: Request) -> Response:
        owner = (await request.json())["filter_conditions"]["created_by_user_id"]
        calls = [{"call": call} for call in self.calls.values() if call["created_by"]["id"] == owner]
        return JSONResponse({"calls": calls})

    async def _get_or_create_call(self, request: Request) -> Response:
        cid = "{type}:{id}".format(**request.path_params)
        created = cid not in self.calls
        if created:
            owner = (await request.json())["data"]["created_by_id"]
            self.calls[cid] = {
                **request.path_params,
                "cid": cid,
                "created_at": time.time_ns(),
                "created_by": self.users.setdefault(owner, {"id": owner}),
            }
        answer = {"call": self.calls[cid], "created": created, "members": [], "own_capabilities": []}
        return JSONResponse({**answer, "duration": "0ms"}, 201)

    async def _get_call(self, request: Request) -> Response:
        cid = "{type}:{id}".format(**request.path_params)
        if cid not in self.calls:
            return _error(404, 16, f"Can't find call with id {cid}")
        return JSONResponse({"call": self.calls[cid]})


def _error(status: int, code: int, message: str) -> Response:
    body = {"code": code, "message": message, "StatusCode": status, "duration": "0ms"}
    return JSONResponse({**body, "more_info": "", "details": []}, status)
