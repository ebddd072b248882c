"""Asking a token endpoint: what is sent, what is told of it, and when nobody is there."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from harness.errors import ServerError
from harness.serving import LOOPBACK, bind
from harness.target import Target, TokenEndpoint, token_endpoint
from tests.contract.served import served

SECRET = "a secret of Stream, long enough to sign with"


def target_at(url: str) -> Target:
    return Target(
        token_url=url,
        supabase_service_role_key="service role key",
        stream_api_key="key",
        stream_api_secret=SECRET,
    )


async def echo(request: Request) -> Response:
    """What came, and a secret that must not be shown."""
    body = (await request.body()).decode("latin-1")
    came = {"method": request.method, "headers": dict(request.headers), "body": body}
    token = jwt.encode({"user_id": "u"}, SECRET, "HS256")
    return JSONResponse({**came, "token": token, "secret": SECRET}, headers={"x-leak": "service role key"})


async def elsewhere(_: Request) -> Response:
    return RedirectResponse("/")


async def html(_: Request) -> Response:
    return Response("<html>" + "x" * 5000, media_type="text/html")


async def dripping(_: Request) -> Response:
    """Never silent for long, and never done."""

    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    return StreamingResponse(drops(), media_type="application/json")


async def nowhere(_: Request) -> Response:
    return JSONResponse({"ok": False, "error": "Not Found"}, 404)


async def silent(_: Request) -> Response:
    await asyncio.Event().wait()
    return Response()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    every = ["GET", "POST", "OPTIONS"]
    routes = [
        Route("/", echo, methods=every),
        Route("/moved", elsewhere, methods=every),
        Route("/html", html, methods=every),
        Route("/silent", silent, methods=every),
        Route("/dripping", dripping, methods=every),
        Route("/nowhere", nowhere, methods=every),
    ]
    with served(Starlette(routes=routes)) as url:
        yield url


def test_page_like_request(address: str) -> None:
    answer = TokenEndpoint(target_at(address)).ask("session", {"callId": "5"}, origin="http://pages")
    assert answer.json["method"] == "POST"
    assert answer.json["body"] == '{"callId": "5"}'
    sent = answer.json["headers"]
    assert sent["authorization"] == "Bearer session"
    assert (sent["origin"], sent["content-type"]) == ("http://pages", "application/json")
    assert answer.elapsed > 0


def test_request_that_no_page_would_send(address: str) -> None:
    strange = {"Authorization": "Basic \xe9", "Content-Type": "text/plain"}
    answer = TokenEndpoint(target_at(address)).ask(None, b"\xff", method="OPTIONS", headers=strange)
    assert (answer.json["method"], answer.json["body"]) == ("OPTIONS", "\xff")
    assert answer.json["headers"]["authorization"] == "Basic \xe9"
    assert answer.json["headers"]["content-type"] == "text/plain"


def test_no_body_and_no_session_means_none(address: str) -> None:
    sent = TokenEndpoint(target_at(address)).ask(None, None).json["headers"]
    assert "authorization" not in sent
    assert "content-type" not in sent


def test_what_is_shown_holds_request_and_answer_without_secrets(address: str) -> None:
    session = jwt.encode({"sub": "u"}, SECRET, "HS256")
    answer = TokenEndpoint(target_at(address)).ask(session, {"callId": "5"})
    story = answer.story("something else")
    assert f"POST {address}" in story
    assert '{"callId": "5"}' in story
    assert "expected: something else" in story
    assert "200" in story
    for secret in (session, answer.token, SECRET, "service role key"):
        assert secret not in story
    assert SECRET not in repr(TokenEndpoint(target_at(address)).target)


def test_redirect_and_html_are_answers_too(address: str) -> None:
    assert TokenEndpoint(target_at(f"{address}/moved")).ask(None, None).status == 307
    answer = TokenEndpoint(target_at(f"{address}/html")).ask(None, None)
    assert answer.json is None
    assert len(answer.story("JSON")) < 2000
    assert "(5006 bytes)" in answer.shown


def test_nobody_there_is_told_in_a_sentence() -> None:
    with bind() as listener:
        nobody = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    with pytest.raises(ServerError, match=f"expected to answer POST {nobody}.*check that it runs"):
        TokenEndpoint(target_at(nobody)).ask(None, None)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/html", "answered 200 with text/html; charset=utf-8: check the address."),
        ("/moved", "redirects to /: name the address itself."),
        ("/nowhere", "answered 404, before it was told of any party: check the path."),
        ("/dripping", "did not (it was silent for too long): check that it runs there."),
        ("/silent", "did not (it was silent for too long): check that it runs there."),
    ],
)
def test_what_is_no_token_endpoint_is_told(
    address: str, path: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_endpoint, "THERE_WITHIN", 0.5)
    with pytest.raises(ServerError) as told:
        TokenEndpoint(target_at(address + path)).expect_there()
    assert str(told.value).endswith(sentence)
    assert address + path in str(told.value)


def test_bad_certificate_is_told(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path / "certificate.pem"))
    with bind() as listener, ThreadPoolExecutor() as pool:
        pool.submit(greet, listener, context)
        endpoint = TokenEndpoint(target_at(f"https://localhost:{listener.getsockname()[1]}/"))
        with pytest.raises(
            ServerError, match=r"did not \(.*CERTIFICATE_VERIFY_FAILED.*\): mend its certificate"
        ):
            endpoint.expect_there()


def self_signed(file: Path) -> Path:
    """A certificate that nobody vouches for, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = (
        builder.not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return file


def greet(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Begin to talk TLS with one client, who will hang up."""
    connection, _ = listener.accept()
    with connection, suppress(OSError):
        context.wrap_socket(connection, server_side=True).close()


def test_an_endpoint_that_refuses_is_there(address: str) -> None:
    TokenEndpoint(target_at(address)).expect_there()
