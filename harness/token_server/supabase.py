"""What the project knows: the party and who hosts it, the name a user goes by, its keys and its sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp

from harness.config import TokenServerSettings
from harness.token_server.connections import Answer, Connections
from harness.token_server.refusal import Refusal


@dataclass(frozen=True)
class Party:
    """A listening party; its id is the callId, its host owns the call."""

    id: str
    host_id: str


class Supabase:
    """Reads with the service role. Raises Refusal 503 when Supabase does not answer as it should."""

    def __init__(self, settings: TokenServerSettings) -> None:
        key = settings.supabase_service_role_key.get_secret_value()
        self._service_role = {"authorization": f"Bearer {key}"}
        self._connections = Connections(settings.supabase_url, {"apikey": key})

    async def party(self, party_id: str) -> Party:
        """The party of this id; raises Refusal 404 when there is none."""
        # Only as the database spells it: another spelling of the same UUID would be another call on Stream.
        if _canonical(party_id) != party_id:
            raise Refusal(404, "Party not found", "not the id of a party")
        row = await self._row("parties", party_id, "id,host_id")
        if row is None:
            raise Refusal(404, "Party not found")
        if row.get("id") != party_id or not isinstance(row.get("host_id"), str):
            raise unavailable("the party has another id, or no host")
        return Party(id=party_id, host_id=row["host_id"])

    async def profile_name(self, user_id: str) -> object:
        """The display name of the user's profile as it stands there, None when there is none."""
        row = await self._row("profiles", user_id, "display_name")
        return row.get("display_name") if row else None

    async def public_keys(self) -> list[dict[str, Any]]:
        """The JSON Web Keys of the project."""
        key_set = await self._json("/auth/v1/.well-known/jwks.json")
        if not isinstance(key_set, dict):
            raise unavailable("its keys are no key set")
        return _objects(key_set.get("keys"), "its keys")

    async def user_of(self, session: str) -> dict[str, Any]:
        """Auth's user of this session; raises Refusal 401 when Auth refuses it."""
        headers = {"authorization": f"Bearer {session}"}
        user = await self._json("/auth/v1/user", headers=headers, judges_session=True)
        return _objects([user], "its user")[0]

    async def close(self) -> None:
        """Let go of the connections."""
        await self._connections.close()

    async def _row(self, table: str, row_id: str, columns: str) -> dict[str, Any] | None:
        query = {"id": f"eq.{row_id}", "select": columns}
        rows = _objects(await self._json(f"/rest/v1/{table}", query, self._service_role), table)
        return rows[0] if rows else None

    async def _json(
        self,
        path: str,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        judges_session: bool = False,
    ) -> object:
        try:
            answer = await self._get(path, query, headers)
            if judges_session and answer.status in (401, 403):
                raise Refusal(401, "Invalid auth", f"{path} gave {answer.status}")
            if not 200 <= answer.status < 300:
                raise unavailable(f"{path} gave {answer.status}")
            found: object = answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError) as error:
            raise unavailable(f"{path}: {type(error).__name__}") from None
        return found

    async def _get(self, path: str, query: dict[str, str] | None, headers: dict[str, str] | None) -> Answer:
        try:
            return await self._connections.get(path, query, headers)
        except TimeoutError:
            raise
        except aiohttp.ClientError:
            # It may have been let go of just as we asked, and to read twice does no harm.
            return await self._connections.get(path, query, headers)


def unavailable(reason: str) -> Refusal:
    """Supabase did not do its part."""
    return Refusal(503, "Supabase is unavailable", reason)


def _objects(found: object, what: str) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise unavailable(f"{what}: not a list of objects")
    return found


def _canonical(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
