"""The target's Supabase through its own APIs: people, sessions and parties for the checks.

Source: the Auth (GoTrue) and REST (PostgREST) references of Supabase; the same calls ask the local one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from harness.config import PartyMaking
from harness.errors import NotGiven, ServerError
from harness.target import transport
from harness.target.parties import Parties, RestParties, Row, SqlParties
from harness.target.people import Party, Person, Session
from harness.target.target import Target

WHO = "Supabase"


class Supabase:
    """Acts with the service role, except where a person signs in.

    Raises ServerError when it is refused, NotGiven when the target does not have the key that is needed.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.url = target.needed("supabase_url")
        self._http = transport.client(self.url)
        made_by: dict[str | None, Callable[[], Parties]] = {
            "sql": lambda: SqlParties(target),
            "rest": lambda: RestParties(target, lambda host: self.sign_in(host).access_token),
        }
        self._parties = made_by.get(target.party.how, lambda: RowParties(target.party, self._rest))()

    def create_user(self, name: str) -> Person:
        """A new confirmed user with this display name, an address nobody owns and a random password."""
        email, password = f"{secrets.token_hex(8)}@example.com", secrets.token_urlsafe(18)
        wanted = {
            "email": email,
            "password": password,
            "email_confirm": True,
            "user_metadata": {self.target.people.name: name},
        }
        user = self._auth("POST", "/admin/users", "create a user", json=wanted).json()
        person = Person(id=user["id"], email=email, password=password, name=name)
        self._make_profile(person)
        return person

    def _make_profile(self, person: Person) -> None:
        """Where no trigger of the project does it."""
        told = self.target.people
        if told.make_profile:
            row = {**told.values, told.id: person.id, told.display_name: person.name}
            self._rest("POST", told.profiles, "make a profile (see [people])", json=row)

    def sign_in(self, person: Person) -> Session:
        """A fresh session, by password and with the public key, as the pages get it."""
        session = self.session_of(person)
        return Session(session["access_token"], session["refresh_token"], session["user"]["id"])

    def session_of(self, person: Person) -> dict[str, Any]:
        """A fresh session, whole, as supabase-js keeps it."""
        headers = _keys(self.target.needed("supabase_anon_key"))
        wanted = {"email": person.email, "password": person.password}
        url = f"{self.url}/auth/v1/token"
        params = {"grant_type": "password"}
        answer = transport.ask(self._http, WHO, "POST", url, params=params, headers=headers, json=wanted)
        return dict(transport.expect_ok(answer, WHO, "sign a person in").json())

    def create_party(self, host: Person, title: str) -> Party:
        """A party that has not started, owned by `host`; raises NotGiven where only one is given."""
        if self.target.party.how == "given":
            raise NotGiven('needs parties that checks may make, but party.how is "given"')
        return Party(id=self._parties.make(host, title), host=host, title=title)

    def party_row(self, party_id: str) -> dict[str, Any]:
        """The party as the database has it; raises ServerError when there is no such row."""
        row = self._parties.row(party_id)
        if row is None:
            raise ServerError(f"The party {party_id} was expected to be in the database, but there is none.")
        return row

    def party_shown_to(self, session: Session, party_id: str) -> dict[str, Any] | None:
        """The party's row as this person may see it; None without one, or without such a table."""
        headers = _keys(self.target.needed("supabase_anon_key"))
        headers["authorization"] = f"Bearer {session.access_token}"
        told = self.target.party
        url, params = f"{self.url}/rest/v1/{told.table}", {told.id: f"eq.{party_id}"}
        answer = transport.ask(self._http, WHO, "GET", url, params=params, headers=headers)
        rows = transport.expect_ok(answer, WHO, "show a party").json() if answer.is_success else None
        shown = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
        return shown and _in_our_words(told, shown)

    def rename(self, person: Person, name: str) -> None:
        """Give `person` another display name in their profile."""
        told = self.target.people
        where, row = {told.id: f"eq.{person.id}"}, {told.display_name: name}
        prefer = {"prefer": "return=representation"}
        if not self._rest("PATCH", told.profiles, "rename", params=where, json=row, headers=prefer).json():
            raise ServerError(
                f"Supabase was expected to have a profile of each user, but has none of {person.id}: "
                "add what makes one, as in fixtures/schema.sql."
            )

    def delete(self, thing: Person | Party) -> None:
        """Remove a person (with all that is theirs) or a party; one that is gone already is fine."""
        if isinstance(thing, Party):
            self._parties.remove(thing.id)
            return
        url = f"{self.url}/auth/v1/admin/users/{thing.id}"
        answer = transport.ask(self._http, WHO, "DELETE", url, headers=self._service)
        if answer.status_code != httpx.codes.NOT_FOUND:
            transport.expect_ok(answer, WHO, "delete a user")

    def public_keys(self) -> list[dict[str, Any]]:
        """The JSON Web Keys that sessions are verified with."""
        url = f"{self.url}/auth/v1/.well-known/jwks.json"
        headers = {"apikey": self.target.needed("supabase_anon_key")}
        answer = transport.ask(self._http, WHO, "GET", url, headers=headers)
        return list(transport.expect_ok(answer, WHO, "publish its keys").json()["keys"])

    def takes(self, authorization: str) -> bool:
        """Whether Auth itself takes this session for a good one."""
        headers = {"apikey": self.target.needed("supabase_anon_key"), "authorization": authorization}
        return transport.ask(self._http, WHO, "GET", f"{self.url}/auth/v1/user", headers=headers).is_success

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    @property
    def _service(self) -> dict[str, str]:
        return _keys(self.target.needed("supabase_service_role_key"))

    def _auth(self, method: str, path: str, to_do: str, **request: Any) -> httpx.Response:  # noqa: ANN401
        url = f"{self.url}/auth/v1{path}"
        answer = transport.ask(self._http, WHO, method, url, headers=self._service, **request)
        return transport.expect_ok(answer, WHO, to_do)

    def _rest(self, method: str, table: str, to_do: str, **request: Any) -> httpx.Response:  # noqa: ANN401
        url = f"{self.url}/rest/v1/{table}"
        headers = {**self._service, **request.pop("headers", {})}
        answer = transport.ask(self._http, WHO, method, url, headers=headers, **request)
        return transport.expect_ok(answer, WHO, to_do)


