"""Every check goes red for the fault that it exists for: the contract's own tests, run on wrong servers."""

from __future__ import annotations

import secrets
import sys
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import jwt
import pytest

from harness import page_server
from harness.config import PageServerSettings
from harness.errors import Finding
from harness.target import Session
from harness.token_server import session, steps
from harness.token_server.stream import StreamVideo
from harness.trace.events import RunLog
from tests.contract import forgery
from tests.contract import test_bad_sessions as bad_sessions
from tests.contract import test_call_on_stream as call_on_stream
from tests.contract import test_cors as cors
from tests.contract import test_granting as granting
from tests.contract import test_log as logs
from tests.contract import test_methods as methods
from tests.contract import test_missing_call_id as missing_call_id
from tests.contract import test_nonsense as nonsense
from tests.contract import test_renewal as renewal
from tests.contract import test_secrets as kept_secrets
from tests.contract import test_user_on_stream as user_on_stream
from tests.contract.served import served
from tests.unit.token_server import mutants
from tests.unit.token_server import system as system_module
from tests.unit.token_server.live_stream import LiveStream
from tests.unit.token_server.mutants import leaking, with_replies, with_requests, with_stream
from tests.unit.token_server.system import PAGES, System, running

Check = Callable[..., None]
SECRET = secrets.token_hex(32)
FORBIDDEN = "https://another-site.example"


def run(check: Check, system: System, **given: object) -> None:
    """Call a contract test with what its parameters ask for, as pytest would."""
    party = system.new_party()
    host_session = Session(system.session(party.host), secrets.token_hex(16), party.host.id)
    log = system.target.token_server_log
    fixtures = {
        "target": system.target,
        "token_endpoint": system.endpoint,
        "supabase": system.supabase,
        "stream_api": system.stream_api,
        "party": party,
        "standing_party": party,
        "forger": forgery.Forger(
            host_session.access_token, system.supabase.public_keys(), None, str(uuid4()), "a public key"
        ),
        "host_session": host_session,
        "standing_session": host_session,
        "new_person": system.new_person,
        "page_origin": PAGES,
        "forbidden_origin": FORBIDDEN,
        "server_log": log,
        "run_dir": log and log.parent,
        **given,
    }
    names = check.__code__.co_varnames[: check.__code__.co_argcount]
    if "run_log" in names and log:
        fixtures["run_log"] = RunLog(log.parent / "events.jsonl")
    check(**{name: fixtures[name] for name in names})


class Wrong(NamedTuple):
    """A check, and a server that is wrong in one thing: the reference server, changed by `what`."""

    check: Check
    how: Callable[[Any], mutants.Factory]
    what: Any
    given: dict[str, object] = {}  # noqa: RUF012  nobody changes it

    def __str__(self) -> str:
        said = "-".join(map(str, self.given.values()))
        return f"{check_id(self.check)} {self.what.__name__} {said}".strip()


def check_id(check: Check) -> str:
    """The id of the release check that a contract test proves, from its mark or its module's."""
    marks = [*getattr(check, "pytestmark", []), getattr(sys.modules[check.__module__], "pytestmark", None)]
    return str(next(mark.args[0] for mark in marks if mark is not None and mark.name == "check"))


SEVEN_FIELDS = granting.test_valid_session_and_party_get_exactly_the_seven_fields
FOR_A_DAY = granting.test_token_is_the_users_own_for_a_day_and_nothing_more
READABLE, FOREIGN = cors.test_page_may_read_every_answer, cors.test_foreign_origin_gets_no_permission
AT_ONCE = call_on_stream.test_many_at_once_make_one_call
IN_ANSWERS, IN_LOG = (
    kept_secrets.test_no_secret_in_any_answer,
    kept_secrets.test_no_secret_session_or_token_in_the_log,
)
IN_FILES = kept_secrets.test_no_secret_session_or_token_in_the_files_of_the_run
ODD_BODY, ODD_CALL_ID = (
    nonsense.test_bodies_that_make_no_sense_are_refused,
    nonsense.test_call_ids_that_are_none_are_refused,
)
BY_CHANCE, AS_DESCRIBED = (
    nonsense.test_nonsense_by_chance_is_refused,
    nonsense.test_every_answer_is_as_described,
)
OTHER_METHOD = methods.test_other_method_is_refused_and_told_which_is_right
# All servers of this process write to one log: who reads all of it must not meet what another test leaked.
READ_THE_WHOLE_LOG = (IN_LOG, IN_FILES)

