"""Secrets stay in the servers: they are in no answer, log, page, script or file that a run leaves."""

from __future__ import annotations

import gzip
import json
import secrets
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from harness.errors import Finding, NotGiven
from harness.target import Answer, Party, Session, Target, TokenEndpoint, contract
from harness.trace.events import RunLog

from .bundle import Bundle, is_script
from .secret_search import SecretSearch, contents
from .step_line import LogTail
from .test_cors import PREFLIGHT

pytestmark = pytest.mark.check("T11")


def test_no_secret_in_any_answer(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session
) -> None:
    answers = list(answers_of_every_kind(token_endpoint, party, host_session))
    contract.granted(answers[0], target, party, party.host)
    search = SecretSearch.of(target)
    for answer in answers:
        for name, value in answer.headers.multi_items():
            search.expect_none(f"the header {name} of the answer to {answer.request}", f"{name}: {value}")
        search.expect_none(f"the body of the answer to {answer.request}", answer.text)


def test_no_secret_session_or_token_in_the_log(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session, server_log: Path
) -> None:
    log = LogTail(server_log)
    search = search_after_requests(target, token_endpoint, party, host_session)
    silent = why_silent(log, party)
    search.expect_none(f"the log {server_log.name}", server_log.read_bytes())
    search.expect_no_token(f"the log {server_log.name}", server_log.read_bytes())
    # Only a log that tells of these requests could have told too much of them; T16 asks that it tells.
    if silent is not None:
        raise NotGiven(f"needs a log that tells of the requests: {silent}")


def test_no_secret_in_the_pages_and_their_scripts(
    target: Target, party: Party, run_dir: Path, run_log: RunLog
) -> None:
    """The report links to the list of the files that were read."""
    search, scripts = SecretSearch.of(target), 0
    bundle = Bundle(target.needed("pages_url"), target.pages_of(party.id))
    for answer in bundle.files():
        search.expect_none(f"the headers of {answer.url}", str(answer.headers.multi_items()))
        search.expect_none(f"{answer.url}", answer.content)
        scripts += is_script(answer)
    listed = run_dir / "evidence" / "searched-for-secrets.txt"
    listed.parent.mkdir(exist_ok=True)
    listed.write_text("".join(f"{url}\n" for url in bundle.read))
    run_log.event("harness", "evidence", path=str(listed.relative_to(run_dir)), files=len(bundle.read))
    assert scripts, f"expected pages with a script at {target.pages_url}, found none: nothing was searched"


def test_no_secret_session_or_token_in_the_files_of_the_run(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session, run_dir: Path
) -> None:
    """What this run has left so far."""
    search = search_after_requests(target, token_endpoint, party, host_session)
    files = [path for path in sorted(run_dir.rglob("*")) if path.is_file()]
    for path in files:
        expect_clean(path, search)


# How each kind of file would hold a secret: these must be found, or to find nothing would prove nothing.
KINDS: dict[str, Callable[[Path, str], object]] = {
    "server.log": lambda path, secret: path.write_text(f"[stream-video-token] Failed with {secret}\n"),
    "events.jsonl": lambda path, secret: path.write_text(
        json.dumps({"t": 1, "text": f"key={secret}"}) + "\n"
    ),
    "report.html": lambda path, secret: path.write_text(f"<td>{secret}</td>"),
    "picture.png": lambda path, secret: path.write_bytes(
        b"\x89PNG\r\n\x1a\n\xff\0" + secret.encode() + b"\0"
    ),
    "trace.zip": lambda path, secret: zipped(path, f'{{"authorization": "Bearer {secret}"}}'),
    "server.log.gz": lambda path, secret: path.write_bytes(gzip.compress(secret.encode())),
}


