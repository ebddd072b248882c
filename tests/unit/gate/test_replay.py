"""A red check is run again as it was: 1 while it is broken, 0 when it is mended, 2 when nobody can tell."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from textwrap import dedent

import pytest
from rich.console import Console

from harness.config import HarnessSettings
from harness.errors import HarnessError
from harness.gate import gate
from harness.gate.child import Suite
from harness.gate.replay import Replay
from harness.trace.events import read
from tests.unit.gate.conftest import CHECKS

# `state` is a file beside the suite: the product's state, which somebody mends.
SOURCE = """
    import os
    from pathlib import Path

    STATE = Path(__file__).with_name("state")

    @pytest.mark.check("T01")
    @pytest.mark.parametrize("way", ["a [long] way", "b"])
    def test_answers(way):
        state = STATE.read_text()
        if way == "b" or state == "mended": return
        if state == "harness":
            from harness.errors import ServerError
            raise ServerError("The token server died.")
        if state == "not given": pytest.skip("not run: needs STREAM_API_SECRET")
        raise AssertionError(f"expected an answer, it is {state}, seed {os.environ.get('HARNESS_SEED')}")

    @pytest.mark.check("T02")
    def test_signs(): pass
"""


class Product:
    """A suite whose product is in a `state`, and a run of the gate that found it broken: all in `folder`."""

    def __init__(self, folder: Path) -> None:
        tests = folder / "suite" / "tests"
        self.suite = Suite(tests.parent, (tests,), ("tests.unit.gate.keeping_plugin",))
        self.settings = HarnessSettings(runs=folder / "runs", cache_home=folder / "cache")
        self.console = Console(file=io.StringIO(), width=100, highlight=False, soft_wrap=True)

    def becomes(self, state: str) -> None:
        (self.suite.folders[0] / "state").write_text(state)

    @property
    def run(self) -> Path:
        """The first run's folder."""
        return min(self.settings.runs.iterdir())

    @property
    def evidence(self) -> Path:
        """What its last attempt left to be replayed."""
        return max(self.run.glob("evidence/*/replay.json"))

    def replayed(self, check: str = "T01") -> tuple[int, str]:
        """Exit code, and what was said."""
        self.console.file = io.StringIO()
        code = self.again(check).run(suite=self.suite, console=self.console)
        return code, self.console.file.getvalue()

    def again(self, check: str = "T01", run: str = "") -> Replay:
        return Replay.of(self.settings, run or self.run.name, check, CHECKS)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A product that the gate has just found broken."""
    folder = tmp_path_factory.mktemp("judged")
    product = Product(folder)
    product.suite.folders[0].mkdir(parents=True)
    (product.suite.folders[0] / "test_app.py").write_text("import pytest\n" + dedent(SOURCE))
    product.becomes("broken")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HARNESS_SEED", "7")
        code = gate(product.settings, [], None, suite=product.suite, checks=CHECKS, console=product.console)
    assert code == 1
    return folder


@pytest.fixture
def product(judged: Path, tmp_path: Path) -> Product:
    """A copy of it: to be mended, and replayed."""
    shutil.copytree(judged, tmp_path / "product")
    return Product(tmp_path / "product")


def test_a_failure_is_still_there_until_it_is_mended(product: Product) -> None:
    code, said = product.replayed("t01")
    assert code == 1, said
    assert "T01 is red again: expected an answer, it is broken, seed 7" in said
    assert "test_answers[a [long] way]" in said
    assert "test_answers[b]" not in said
    assert "Once more" not in said
    again = max(product.settings.runs.iterdir())
    (kept,) = (event for event in read(again / "events.jsonl") if event["what"] == "evidence")
    assert again != product.run
    assert (again / kept["path"]).is_file()
    product.becomes("mended")
    code, said = product.replayed()
    assert (code, "T01 is green now: the failure is gone." in said) == (0, True), said


def test_what_is_not_as_it_was_is_named(product: Product) -> None:
    told = json.loads(product.evidence.read_text())
    told["versions"] |= {"Python": "3.11.0", "Stream SDK of the pages": "1.0.0"}
    product.evidence.write_text(json.dumps(told))
    product.becomes("broken in another place")
    said = product.replayed()[1]
    assert "Not as it was then:" in said
    assert "Python: 3.11.0 then, 3." in said
    assert "Stream SDK of the pages: 1.0.0 then, " in said
    assert "T01 is red again, in other words: " in said


@pytest.mark.parametrize(
    ("state", "why"),
    [("harness", "The token server died."), ("not given", "skipped: not run: needs STREAM_API_SECRET")],
)
def test_a_harness_that_cannot_tell_says_so(product: Product, state: str, why: str) -> None:
    product.becomes(state)
    code, said = product.replayed()
    assert code == 2
    assert f"T01 cannot be replayed here: {why}" in said


def test_a_test_that_is_gone_is_told(product: Product) -> None:
    test = product.suite.folders[0] / "test_app.py"
    test.write_text(test.read_text().replace("test_answers", "test_replies"))
    code, said = product.replayed()
    assert code == 2
    assert "T01 cannot be replayed here: this version has no tests/test_app.py::test_answers[" in said


@pytest.mark.parametrize(
    ("run", "check", "why"),
    [
        ("20200101T000000Z", "T01", r"There is no run 20200101T000000Z: the latest in .* are \d+T\d+Z"),
        ("", "T02", r"T02 cannot be replayed: .* has no evidence of it; what was red there is T01\."),
        ("", "X99", r"X99 cannot be replayed: .* has no evidence of it"),
    ],
)
def test_an_unknown_run_or_check_is_one_sentence(product: Product, run: str, check: str, why: str) -> None:
    with pytest.raises(HarnessError, match=why) as raised:
        product.again(check, run)
    assert raised.value.exit_code == 2
    assert "\n" not in str(raised.value)


def test_secrets_that_the_target_had_must_be_there_again(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(product.evidence.read_text())
    told |= {"target": {"token_url": "https://app.example/token"}, "secrets": ["STREAM_API_SECRET"]}
    product.evidence.write_text(json.dumps(told))
    with pytest.raises(HarnessError, match="that run had STREAM_API_SECRET in its environment"):
        product.again()
    monkeypatch.setenv("STREAM_API_SECRET", "a Stream secret")
    assert product.again().target.token_url == "https://app.example/token"


def test_the_built_in_system_is_replayed_on_it_whatever_is_set_now(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_TOKEN_URL", "https://app.example/token")
    assert product.again().target.token_url is None


def test_an_app_that_is_started_for_the_run_is_on_another_port(product: Product, tmp_path: Path) -> None:
    file = tmp_path / "harness.toml"
    file.write_text('token_url = "http://127.0.0.1:{port}/token"\napp_command = "app"\nparty_id = "b"\n')
    then = {"token_url": "http://127.0.0.1:4321/token", "app_command": "app", "app_port": 4321}
    told = json.loads(product.evidence.read_text())
    told |= {"target": then | {"party_id": "a"}, "settings": {"target_file": str(file)}}
    product.evidence.write_text(json.dumps(told))
    again = product.again()
    assert again.target.token_url != then["token_url"]
    assert {line for line in again.differences if "of the target" in line} == {
        f"folder of the target: None then, '{tmp_path}' now",
        "party_id of the target: 'a' then, 'b' now",
    }


def test_what_was_masked_then_is_no_difference(product: Product, tmp_path: Path) -> None:
    file = tmp_path / "harness.toml"
    file.write_text(
        'token_url = "https://x.example/token"\n[sign_in]\npassword = "#secret"\nemail = "#new"\n'
    )
    sign_in = {"password": "***", "email": "#old"}
    told = json.loads(product.evidence.read_text())
    told |= {"target": {"token_url": "https://x.example/token", "folder": str(tmp_path), "sign_in": sign_in}}
    product.evidence.write_text(json.dumps(told | {"settings": {"target_file": str(file)}}))
    assert [line for line in product.again().differences if "of the target" in line] == [
        "sign_in.email of the target: '#old' then, '#new' now"
    ]


def test_what_will_be_started_is_told_first_and_none_of_it_by_the_runs_folder(product: Product) -> None:
    app = product.settings.runs.parent / "harness.toml"
    app.write_text('token_url = "http://127.0.0.1:{port}/token"\napp_command = "run me"\n')
    told = json.loads(product.evidence.read_text())
    told["target"] = {"token_url": "http://127.0.0.1:1/token", "app_command": "run that", "app_port": 1}
    told["settings"] = {"target_file": str(app), "browser": "/evil/browser"}
    product.evidence.write_text(json.dumps(told))
    again = product.again()
    assert again.settings.browser is None
    assert "HARNESS_BROWSER: /evil/browser then; a run's folder names no program" in again.differences
    said = again.told()
    assert said.index("app_command: run me, in ") < said.index("T01")
    assert f"as {app} has it" in said
    assert "app_command of the target: 'run that' then, 'run me' now" in said

    inside = shutil.copy(app, product.run / "harness.toml")
    told["settings"] = {"target_file": str(inside)}
    product.evidence.write_text(json.dumps(told))
    with pytest.raises(HarnessError, match=r"is in the run's own folder, and may name commands: read it"):
        product.again()


@pytest.mark.parametrize("test", ["/evil/test_app.py::test_x", "../evil/test_app.py", "conftest.py"])
def test_a_folder_names_no_test_but_those_of_the_checks(product: Product, test: str) -> None:
    for file in product.run.glob("evidence/*/replay.json"):
        file.write_text(json.dumps(json.loads(file.read_text()) | {"test": test}))
    with pytest.raises(HarnessError, match="is no test of the checks"):
        product.again().run(suite=product.suite, console=product.console)


def test_a_file_that_is_no_failure_is_told(product: Product) -> None:
    newer = product.evidence.read_text().replace('"format": 1', '"format": 2')
    for text, why in (
        ("{", "could not be read as a failure"),
        ('{"format": 1}', "test: Field required"),
        (newer, "has the format 2, this version reads 1"),
    ):
        product.evidence.write_text(text)
        with pytest.raises(HarnessError, match=why):
            product.again()