class RowParties:
    """Rows of a table, by Supabase's REST API; `rest` asks it with the service role."""

    def __init__(self, told: PartyMaking, rest: Callable[..., httpx.Response]) -> None:
        self._told, self._rest = told, rest

    def make(self, host: Person, title: str) -> str:
        """A row that says nothing of being live."""
        told, prefer = self._told, {"prefer": "return=representation"}
        wanted = {**told.values, told.host: host.id, told.title: title}
        rows = self._rest(
            "POST", told.table, "create a party (see [party])", json=wanted, headers=prefer
        ).json()
        return str(_in_our_words(told, rows[0])["id"] if rows else "")

    def row(self, party_id: str) -> dict[str, Any] | None:
        """By the columns that `[party]` names."""
        where = {self._told.id: f"eq.{party_id}"}
        rows = self._rest("GET", self._told.table, "read a party", params=where).json()
        return _in_our_words(self._told, rows[0]) if rows else None

    def remove(self, party_id: str) -> None:
        """One that is gone is fine: no row is no error."""
        where = {self._told.id: f"eq.{party_id}"}
        self._rest("DELETE", self._told.table, "delete a party", params=where)


def _in_our_words(told: PartyMaking, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with our names for the columns that `[party]` names, and what else it has by its own."""
    ours = {"id": told.id, "host_id": told.host, "title": told.title, "is_live": told.is_live}
    ours |= {
        "stream_app_id": told.stream_app_id,
        "created_at": told.created_at,
        "updated_at": told.updated_at,
    }
    return Row({**row, **{name: row[column] for name, column in ours.items() if column in row}})


def _keys(key: str) -> dict[str, str]:
    return {"apikey": key, "authorization": f"Bearer {key}"}
