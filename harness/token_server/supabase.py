"""What the project's database knows: the party and who hosts it, the name a user goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from harness.config import TokenServerSettings
from harness.token_server.refusal import Refusal

TIME_LIMIT = 8.0  # seconds for one answer


@dataclass(frozen=True)
class Party:
    """A listening party; its id is the callId, its host owns the call."""

    id: str
    host_id: str


class Supabase:
    """Reads through PostgREST, with the service role. Raises Refusal 503 when Supabase does not answer."""

    def __init__(self, settings: TokenServerSettings) -> None:
        key = settings.supabase_service_role_key.get_secret_value()
        self._keys = {"apikey": key, "authorization": f"Bearer {key}"}
        self._http = httpx.AsyncClient(base_url=settings.supabase_url, timeout=TIME_LIMIT)

    async def party(self, party_id: str) -> Party:
        """The party of this id; raises Refusal 404 when there is none."""
        # Only as the database spells it: another spelling of the same UUID would be another call on Stream.
        if _canonical(party_id) != party_id:
            raise Refusal(404, "Party not found", "not the id of a party")
        rows = await self._rows("parties", {"id": f"eq.{party_id}", "select": "id,host_id"})
        if not rows:
            raise Refusal(404, "Party not found")
        return Party(id=rows[0]["id"], host_id=rows[0]["host_id"])

    async def profile_name(self, user_id: str) -> str:
        """The display name of the user's profile, empty when there is none."""
        rows = await self._rows("profiles", {"id": f"eq.{user_id}", "select": "display_name"})
        return (rows[0]["display_name"] or "").strip() if rows else ""

    async def public_keys(self) -> list[dict[str, Any]]:
        """The JSON Web Keys of the project."""
        key_set: dict[str, list[dict[str, Any]]] = await self._json("/auth/v1/.well-known/jwks.json")
        return key_set.get("keys", [])

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _rows(self, table: str, query: dict[str, str]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = await self._json(f"/rest/v1/{table}", query, self._keys)
        return rows

    async def _json(
        self, path: str, query: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> Any:  # noqa: ANN401
        try:
            answer = await self._http.get(path, params=query, headers=headers)
            answer.raise_for_status()
            return answer.json()
        except httpx.HTTPStatusError as error:
            raise Refusal(
                503, "Supabase is unavailable", f"{path} gave {error.response.status_code}"
            ) from None
        except (httpx.HTTPError, ValueError) as error:
            raise Refusal(503, "Supabase is unavailable", f"{path}: {type(error).__name__}") from None


def _canonical(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