@pytest.mark.parametrize("kind", KINDS)
def test_secret_is_found_in_each_kind_of_file(tmp_path: Path, kind: str) -> None:
    secret = secrets.token_hex(32)
    KINDS[kind](tmp_path / kind, secret)
    with pytest.raises(Finding, match=rf"no secret in {kind}[\s\S]*the planted one") as found:
        expect_clean(tmp_path / kind, SecretSearch({"planted one": secret}))
    assert secret not in str(found.value)


# In the spellings that servers, build tools and careless hands give them.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "first half": lambda secret: f"{secret[: len(secret) // 2]}...",
    "second half": lambda secret: f"...{secret[len(secret) // 2 :]}",
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "every character percent-encoded": lambda secret: "".join(f"%{ord(one):02x}" for one in secret),
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64 for addresses": lambda secret: urlsafe_b64encode(f"a?>{secret}".encode()).decode(),
    "base64 of a longer text": lambda secret: b64encode(f"key:{secret}:end".encode()).decode(),
    "base64 of another longer text": lambda secret: b64encode(f"STREAM={secret}".encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_secret_is_found_in_each_spelling(spelling: str) -> None:
    secret = secrets.token_urlsafe(48) + "/+="
    search = SecretSearch({"planted one": secret})
    search.expect_none("a text", SPELLINGS[spelling](secrets.token_urlsafe(48)))
    with pytest.raises(Finding, match="the planted one"):
        search.expect_none("a text", SPELLINGS[spelling](secret))


def test_public_key_that_begins_like_a_secret_one_is_none(target: Target) -> None:
    anon_key = target.needed("supabase_anon_key")
    begins_like_it = anon_key[: len(anon_key) // 2] + "x" * 80
    search = SecretSearch({"other key": begins_like_it}, [anon_key])
    search.expect_none("a page", anon_key)
    search.expect_no_token("a page", anon_key.encode())


def answers_of_every_kind(endpoint: TokenEndpoint, party: Party, session: Session) -> Iterator[Answer]:
    """A granted token first, then whatever else the endpoint has to say."""
    token, good = session.access_token, {"callType": "livestream", "callId": party.id}
    yield endpoint.ask(token, good)
    yield endpoint.ask(token, {})
    yield endpoint.ask(token, {"callType": "livestream", "callId": str(uuid4())})
    yield endpoint.ask(token, {"callType": "default", "callId": party.id})
    yield endpoint.ask("garbage", good)
    yield endpoint.ask(None, good)
    yield endpoint.ask(token, None, method="GET")
    yield endpoint.ask(None, None, method="OPTIONS", headers=PREFLIGHT)
    for nonsense in (b"[]", b'{"callId": ', b'{"callId": {"a": 1}}', b"\xff\xfe\0", b"x" * (1 << 20)):
        yield endpoint.ask(token, nonsense)


def why_silent(log: LogTail, party: Party) -> str | None:
    """Why the log cannot be told to be without secrets, or None."""
    try:
        log.await_granted(party)
    except Finding as silent:
        return str(silent)
    return None


def search_after_requests(
    target: Target, endpoint: TokenEndpoint, party: Party, session: Session
) -> SecretSearch:
    """Looks for the target's secrets and for what went over the wire in requests that were just made."""
    granted, *_ = answers_of_every_kind(endpoint, party, session)
    contract.granted(granted, target, party, party.host)
    tokens = {
        "host's session": session.access_token,
        "host's refresh token": session.refresh_token,
        "granted token": granted.token,
    }
    # Whoever has the signature can write the rest.
    signatures = {f"signature of the {name}": token.rpartition(".")[2] for name, token in tokens.items()}
    return SecretSearch.of(target, {**tokens, **signatures})


def expect_clean(path: Path, search: SecretSearch) -> None:
    """Neither the file nor anything packed into it shows a secret or a signed token."""
    for name, content in contents(path):
        search.expect_none(name, content)
        search.expect_no_token(name, content)


def zipped(path: Path, text: str) -> None:
    """A zip with one compressed member, as Playwright writes its traces."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("resources/request.json", text)