WRONG = [
    Wrong(SEVEN_FIELDS, with_replies, mutants.another_call_id),
    Wrong(SEVEN_FIELDS, with_replies, mutants.one_field_more),
    Wrong(FOR_A_DAY, with_stream, mutants.SignsForAWeek),
    Wrong(FOR_A_DAY, with_stream, mutants.SignsForAdmins),
    Wrong(
        bad_sessions.test_bad_session_is_refused,
        with_replies,
        mutants.tells_why_a_session_is_bad,
        {"case": "header missing"},
    ),
    Wrong(
        missing_call_id.test_body_without_a_call_id_is_refused,
        with_replies,
        mutants.missing_call_id_is_a_500,
        {"case": "empty object"},
    ),
    Wrong(READABLE, with_replies, mutants.no_cors_on_401, {"case": "401"}),
    Wrong(READABLE, with_replies, mutants.no_cors_on_405, {"case": "another method"}),
    Wrong(READABLE, with_replies, mutants.no_cors_on_413, {"case": "oversized body"}),
    Wrong(
        cors.test_preflight_lets_the_page_send_its_session, with_replies, mutants.no_cors_for_authorization
    ),
    Wrong(FOREIGN, with_replies, mutants.echoes_every_origin, {"foreign": "named", "kind": "200"}),
    Wrong(FOREIGN, with_replies, mutants.allows_all_origins, {"foreign": "named", "kind": "401"}),
    Wrong(FOREIGN, with_replies, mutants.allows_all_origins, {"foreign": "named", "kind": "preflight"}),
    Wrong(
        FOREIGN,
        with_replies,
        mutants.compares_how_an_origin_begins,
        {"foreign": "starts like ours", "kind": "200"},
    ),
    Wrong(FOREIGN, with_replies, mutants.takes_null_for_an_origin, {"foreign": "null", "kind": "200"}),
    Wrong(
        cors.test_answer_that_depends_on_the_origin_says_so,
        with_replies,
        mutants.forgets_vary,
        {"kind": "200"},
    ),
    Wrong(
        call_on_stream.test_call_exists_with_this_type_and_id_and_its_owner,
        with_stream,
        mutants.CreatesNothing,
    ),
    Wrong(AT_ONCE, with_stream, mutants.CreatesAnotherEachTime),
    Wrong(AT_ONCE, with_stream, mutants.SaysCreatedEachTime),
    Wrong(user_on_stream.test_user_is_known_with_id_name_and_role, with_stream, mutants.ShortensNames),
    Wrong(
        granting.test_call_type_is_livestream_unless_said,
        with_replies,
        mutants.call_type_is_needed,
        {"absent": {}},
    ),
    Wrong(IN_ANSWERS, leaking, mutants.secret_in_a_header),
    Wrong(IN_ANSWERS, leaking, mutants.secret_in_base64),
    Wrong(IN_LOG, with_stream, mutants.LogsTokens),
    Wrong(IN_LOG, with_stream, mutants.LogsHalfASecret),
    Wrong(IN_FILES, with_stream, mutants.LogsTokens),
    Wrong(ODD_BODY, with_replies, mutants.array_is_a_500),
    Wrong(ODD_BODY, with_replies, mutants.tells_its_traceback),
    Wrong(ODD_BODY, with_replies, mutants.error_without_ok),
    Wrong(ODD_BODY, with_stream, mutants.CreatesAnotherEachTime),
    Wrong(ODD_CALL_ID, with_requests, mutants.trims_call_ids),
    Wrong(ODD_CALL_ID, with_requests, mutants.trims_call_ids),
    Wrong(BY_CHANCE, with_replies, mutants.array_is_a_500, {"kind": "any JSON"}),
    Wrong(BY_CHANCE, with_replies, mutants.error_without_ok, {"kind": "any octets"}),
    Wrong(BY_CHANCE, with_replies, mutants.surrogate_is_a_500, {"kind": "any callId"}),
    Wrong(BY_CHANCE, with_replies, mutants.tells_its_traceback, {"kind": "any fields"}),
    Wrong(AS_DESCRIBED, with_replies, mutants.error_without_ok),
    Wrong(AS_DESCRIBED, with_replies, mutants.array_is_a_500),
    Wrong(AS_DESCRIBED, with_replies, mutants.tells_its_traceback),
    Wrong(OTHER_METHOD, with_replies, mutants.no_allow, {"method": "GET"}),
    Wrong(OTHER_METHOD, with_replies, mutants.other_method_is_a_404, {"method": "DELETE"}),
    Wrong(OTHER_METHOD, with_replies, mutants.no_cors_on_405, {"method": "PUT"}),
    Wrong(methods.test_head_is_refused_too, with_replies, mutants.head_is_a_200),
    Wrong(logs.test_each_step_is_logged_with_call_type_and_call_id, with_stream, mutants.LogsTheCallTwice),
    Wrong(
        call_on_stream.test_viewer_who_asks_first_does_not_own_the_call, with_stream, mutants.CreatesAsAsker
    ),
]
# By its own tests elsewhere, since there it is what the server depends on that is wrong.
NOT_HERE = {"T14", "T15", "T18"}


