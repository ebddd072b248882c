"""Parties that a target has made by SQL or by its own API, and sessions that it has made: all for real."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.browser.signing_in import storage_state
from harness.config import PartyMaking, Request, SignIn
from harness.errors import NotGiven, ServerError
from harness.target import Given, Party, Person, Supabase, Target
from tests.unit.local_supabase.processes import guard_and_postgres
from tests.unit.local_supabase.project import Project, User

SQL = PartyMaking(
    how="sql",
    make_sql="insert into parties (host_id, title) values (%(host_id)s, %(title)s) returning id",
    read_sql="select id, is_live, stream_app_id from parties where id = %(party_id)s",
    remove_sql="delete from parties where id = %(party_id)s",
)
KEYS = {"apikey": "${APP_KEY}", "authorization": "Bearer {session}"}
OWNERS = {
    "apikey": "${OWNER_KEY}",
    "authorization": "Bearer ${OWNER_KEY}",
    "prefer": "return=representation",
}
PAGE = "http://app.example"


def by_rest(project: Project) -> PartyMaking:
    """The project's tables, as an app's own API: read with the host's session, written by its owner."""
    one = f"{project.url}/rest/v1/parties?id=eq.{{party_id}}"
    body = {"host_id": "{host_id}", "title": "{title}"}
    return PartyMaking(
        how="rest",
        make=Request(url=f"{project.url}/rest/v1/parties", headers=OWNERS, body=body),
        made_id="0.id",
        read=Request(url=one, method="GET", headers=KEYS),
        read_is_live="0.is_live",
        read_stream_app_id="0.stream_app_id",
        remove=Request(url=one, method="DELETE", headers=OWNERS),
    )


def target_of(project: Project, party: PartyMaking, sign_in: SignIn | None = None) -> Target:
    guard, _ = guard_and_postgres(project.process.pid)
    return Target(
        token_url=f"{PAGE}/token",
        pages_url=PAGE,
        supabase_url=project.url,
        supabase_anon_key=project.anon_key,
        supabase_service_role_key=project.service_role_key,
        database_url=f"postgresql:///postgres?user=postgres&host={guard.arguments[5]}",
        party=party,
        sign_in=sign_in or SignIn(),
    )


@pytest.fixture
def person(host: User) -> Person:
    return Person(host.id, host.email, host.password, name="Host")


@pytest.fixture(params=["sql", "rest"])
def supabase(
    request: pytest.FixtureRequest, project: Project, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Supabase]:
    monkeypatch.setenv("APP_KEY", project.anon_key)
    monkeypatch.setenv("OWNER_KEY", project.service_role_key)
    with closing(Supabase(target_of(project, SQL if request.param == "sql" else by_rest(project)))) as made:
        yield made


def test_party_is_made_read_and_removed(supabase: Supabase, project: Project, person: Person) -> None:
    party = supabase.create_party(person, "Night's 100 % {live}")
    kept = project.party(party.id)
    assert (kept["host_id"], kept["title"]) == (person.id, "Night's 100 % {live}")
    row = supabase.party_row(party.id)
    assert (str(row["id"]), row["is_live"], row["stream_app_id"]) == (party.id, False, kept["stream_app_id"])
    supabase.delete(party)
    found = project.rest("GET", "parties", project.service_role_key, params={"id": f"eq.{party.id}"})
    assert found.json() == []
    supabase.delete(party)  # one that is gone already is fine


def test_refused_statement_is_told_by_its_key(project: Project, person: Person) -> None:
    wrong = SQL.model_copy(update={"make_sql": "insert into rooms values (%(host_id)s)"})
    with (
        closing(Supabase(target_of(project, wrong))) as supabase,
        pytest.raises(ServerError, match=r'party\.make_sql was expected to run .*"rooms" does not exist'),
    ):
        supabase.create_party(person, "x")


def test_variable_that_is_not_set_is_a_gap(project: Project, person: Person) -> None:
    with (
        closing(Supabase(target_of(project, by_rest(project)))) as supabase,
        pytest.raises(NotGiven, match="needs OWNER_KEY, which the target file names"),
    ):
        supabase.create_party(person, "x")


def test_given_party_is_the_one_that_is_told(project: Project, host: User) -> None:
    told = project.make_party(host)
    made = target_of(project, PartyMaking(how="given"))
    given = Given(
        Target(
            token_url=made.token_url,
            supabase_url=project.url,
            supabase_anon_key=project.anon_key,
            party=made.party,
            party_id=told["id"],
            email=host.email,
            password=host.password,
        )
    )
    assert isinstance(given.party, Party)
    assert (given.party.id, given.party.host_id) == (told["id"], host.id)


def test_session_by_password_is_kept_as_supabase_js_does(project: Project, person: Person) -> None:
    target = target_of(project, SQL, SignIn(how="session"))
    state = storage_state(target, "host", person)
    assert state is not None
    (origin,) = state["origins"]
    (item,) = origin["localStorage"]
    assert (origin["origin"], item["name"]) == (PAGE, "sb-127-auth-token")
    session = json.loads(item["value"])
    assert session["user"]["id"] == person.id
    answer = project.auth("GET", "user", session["access_token"])
    assert answer.json()["id"] == person.id
    assert (
        storage_state(target_of(project, SQL, SignIn(how="session", viewer=False)), "viewer", person) is None
    )


def test_session_by_command_is_that_users(project: Project, host: User, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(project.token_of(host))
    command = shlex.join([sys.executable, "-c", f"print('hello'); print(open({str(token)!r}).read())"])
    session = Given(Target(token_url=f"{PAGE}/token", session_command=command)).session
    assert session.user_id == host.id
    assert project.auth("GET", "user", session.access_token).json()["id"] == host.id
