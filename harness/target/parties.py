"""Parties that are made as the target tells: a row of Supabase, by SQL, or by the app's own API.

Rows are told in one language, whatever the app calls its columns: `id`, `is_live`, `stream_app_id`, and
`host_id`, `created_at`, `updated_at` where there are such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import httpx
import psycopg
from psycopg.rows import dict_row

from harness.config import Request, variable
from harness.errors import NotGiven, ServerError
from harness.target import transport
from harness.target.people import Person
from harness.target.target import Target

APP = "The app"


class Row(dict[str, Any]):
    """By our names; who asks for one that the target file leads nowhere is told so."""

    def __missing__(self, name: str) -> Any:  # noqa: ANN401
        raise ServerError(
            f"party.{name} was expected to name a column of the party, or party.read_sql to return {name} by "
            f"that name, but it has only {', '.join(sorted(self))}."
        )


class Parties(Protocol):
    """How an app's parties are made, read and removed. Raises ServerError when that is refused."""

    def make(self, host: Person, title: str) -> str:
        """The id of a new party."""

    def row(self, party_id: str) -> Row | None:
        """The party as it is kept, or None."""

    def remove(self, party_id: str) -> None:
        """One that is gone already is fine."""


class SqlParties:
    """By the statements of `[party]`, at HARNESS_TARGET_DATABASE_URL."""

    def __init__(self, target: Target) -> None:
        self._target, self._told = target, target.party

    def make(self, host: Person, title: str) -> str:
        row = self._run("make_sql", host_id=host.id, title=title)
        if not row:
            raise ServerError(
                "party.make_sql was expected to return the id of the party: end it in `returning id`."
            )
        return str(next(iter(row.values())))

    def row(self, party_id: str) -> Row | None:
        row = self._run("read_sql", party_id=party_id)
        return None if row is None else Row(row)

    def remove(self, party_id: str) -> None:
        if self._told.remove_sql is not None:
            self._run("remove_sql", party_id=party_id)

    def _run(self, key: str, **values: str) -> dict[str, Any] | None:
        statement = self._target.needed_of("party", key)
        url = self._target.needed("database_url")
        with _told_of(f"party.{key}"), psycopg.connect(url, row_factory=dict_row) as connection:
            done = connection.execute(statement.encode(), values)
            return done.fetchone() if done.description else None


class RestParties:
    """By the requests of `[party]`; `session` is asked for the host's access token where one is sent."""

    def __init__(self, target: Target, session: Callable[[Person], str]) -> None:
        self._target, self._told, self._session = target, target.party, session
        self._hosts: dict[str, Person] = {}

    def make(self, host: Person, title: str) -> str:
        answer = self._ask("make", host, title=title, host_id=host.id)
        party_id = str(_at(answer, self._told.made_id, "party.made_id"))
        self._hosts[party_id] = host
        return party_id

    def row(self, party_id: str) -> Row | None:
        answer = self._ask("read", self._hosts.get(party_id), party_id=party_id)
        places = {"is_live": self._told.read_is_live, "stream_app_id": self._told.read_stream_app_id}
        return Row(
            {
                "id": party_id,
                **{name: _at(answer, at, f"party.read_{name}") for name, at in places.items()},
            }
        )

    def remove(self, party_id: str) -> None:
        if self._told.remove is not None:
            self._ask("remove", self._hosts.pop(party_id, None), party_id=party_id)

    def _ask(self, key: str, host: Person | None, **values: str) -> Any:  # noqa: ANN401  JSON is anything
        request: Request = self._target.needed_of("party", key)
        if host is not None and "{session}" in request.model_dump_json():
            values["session"] = self._session(host)
        url, headers, body = (_filled(part, values) for part in (request.url, request.headers, request.body))
        asking = transport.client(url)
        try:
            answer = transport.ask(asking, APP, request.method, url, headers=headers, json=body)
        finally:
            asking.close()
        if answer.status_code == httpx.codes.NOT_FOUND and key == "remove":
            return None
        return (
            transport.expect_ok(answer, APP, f"do what party.{key} asks").json() if answer.content else None
        )


@contextmanager
def _told_of(key: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ServerError(f"{key} was expected to run at HARNESS_TARGET_DATABASE_URL, but: {said}") from None


def _filled(value: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401  JSON is anything
    """With what its places stand for; raises NotGiven for a variable that is not set."""
    if isinstance(value, dict):
        return {name: _filled(one, values) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    if not isinstance(value, str):
        return value

    def known(found: re.Match[str]) -> str:
        if found["variable"]:
            if (text := variable(found["variable"])) is None:
                raise NotGiven(f"needs {found['variable']}, which the target file names")
            return text
        return values.get(found["name"], found[0])

    return re.sub(r"\$\{(?P<variable>\w+)\}|\{(?P<name>\w+)\}", known, value)


def _at(answer: Any, path: str, key: str) -> Any:  # noqa: ANN401  JSON is anything
    """What is at `party.id` or `0.id` of an answer."""
    found = answer
    for step in path.split("."):
        try:
            found = found[int(step)] if isinstance(found, list) else found[step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ServerError(
                f"{key} was expected to name a place of the app's answer, but it has no {path}."
            ) from None
    return found
