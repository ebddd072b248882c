"""The table door's grammar, answers and errors."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.local_supabase.project import Project, User

OBJECT = {"Accept": "application/vnd.pgrst.object+json"}
REPRESENTATION = {"Prefer": "return=representation"}
TITLES = ["alpha", "Beta", 'comma, "quote" (x)', "delta"]


@pytest.fixture
def parties(project: Project, host: User) -> list[dict[str, Any]]:
    """Four parties of one host; the second is live, the third has a Stream id."""
    columns: list[dict[str, Any]] = [{}, {"is_live": True}, {"stream_app_id": "x"}, {}]
    return [
        project.make_party(host, title=title, **more) for title, more in zip(TITLES, columns, strict=True)
    ]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"title": "eq.alpha"}, [0]),
        ({"title": "neq.alpha"}, [1, 2, 3]),
        ({"title": "not.eq.alpha"}, [1, 2, 3]),
        ({"title": "gt.alpha"}, [2, 3]),
        ({"title": "gte.alpha"}, [0, 2, 3]),
        ({"title": "lt.alpha"}, [1]),
        ({"title": "lte.alpha"}, [0, 1]),
        ({"title": "like.*lt*"}, [3]),
        ({"title": "like.b*"}, []),
        ({"title": "ilike.b*"}, [1]),
        ({"title": "not.ilike.*a"}, [2]),
        ({"title": "in.(alpha,delta)"}, [0, 3]),
        ({"title": r'in.(Beta,"comma, \"quote\" (x)")'}, [1, 2]),
        ({"title": "in.()"}, []),
        ({"title": "not.in.(alpha,Beta)"}, [2, 3]),
        ({"is_live": "is.true"}, [1]),
        ({"is_live": "eq.false"}, [0, 2, 3]),
        ({"is_live": "not.is.true"}, [0, 2, 3]),
        ({"stream_app_id": "is.null"}, [0, 1, 3]),
        ({"stream_app_id": "not.is.null"}, [2]),
        ({"stream_app_id": "is.null", "is_live": "is.false"}, [0, 3]),
    ],
)
def test_filters(
    project: Project, host: User, parties: list[dict[str, Any]], where: dict[str, str], found: list[int]
) -> None:
    params = {"host_id": f"eq.{host.id}", "select": "title", **where}
    rows = project.rest("GET", "parties", params=params).json()
    assert sorted(row["title"] for row in rows) == sorted(parties[index]["title"] for index in found)


def test_one_column_may_have_two_filters(project: Project, host: User, parties: list[dict[str, Any]]) -> None:
    params = [("host_id", f"eq.{host.id}"), ("title", "gt.alpha"), ("title", "lt.delta")]
    assert [row["id"] for row in project.rest("GET", "parties", params=params).json()] == [parties[2]["id"]]


def test_select_order_and_page(project: Project, host: User, parties: list[dict[str, Any]]) -> None:
    params = {"host_id": f"eq.{host.id}", "select": "title,is_live", "order": "is_live.desc,title.asc"}
    whole = project.rest("GET", "parties", params=params)
    assert [row["title"] for row in whole.json()] == ["Beta", "alpha", TITLES[2], "delta"]
    assert [list(row) for row in whole.json()] == [["title", "is_live"]] * len(parties)
    assert whole.headers["Content-Range"] == "0-3/*"
    page = project.rest("GET", "parties", params={**params, "limit": "2", "offset": "1"})
    assert [row["title"] for row in page.json()] == ["alpha", TITLES[2]]
    assert page.headers["Content-Range"] == "1-2/*"


def test_nulls_are_ordered_as_asked(project: Project, host: User, parties: list[dict[str, Any]]) -> None:
    params = {"host_id": f"eq.{host.id}", "order": "stream_app_id.asc.nullsfirst"}
    rows = project.rest("GET", "parties", params=params).json()
    assert [row["stream_app_id"] for row in rows] == [None, None, None, "x"]
    assert len(parties) == len(rows)


def test_count(project: Project, host: User, parties: list[dict[str, Any]]) -> None:
    params = {"host_id": f"eq.{host.id}", "limit": "3"}
    answer = project.rest("HEAD", "parties", params=params, headers={"Prefer": "count=exact"})
    assert (answer.status_code, answer.text) == (206, "")
    assert answer.headers["Content-Range"] == f"0-2/{len(parties)}"


def test_single_object(project: Project, host: User, parties: list[dict[str, Any]]) -> None:
    one = project.rest("GET", "parties", params={"id": f"eq.{parties[0]['id']}"}, headers=OBJECT)
    assert one.json() == parties[0]
    assert one.headers["Content-Type"] == "application/vnd.pgrst.object+json; charset=utf-8"
    for rows, where in ((0, f"eq.{uuid.uuid4()}"), (4, f"in.({','.join(row['id'] for row in parties)})")):
        answer = project.rest("GET", "parties", params={"id": where}, headers=OBJECT)
        assert answer.status_code == 406
        assert answer.json() == {
            "code": "PGRST116",
            "message": "Cannot coerce the result to a single JSON object",
            "details": f"The result contains {rows} rows",
            "hint": None,
        }
    assert project.party(parties[0]["id"])["host_id"] == host.id


def test_a_change_that_is_not_single_is_undone(
    project: Project, host: User, parties: list[dict[str, Any]]
) -> None:
    where = {"host_id": f"eq.{host.id}"}
    headers = {**OBJECT, **REPRESENTATION}
    answer = project.rest(
        "PATCH", "parties", project.token_of(host), params=where, json={"title": "x"}, headers=headers
    )
    assert answer.status_code == 406
    assert project.party(parties[0]["id"]) == parties[0]


def test_timestamps_are_utc_iso(parties: list[dict[str, Any]]) -> None:
    assert parties[0]["created_at"].endswith("+00:00")
    assert "T" in parties[0]["created_at"]


def test_changes_answer_as_preferred(project: Project, host: User) -> None:
    service, row = project.service_role_key, {"host_id": host.id, "title": "x"}
    made = project.rest("POST", "parties", service, json=row)
    assert (made.status_code, made.text) == (201, "")
    where = {"host_id": f"eq.{host.id}"}
    changed = project.rest("PATCH", "parties", service, params=where, json={"title": "y"})
    assert (changed.status_code, changed.text) == (204, "")
    columns = {**where, "select": "title"}
    gone = project.rest("DELETE", "parties", service, params=columns, headers=REPRESENTATION)
    assert (gone.status_code, gone.json()) == (200, [{"title": "y"}])
    assert gone.headers["Preference-Applied"] == "return=representation"


def test_many_rows_at_once(project: Project, host: User) -> None:
    rows = [{"host_id": host.id, "title": title} for title in TITLES]
    params = {"select": "title", "columns": '"host_id","title"'}
    made = project.rest(
        "POST", "parties", project.service_role_key, params=params, json=rows, headers=REPRESENTATION
    )
    assert [row["title"] for row in made.json()] == TITLES


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"id": "eq.no-uuid"}, 400, "22P02"),
        ({"nope": "eq.1"}, 400, "42703"),
        ({"select": "nope"}, 400, "42703"),
        ({"order": "nope"}, 400, "42703"),
        ({"id": "noop.0"}, 400, "PGRST100"),
        ({"id": "5"}, 400, "PGRST100"),
        ({"is_live": "is.maybe"}, 400, "PGRST100"),
        ({"id": "in.1,2"}, 400, "PGRST100"),
        ({"order": "title.sideways"}, 400, "PGRST100"),
        ({"limit": "-1"}, 416, "PGRST103"),
        ({"limit": "many"}, 400, "PGRST100"),
        ({"id": "fts.x"}, 501, "not_offered"),
        ({"or": "(id.eq.1,id.eq.2)"}, 501, "not_offered"),
        ({"select": "*,profiles(display_name)"}, 501, "not_offered"),
        ({"select": "name:title"}, 501, "not_offered"),
    ],
)
def test_bad_reads(project: Project, params: dict[str, str], status: int, code: str) -> None:
    answer = project.rest("GET", "parties", params=params)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize(
    ("method", "params", "body", "status", "code"),
    [
        ("POST", {}, "{", 400, "PGRST102"),
        ("POST", {}, "5", 400, "PGRST102"),
        ("POST", {}, "[5]", 400, "PGRST102"),
        ("POST", {}, '[{"title": "a"}, {"id": null}]', 400, "PGRST102"),
        ("POST", {}, '{"nope": 1}', 400, "PGRST204"),
        ("POST", {}, '{"title": "nobody hosts"}', 400, "23502"),
        ("POST", {}, f'{{"title": "a", "host_id": "{uuid.UUID(int=0)}"}}', 409, "23503"),
        ("POST", {}, '{"is_live": "maybe"}', 400, "22P02"),
        ("PATCH", {}, '{"title": "all"}', 400, "21000"),
        ("DELETE", {}, "", 400, "21000"),
        ("PATCH", {"id": "eq.x", "limit": "1"}, '{"title": "a"}', 501, "not_offered"),
    ],
)
def test_bad_changes(
    project: Project, method: str, params: dict[str, str], body: str, status: int, code: str
) -> None:
    answer = project.rest(method, "parties", project.service_role_key, params=params, content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Accept": "text/csv"}, 406, "PGRST107"),
        ({"Accept-Profile": "auth"}, 406, "PGRST106"),
        ({"Prefer": "resolution=merge-duplicates"}, 501, "not_offered"),
        ({"Range": "0-1"}, 501, "not_offered"),
    ],
)
def test_bad_headers(project: Project, headers: dict[str, str], status: int, code: str) -> None:
    answer = project.rest("GET", "parties", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("table", ["nope", "users", "auth.users", 'parties"; drop table parties; --'])
def test_tables_that_are_not_exposed(project: Project, table: str) -> None:
    answer = project.http.get(
        f"{project.url}/rest/v1/{table}",
        headers={"apikey": project.service_role_key, "Authorization": f"Bearer {project.service_role_key}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "PGRST205")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_kept_and_found(project: Project, host: User, text: str) -> None:
    party = project.make_party(host, title=text)
    assert party["title"] == text
    params = {"title": f"eq.{text}", "id": f"eq.{party['id']}"}
    assert project.rest("GET", "parties", params=params).json() == [party]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["select", "order", "limit", "title", "id", '"', "a.b", "é"]),
    value=st.text("eqinotlks.(),*\"\\:->'; é%{}", max_size=20),
)
def test_no_query_breaks_the_server(project: Project, name: str, value: str) -> None:
    answer = project.rest("GET", "parties", params={name: value})
    assert answer.status_code in (200, 400, 416, 501), answer.text


def test_nul_is_an_error_of_the_caller(project: Project, host: User) -> None:
    row = {"host_id": host.id, "title": "a\x00b"}
    assert project.rest("POST", "parties", project.service_role_key, json=row).status_code == 400
    assert project.rest("GET", "parties", params={"title": "eq.a\x00b"}).status_code == 400