def test_every_check_of_the_token_endpoint_is_seen_red() -> None:
    expected = {f"T{number:02}" for number in range(1, 19)} - NOT_HERE
    missing = expected - {check_id(wrong.check) for wrong in WRONG}
    assert not missing, f"expected a wrong server for each check, there is none for {sorted(missing)}"


@pytest.fixture(scope="module")
def green(tmp_path_factory: pytest.TempPathFactory, shared: System) -> Callable[[Wrong], None]:
    """Shows, once for each check and case, that it is green on the right server."""

    shown: list[tuple[Check, dict[str, object]]] = []

    def once(wrong: Wrong) -> None:
        if (wrong.check, wrong.given) in shown:
            return
        with ExitStack() as its_own:
            right = shared
            if wrong.check in READ_THE_WHOLE_LOG:
                right = its_own.enter_context(running(tmp_path_factory.mktemp("right") / "log"))
            run(wrong.check, right, **wrong.given)
        shown.append((wrong.check, wrong.given))

    return once


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_server_is_found(tmp_path: Path, green: Callable[[Wrong], None], wrong: Wrong) -> None:
    green(wrong)
    with running(tmp_path / "wrong.log", wrong.how(wrong.what)) as system:
        with pytest.raises(AssertionError, match="expected") as found:
            run(wrong.check, system, **wrong.given)
        assert not shows_a_secret(str(found.value), system)


def shows_a_secret(message: str, system: System) -> bool:
    """Whether a report could be read by somebody who must not know the target's secrets, or any token."""
    return system.target.redactor().exposed_in(message)


@pytest.mark.parametrize(
    ("option", "case"),
    [
        ("verify_exp", "expired"),
        ("verify_nbf", "not yet valid"),
        ("verify_iss", "wrong issuer"),
        ("verify_aud", "wrong audience"),
        ("verify_signature", "tampered signature"),
        ("verify_signature", "signed by another key"),
    ],
    ids=lambda said: f"T03 {said}",
)
def test_server_that_does_not_look_at_a_session_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, case: str
) -> None:
    forge = {**forgery.CASES, **forgery.TRUSTED}[case]
    with running(tmp_path / "log", jwt_secret=SECRET) as system:
        party, viewer = system.new_party(), system.new_person()
        keys = system.supabase.public_keys()
        forger = forgery.Forger(
            system.session(viewer), keys, SECRET, party.host_id, system.target.needed("supabase_anon_key")
        )
        bad_sessions.expect_refusal(system.endpoint, forge(forger), party)
        monkeypatch.setattr(session, "jwt", CarelessJwt(option, ["HS256", "ES256"]))
        with pytest.raises(Finding, match="401"):
            bad_sessions.expect_refusal(system.endpoint, forge(forger), party)


