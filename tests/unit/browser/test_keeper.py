"""A red test leaves one folder with everything and no secret; a green one leaves nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.browser.browsers import Browsers
from harness.browser.cast import Cast
from harness.browser.keeper import LONGEST_NAME, Keeper, evidence_folder
from harness.target import Party, Person, Target
from harness.trace.events import RunLog, read
from harness.trace.evidence import Account, Row
from harness.trace.failure import Devices, Failure
from tests.unit.browser.small_app import PARTY, TOKEN

TEST = "tests/e2e/test_party.py::test_goes_live[P03 / two cameras]"
SECRETS = {
    "token": TOKEN,
    "refresh token": "fdof22iupqzx",
    "Stream secret": "the Stream secret of this run",
    "API key": "sb_secret_0123456789abcdef",
    "password": "right horse",
}
# Everything that a page should not do: it says, sends and stores what it has.
TELLS_ALL = """async () => {
  const session = await (await fetch("/session")).json();
  const { token, refresh_token: refresh, apikey: key, password, said: secret } = session;
  console.error(`[ListeningParty] Bearer ${token}`, { refresh_token: refresh });
  console.log(JSON.stringify({ session: { access_token: token, refresh_token: refresh } }));
  localStorage.setItem("session", JSON.stringify({ refresh_token: refresh }));
  document.title = `${secret} ${token}`;
  const headers = { authorization: `Bearer ${token}`, apikey: key };
  await fetch(`/rest/v1/parties?apikey=${key}&x=1`, {
    method: "PATCH", headers, body: JSON.stringify({ password, refresh_token: refresh, said: secret }),
  });
}"""


@pytest.fixture
def keeper(run_log: RunLog) -> Keeper:
    run_log.secrets.add(SECRETS["Stream secret"])
    return Keeper(run_log)


@pytest.fixture
def folder(run_log: RunLog) -> Path:
    return evidence_folder(run_log.path.parent, TEST, 1)


@pytest.fixture
def cast(browsers: Browsers, target: Target, run_log: RunLog, folder: Path) -> Iterator[Cast]:
    cast = Cast(browsers, target, run_log, folder)
    yield cast
    cast.leave(failed=False)


def run(keeper: Keeper, outcome: str, *accounts: Account) -> None:
    """As pytest runs a test: it ends with `outcome`, and who cleans up tells `accounts`."""
    keeper.pytest_runtest_logstart(TEST)
    keeper.run_log.test = TEST
    for account in accounts:
        keeper.tell(account, {"host": Devices(profile="no_devices")}, [{"effect": {"status": 503}}])
    keeper.run_log.event(
        "harness", "check", id="G01", test=TEST, outcome=outcome, message="It is not live.", phase="call"
    )
    report = pytest.TestReport(TEST, ("", 0, ""), {}, "failed", "E  long", "call", start=1, stop=2)
    if outcome == "failed":
        keeper.pytest_runtest_logreport(report)
    keeper.pytest_runtest_logfinish(TEST)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, and every entry of every zip."""
    for file in folder.rglob("*"):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as entries:
                yield from ((f"{file.name}/{name}", entries.read(name)) for name in entries.namelist())
        elif file.is_file():
            yield file.name, file.read_bytes()


def test_no_secret_is_in_any_file_of_a_red_test(keeper: Keeper, cast: Cast, run_log: RunLog) -> None:
    host = cast.host(Party(PARTY, Person("id", "host@example.com", "right", "Host"), "A party"), None)
    session = {"token": TOKEN, "said": SECRETS["Stream secret"], "password": SECRETS["password"]}
    session |= {"refresh_token": SECRETS["refresh token"], "apikey": SECRETS["API key"]}
    # Not as an argument: a trace has what Playwright was told, too.
    host.page.route("**/session", lambda route: route.fulfill(json=session))
    host.page.evaluate(TELLS_ALL)
    host.clicks_go_live().reads_status("You are live")
    run(keeper, "failed", cast.leave(failed=True))
    files = dict(contents(run_log.path.parent))
    assert {"evidence.html", "replay.json", "host.png", "events.jsonl"} <= files.keys()
    assert any(name.startswith("trace-host.zip/") for name in files)
    told = files["evidence.html"].decode()
    assert "PATCH" in told
    assert "Bearer ***" in told
    found = {
        name: [kind for kind, it in SECRETS.items() if it.encode() in text] for name, text in files.items()
    }
    assert not {name: kinds for name, kinds in found.items() if kinds}


def test_the_run_log_leads_to_the_evidence(keeper: Keeper, run_log: RunLog, folder: Path) -> None:
    run(keeper, "failed", Account((Row(1.5, "host", "console", "log: said"),)))
    (told,) = (event for event in read(run_log.path) if event["what"] == "evidence")
    page = run_log.path.parent / told["path"]
    assert page == folder / "evidence.html"
    assert (told["test"], told["attempt"]) == (TEST, 1)
    assert "It is not live." in page.read_text()
    assert "log: said" in page.read_text()


def test_what_is_needed_to_make_it_again_is_kept(
    keeper: Keeper, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_SEED", "7")
    monkeypatch.setenv("HARNESS_TOKEN_URL", "https://app.example/token")
    monkeypatch.setenv("STREAM_API_SECRET", SECRETS["Stream secret"])
    run(keeper, "failed", Account())
    failure = Failure.read(folder / "replay.json")
    assert (failure.test, failure.checks, failure.sentence) == (TEST, ("G01",), "It is not live.")
    assert failure.seed == 7
    assert failure.people == {"host": Devices(profile="no_devices")}
    assert failure.faults == [{"effect": {"status": 503}}]
    assert failure.target == {"token_url": "https://app.example/token"}
    assert failure.secrets == ("STREAM_API_SECRET",)
    assert {"Python", "Playwright", "browser", "Stream SDK of the pages"} <= failure.versions.keys()


def test_a_green_test_leaves_nothing(keeper: Keeper, run_log: RunLog) -> None:
    run(keeper, "passed", Account())
    assert [path.name for path in run_log.path.parent.iterdir()] == ["events.jsonl"]


def test_evidence_that_cannot_be_written_does_not_hide_the_failure(
    keeper: Keeper, run_log: RunLog, folder: Path
) -> None:
    folder.parent.write_text("a file is in the way")
    run(keeper, "failed", Account())
    (lost,) = (event for event in read(run_log.path) if event["what"] == "evidence lost")
    assert lost["text"].startswith("No evidence: ")


def test_each_test_has_a_folder_of_its_own(tmp_path: Path) -> None:
    long = "tests/e2e/test_a.py::test_b[" + "x" * 300 + "{}]"
    names = [
        evidence_folder(tmp_path, test, attempt).name
        for test in ("test_a.py::test_b", "test_c.py::test_b", long.format(1), long.format(2))
        for attempt in (1, 2)
    ]
    assert len(set(names)) == 8
    assert max(map(len, names)) < LONGEST_NAME + 20


def test_it_is_json_that_people_can_read(keeper: Keeper, folder: Path) -> None:
    run(keeper, "failed", Account())
    assert json.loads((folder / "replay.json").read_text())["phase"] == "call"
