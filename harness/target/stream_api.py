"""The target's Stream Video, asked with its server key: the only witness of what the token endpoint made.

Source: Stream's Video REST API; paths as the `getstream` SDK calls them. Plain httpx, because importing that
SDK takes two seconds. Times in the answers are integer unix nanoseconds.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import jwt

from harness.errors import ServerError
from harness.target import transport
from harness.target.target import Target

VENDOR = "https://video.stream-io-api.com"
WHO = "Stream"
MOST_PAGES = 40  # of a list; a user for tests does not own a thousand calls


class StreamApi:
    """Reads with a server token; `as_user` tries what a user may do with a token of their own."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.base_url = target.stream_base_url or VENDOR
        self._http = transport.client(self.base_url)

    def call(self, call_type: str, call_id: str) -> dict[str, Any] | None:
        """The call as Stream has it (`cid`, `created_at`, `created_by`, `backstage` ...), or None."""
        answer = self._ask("GET", f"/api/v2/video/call/{call_type}/{call_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return dict(transport.expect_ok(answer, WHO, "show a call").json()["call"])

    def calls_created_by(self, user_id: str) -> list[dict[str, Any]]:
        """Every call that this user owns, page by page; raises ServerError when the pages do not end."""
        query: dict[str, Any] = {"filter_conditions": {"created_by_user_id": user_id}}
        found: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            answer = self._ask("POST", "/api/v2/video/calls", json=query)
            page = transport.expect_ok(answer, WHO, "list calls").json()
            found += [dict(item["call"]) for item in page["calls"]]
            if not page.get("next"):
                return found
            query["next"] = page["next"]
        raise ServerError(
            f"Stream was expected to list the calls of one user in {MOST_PAGES} pages or less, but has "
            f"{len(found)} and more: name a user for tests alone."
        )

    def participants(self, call_type: str, call_id: str) -> list[str]:
        """The user of each session that is in the call now, sorted; one who is there twice is there twice."""
        session = (self.call(call_type, call_id) or {}).get("session") or {}
        return sorted(each["user"]["id"] for each in session.get("participants", ()))

    def start_recording(self, call_type: str, call_id: str) -> None:
        """From now on; raises ServerError when the call cannot be recorded."""
        self._record(call_type, call_id, "start")

    def stop_recording(self, call_type: str, call_id: str) -> None:
        """The file is ready some time later."""
        self._record(call_type, call_id, "stop")

    def recordings(self, call_type: str, call_id: str) -> list[dict[str, Any]]:
        """The recordings that are ready (`filename`, `url`, `start_time`, `end_time`), the newest first."""
        answer = self._ask("GET", f"/api/v2/video/call/{call_type}/{call_id}/recordings")
        return list(transport.expect_ok(answer, WHO, "list recordings").json()["recordings"])

    def _record(self, call_type: str, call_id: str, what: str) -> None:
        path = f"/api/v2/video/call/{call_type}/{call_id}/recordings/composite/{what}"
        transport.expect_ok(self._ask("POST", path, json={}), WHO, f"{what} a recording")

    def user(self, user_id: str) -> dict[str, Any] | None:
        """The user as Stream has it (`id`, `name`, `role` ...), or None."""
        payload = json.dumps({"filter_conditions": {"id": {"$in": [user_id]}}})
        answer = self._ask("GET", "/api/v2/users", params={"payload": payload})
        users = transport.expect_ok(answer, WHO, "show a user").json()["users"]
        return dict(users[0]) if users else None

    def as_user(self, token: str, method: str, path: str, json: object = None) -> httpx.Response:
        """A request through the browser's door with a user's own token: `/call/livestream/ID/go_live` ..."""
        url = f"{self.base_url}/video{path}"
        return transport.ask(self._http, WHO, method, url, **self._request(token), json=json)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401
        token = jwt.encode({"server": True}, self.target.needed("stream_api_secret"), "HS256")
        own = self._request(token)
        own["params"].update(request.pop("params", {}))
        return transport.ask(self._http, WHO, method, self.base_url + path, **own, **request)

    def _request(self, token: str) -> dict[str, dict[str, str]]:
        headers = {"authorization": token, "stream-auth-type": "jwt"}
        return {"params": {"api_key": self.target.needed("stream_api_key")}, "headers": headers}