@pytest.mark.parametrize(
    ("option", "case"),
    [
        ("verify_exp", "expired"),
        ("verify_nbf", "not yet valid"),
        ("verify_iss", "wrong issuer"),
        ("verify_aud", "wrong audience"),
        ("require", "no sub"),
    ],
    ids=lambda said: f"T03 {said}",
)
def test_server_that_looks_at_the_claims_of_hs256_sessions_only_is_found(
    shared: System, monkeypatch: pytest.MonkeyPatch, option: str, case: str
) -> None:
    """Here, where the private key of the project's sessions is at hand."""
    party, viewer = shared.new_party(), shared.new_person()
    genuine = shared.session(viewer)
    claims = jwt.decode(genuine, options={"verify_signature": False})

    def sign(**changes: object) -> str:
        wanted = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return shared.small_supabase.signing_keys[0].sign(wanted)

    forger = forgery.KeyHolder(
        genuine=genuine,
        public_keys=shared.supabase.public_keys(),
        shared_secret=None,
        victim_id=party.host_id,
        anon_key=shared.target.needed("supabase_anon_key"),
        sign=sign,
    )
    check = bad_sessions.test_session_with_wrong_claims_is_refused
    run(check, shared, by_secret=None, by_key=(forger, shared.endpoint), case=case)
    monkeypatch.setattr(session, "jwt", CarelessJwt(option, ["ES256"]))
    with pytest.raises(Finding, match="401"):
        run(check, shared, by_secret=None, by_key=(forger, shared.endpoint), case=case)


@pytest.mark.parametrize(
    "case", ["expired 90 s ago", "not valid for 90 s yet"], ids=lambda said: f"T03 {said}"
)
def test_server_that_lets_clocks_differ_too_much_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    with running(tmp_path / "log", jwt_secret=SECRET) as system:
        party, viewer = system.new_party(), system.new_person()
        keys = system.supabase.public_keys()
        forger = forgery.Forger(system.session(viewer), keys, SECRET, party.host_id, "a public key")
        bad_sessions.expect_wrong_claims_refused((forger, system.endpoint), party, case)
        monkeypatch.setattr(session, "CLOCK_SKEW", 600)
        with pytest.raises(Finding, match=case):
            bad_sessions.expect_wrong_claims_refused((forger, system.endpoint), party, case)


class CarelessJwt:
    """PyJWT, but for one option that it ignores in sessions of these algorithms."""

    def __init__(self, option: str, algorithms: list[str]) -> None:
        self._options = {"require": [], **({} if option == "require" else {option: False})}
        self._algorithms = algorithms

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  a whole module
        return getattr(jwt, name)

    def decode(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401  as PyJWT has it
        careless = named["algorithms"][0] in self._algorithms
        return jwt.decode(*given, **{**named, **({"options": self._options} if careless else {})})


@pytest.mark.parametrize(
    "what",
    [mutants.StopsTheShow, mutants.AddsMembers, mutants.SignsOlderEachTime],
    ids=lambda what: f"T08 {what.__name__}",
)
def test_server_that_does_more_than_renew_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: type[StreamVideo]
) -> None:
    monkeypatch.setattr(system_module, "SmallStream", LiveStream)
    check = renewal.test_second_request_while_live_renews_the_token_and_changes_nothing
    with running(tmp_path / "right.log") as system:
        run(check, system)
    with running(tmp_path / "wrong.log", with_stream(what)) as system, pytest.raises(Finding) as found:
        run(check, system)
    assert "expected: a fresh token" in str(found.value) or "stays as it was" in str(found.value)


