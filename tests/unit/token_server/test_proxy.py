"""The environment's proxy, which is how some hosts reach the world; a netrc file's passwords are not ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from harness.config import TokenServerSettings
from harness.token_server.refusal import Refusal
from harness.token_server.stream import StreamVideo
from harness.token_server.supabase import Supabase
from tests.contract.served import served
from tests.unit.own_loop import in_loop_of_its_own

KEY = "service-role-key"
USER = "11111111-1111-4111-8111-111111111111"


class Proxy:
    """Answers in the place of every server; `asked` are whose, and with which authorization."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.passwords: list[str | None] = []
        self.heads: list[object] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Request(scope).headers
        self.asked.append((headers["host"], headers.get("authorization")))
        self.passwords.append(headers.get("proxy-authorization"))
        self.heads.append(scope["headers"])
        of_stream = {"users": {USER: {"id": USER}}, "duration": "0ms"}
        answer = of_stream if scope["method"] == "POST" else [{"display_name": "Ada"}]
        status = 403 if scope["method"] == "CONNECT" else 200
        await JSONResponse(answer, status)(scope, receive, send)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    proxy = Proxy()
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with served(proxy) as url:
        monkeypatch.setenv("http_proxy", url)
        yield proxy


def settings(supabase_url: str = "http://supabase.example") -> TokenServerSettings:
    return TokenServerSettings(
        stream_api_key="key",
        stream_api_secret=SecretStr("secret" * 8),
        supabase_url=supabase_url,
        supabase_service_role_key=SecretStr(KEY),
        supabase_jwt_secret=None,
        stream_base_url="http://stream.example",
        allowed_origins=["*"],
        rate_limit=0,
    )


def name_of_user(told: TokenServerSettings) -> object:
    """What Supabase says."""

    async def asked() -> object:
        supabase = Supabase(told)
        try:
            return await supabase.profile_name(USER)
        finally:
            await supabase.close()

    return in_loop_of_its_own(asked)


def upsert_user(told: TokenServerSettings) -> None:
    """Ask Stream."""

    async def asked() -> None:
        stream = StreamVideo(told)
        await stream.upsert_user(USER, "Ada")
        await stream.close()

    in_loop_of_its_own(asked)


def test_both_are_reached_through_the_proxy(proxy: Proxy) -> None:
    assert name_of_user(settings()) == "Ada"
    upsert_user(settings())
    assert [host for host, _ in proxy.asked] == ["supabase.example", "stream.example"]
    assert proxy.passwords == [None, None]


def test_proxy_gets_its_own_password(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(proxy) as url:
        monkeypatch.setenv("http_proxy", url.replace("://", "://user:pass%21@"))
        assert name_of_user(settings()) == "Ada"
    assert proxy.passwords == ["Basic dXNlcjpwYXNzIQ=="]
    assert proxy.asked == [("supabase.example", f"Bearer {KEY}")]


def test_host_without_proxy_is_asked_itself(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    itself = Proxy()
    with served(itself) as url:
        assert name_of_user(settings(url)) == "Ada"
    assert (len(itself.asked), len(proxy.asked)) == (1, 0)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_server_on_this_machine_is_asked_itself(proxy: Proxy, name: str) -> None:
    """Through a proxy it would be another machine's, and the proxy would get our keys."""
    itself = Proxy()
    with served(itself) as url:
        told = settings(url.replace("127.0.0.1", name)).model_copy(update={"stream_base_url": url})
        assert name_of_user(told) == "Ada"
        upsert_user(told)
    assert (len(itself.asked), len(proxy.asked)) == (2, 0)


def test_netrc_does_not_spoil_the_authorization(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login nobody password nothing\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert name_of_user(settings()) == "Ada"
    assert proxy.asked == [("supabase.example", f"Bearer {KEY}")]


def test_proxy_of_a_tunnel_hears_no_key(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", os.environ["http_proxy"])
    with pytest.raises(Refusal, match="Supabase is unavailable"):
        name_of_user(settings("https://supabase.example"))
    assert proxy.asked[0] == ("supabase.example", None)
    assert KEY not in str(proxy.heads)
