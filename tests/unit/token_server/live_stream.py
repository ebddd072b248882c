"""The small Stream with what happens to a call once it is there: its host goes live, members come and go."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.unit.token_server.small_stream import SmallStream

CALL = "video/call/{type}/{id}"
BY_USERS, BY_SERVERS = f"/{CALL}", f"/api/v2/{CALL}"


class LiveStream(SmallStream):
    """A call begins in backstage and without members; nobody's rights are looked at."""

    def app(self) -> Starlette:
        """Four routes more: two of the browser's door, two of the server's."""
        app = super().app()
        app.router.routes += [
            Route(BY_USERS, self._checked(self._show_call)),
            Route(f"{BY_USERS}/go_live", self._checked(self._go_live), methods=["POST"]),
            Route(f"{BY_SERVERS}/stop_live", self._checked(self._stop_live), methods=["POST"]),
            Route(f"{BY_SERVERS}/members", self._checked(self._update_members), methods=["POST"]),
        ]
        return app

    async def _show_call(self, request: Request) -> Response:
        call = {"backstage": True, **self._call(request)}
        return JSONResponse({"call": call, "members": call.pop("members", [])})

    async def _go_live(self, request: Request) -> Response:
        self._call(request)["backstage"] = False
        return JSONResponse({"duration": "0ms"}, 201)

    async def _stop_live(self, request: Request) -> Response:
        self._call(request)["backstage"] = True
        return JSONResponse({"duration": "0ms"}, 201)

    async def _update_members(self, request: Request) -> Response:
        self._call(request)["members"] = (await request.json())["update_members"]
        return JSONResponse({"duration": "0ms", "members": []}, 201)

    def _call(self, request: Request) -> dict[str, object]:
        return self.calls["{type}:{id}".format(**request.path_params)]
