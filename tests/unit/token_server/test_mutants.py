"""Every check goes red for the fault that it exists for: the contract's own tests, run on wrong servers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest

from harness.errors import Finding
from harness.target import Session
from harness.token_server import steps
from tests.contract import forgery
from tests.contract import test_bad_sessions as bad_sessions
from tests.contract import test_call_on_stream as call_on_stream
from tests.contract import test_cors as cors
from tests.contract import test_granting as granting
from tests.contract import test_log as logs
from tests.contract import test_missing_call_id as missing_call_id
from tests.contract import test_user_on_stream as user_on_stream
from tests.unit.token_server import mutants
from tests.unit.token_server.system import PAGES, System, running

Check = Callable[..., None]
SECRET = secrets.token_hex(32)


def run(check: Check, system: System, **given: object) -> None:
    """Call a contract test with what its parameters ask for, as pytest would."""
    party = system.new_party()
    fixtures = {
        "target": system.target,
        "token_endpoint": system.endpoint,
        "supabase": system.supabase,
        "stream_api": system.stream_api,
        "party": party,
        "standing_party": party,
        "host_session": Session(system.session(party.host), "", party.host.id),
        "new_person": system.new_person,
        "page_origin": PAGES,
        "server_log": system.target.token_server_log,
        **given,
    }
    names = check.__code__.co_varnames[: check.__code__.co_argcount]
    check(**{name: fixtures[name] for name in names})


WRONG: list[tuple[mutants.Factory, Check, dict[str, object]]] = [
    (
        mutants.with_replies(mutants.another_call_id),
        granting.test_valid_session_and_party_get_exactly_the_seven_fields,
        {},
    ),
    (
        mutants.with_replies(mutants.one_field_more),
        granting.test_valid_session_and_party_get_exactly_the_seven_fields,
        {},
    ),
    (
        mutants.with_stream(mutants.SignsForAWeek),
        granting.test_token_is_the_users_own_for_a_day_and_nothing_more,
        {},
    ),
    (
        mutants.with_stream(mutants.SignsForAdmins),
        granting.test_token_is_the_users_own_for_a_day_and_nothing_more,
        {},
    ),
    (
        mutants.with_replies(mutants.tells_why_a_session_is_bad),
        bad_sessions.test_session_is_judged_before_the_body,
        {},
    ),
    (
        mutants.with_replies(mutants.missing_call_id_is_a_500),
        missing_call_id.test_body_without_a_call_id_is_refused,
        {"case": "empty object"},
    ),
    (mutants.with_replies(mutants.no_cors_on_401), cors.test_page_may_read_every_answer, {"case": "401"}),
    (mutants.with_replies(mutants.no_cors_on_405), cors.test_page_may_read_every_answer, {"case": "405"}),
    (
        mutants.with_replies(mutants.no_cors_on_413),
        cors.test_page_may_read_every_answer,
        {"case": "oversized body"},
    ),
    (
        mutants.with_replies(mutants.no_cors_for_authorization),
        cors.test_preflight_lets_the_page_send_its_session,
        {},
    ),
    (
        mutants.with_stream(mutants.CreatesNothing),
        call_on_stream.test_call_exists_with_this_type_and_id_and_its_owner,
        {},
    ),
    (mutants.with_stream(mutants.CreatesAnotherEachTime), call_on_stream.test_many_at_once_make_one_call, {}),
    (mutants.with_stream(mutants.SaysCreatedEachTime), call_on_stream.test_many_at_once_make_one_call, {}),
    (mutants.with_stream(mutants.ShortensNames), user_on_stream.test_user_is_known_with_id_name_and_role, {}),
    (
        mutants.with_stream(mutants.CreatesAsAsker),
        call_on_stream.test_viewer_who_asks_first_does_not_own_the_call,
        {},
    ),
]


@pytest.mark.parametrize(("make_app", "check", "given"), WRONG, ids=[check.__name__ for _, check, _ in WRONG])
def test_wrong_server_is_found(
    tmp_path: Path, shared: System, make_app: mutants.Factory, check: Check, given: dict[str, object]
) -> None:
    run(check, shared, **given)
    with running(tmp_path / "log", make_app) as system, pytest.raises(AssertionError) as found:
        run(check, system, **given)
    assert "expected" in str(found.value)


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
)
def test_server_that_does_not_look_at_a_session_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, case: str
) -> None:
    careful = jwt.decode
    forge = {**forgery.CASES, **forgery.TRUSTED}[case]

    def careless(*given: object, **named: object) -> object:
        return careful(*given, **{**named, "options": {"require": [], option: False}})  # type: ignore[arg-type]

    with running(tmp_path / "log", jwt_secret=SECRET) as system:
        party, viewer = system.new_party(), system.new_person()
        keys = system.supabase.public_keys()
        forger = forgery.Forger(
            system.session(viewer), keys, SECRET, party.host_id, system.target.needed("supabase_anon_key")
        )
        bad_sessions.expect_refusal(system.endpoint, forge(forger), party)
        forged = forge(forger)
        monkeypatch.setattr(jwt, "decode", careless)
        with pytest.raises(Finding, match="401"):
            bad_sessions.expect_refusal(system.endpoint, forged, party)


def test_server_that_logs_without_the_call_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps.Steps, "know", lambda *_, **__: None)
    with running(tmp_path / "log") as system, pytest.raises(AssertionError, match="log lines"):
        run(logs.test_each_step_is_logged_with_call_type_and_call_id, system)


@pytest.mark.parametrize("times", [0, 2])
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
    session = jwt.encode({"sub": "viewer"}, SECRET, "HS256")
    forger = forgery.Forger(session, shared.supabase.public_keys(), SECRET, "host", "anon")
    bad_sessions.expect_refusal(shared.endpoint, forger.confused(forgery.pem), shared.new_party())
    assert SECRET not in repr(forger)
    assert session not in repr(forger)


def test_server_that_logs_a_token_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = steps.Steps.__call__
    with running(tmp_path / "log") as system:
        run(logs.test_no_secret_in_answers_and_log, system)
        secret = system.target.needed("stream_api_secret")
        monkeypatch.setattr(steps.Steps, "__call__", lambda self, step, **_: plain(self, step, secret=secret))
        with pytest.raises(Finding, match="the Stream API secret can be read") as found:
            run(logs.test_no_secret_in_answers_and_log, system)
    assert secret not in str(found.value)