# A small app as a bundler leaves it: each file is named by another, in one of the ways in which that is done.
APP = {
    "index.html": '<script type="module" src="/assets/index.js"></script><link rel="stylesheet" '
    'href="/assets/style.css"><link rel="modulepreload" href="/assets/early.js">',
    "assets/index.js": 'import("./chunk.js");let deps=["assets/late.js"]\n//# sourceMappingURL=index.js.map',
    "assets/index.js.map": '{"version": 3}',
    "assets/early.js": "export const early = 1",
    "assets/late.js": "export const late = 1",
    "assets/chunk.js": "import{deep}from'./deep.js?v=1';",
    "assets/deep.js": "export const deep = 1",
    "assets/style.css": "@import url(more.css);",
    "assets/more.css": "body { margin: 0 }",
}


@pytest.mark.parametrize("place", ["config.json", *APP], ids=lambda place: f"T11 {place}")
def test_pages_that_show_a_secret_are_found(tmp_path: Path, shared: System, place: str) -> None:
    def search(files: dict[str, str], anon_key: str) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        target = shared.target
        told = {"SUPABASE_URL": target.supabase_url, "SUPABASE_ANON_KEY": anon_key}
        own = {"HARNESS_PAGES_DIST": str(tmp_path), "TOKEN_URL": target.token_url, **told}
        with served(page_server.create_app(PageServerSettings.model_validate(own))) as url:
            check = kept_secrets.test_no_secret_in_the_pages_and_their_scripts
            run(check, shared, target=replace(target, pages_url=url))

    public, service_role = map(shared.target.needed, ("supabase_anon_key", "supabase_service_role_key"))
    if place == "config.json":  # the same for all places
        search(APP, public)
    wrong = APP if place == "config.json" else {**APP, place: f"{APP[place]} /* {service_role} */"}
    with pytest.raises(
        Finding, match=f"/{place.removeprefix('index.html')}\ncame:     the Supabase service role key"
    ):
        search(wrong, service_role if place == "config.json" else public)


def test_pages_without_a_script_prove_nothing(shared: System) -> None:
    with pytest.raises(AssertionError, match="expected pages with a script"):
        run(
            kept_secrets.test_no_secret_in_the_pages_and_their_scripts,
            shared,
            target=replace(shared.target, pages_url=shared.target.supabase_url),
        )


@pytest.mark.parametrize("planted", ["secret", "session"], ids=lambda planted: f"T11 {planted}")
def test_file_of_a_run_that_shows_a_secret_is_found(tmp_path: Path, planted: str) -> None:
    with running(tmp_path / "log") as system:
        run(IN_FILES, system)
        texts = {"secret": system.target.stream_api_secret, "session": system.session(system.new_person())}
        (tmp_path / "traces").mkdir()
        with zipfile.ZipFile(tmp_path / "traces" / "test.zip", "w", zipfile.ZIP_DEFLATED) as trace:
            trace.writestr("resources/request.json", f'{{"authorization": "{texts[planted]}"}}')
        with pytest.raises(Finding, match=r"test\.zip/resources/request\.json"):
            run(IN_FILES, system)


def test_server_that_logs_without_the_call_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps.Steps, "know", lambda *_, **__: None)
    with running(tmp_path / "log") as system, pytest.raises(AssertionError, match="log line"):
        run(logs.test_each_step_is_logged_with_call_type_and_call_id, system)


@pytest.mark.parametrize("times", [0, 2], ids=lambda times: f"T16 {times} times")
def test_server_that_logs_a_step_not_once_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    plain = steps.Steps.__call__

    def careless(self: steps.Steps, step: str, **facts: object) -> None:
        for _ in range(times if step in ("Party found", "Session verified") else 1):
            plain(self, step, **facts)

    monkeypatch.setattr(steps.Steps, "__call__", careless)
    with running(tmp_path / "log") as system, pytest.raises(AssertionError, match="one for each"):
        run(logs.test_each_step_is_logged_with_call_type_and_call_id, system)


def test_session_without_kid_can_be_confused_too(shared: System) -> None:
    without_kid = jwt.encode({"sub": "viewer"}, SECRET, "HS256")
    forger = forgery.Forger(without_kid, shared.supabase.public_keys(), SECRET, "host", "anon")
    bad_sessions.expect_refusal(shared.endpoint, forger.confused(forgery.pem), shared.new_party())
    assert SECRET not in repr(forger)
    assert without_kid not in repr(forger)
