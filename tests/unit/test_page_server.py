"""The server of the pages, asked over HTTP as a browser would."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from harness.config import PageServerSettings
from harness.errors import SetUpError
from harness.page_server import content_security_policy, create_app
from harness.serving import bind

BACK_ENDS = {
    "SUPABASE_URL": "http://127.0.0.1:5001",
    "SUPABASE_ANON_KEY": "publishable",
    "TOKEN_URL": "http://127.0.0.1:5002/.netlify/functions/stream-video-token",
}


def settings_for(dist: Path, **more: str) -> PageServerSettings:
    return PageServerSettings.model_validate({"HARNESS_PAGES_DIST": str(dist), **BACK_ENDS, **more})


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>the page</title>")
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "assets" / "index-abc.js").write_text("export {};")
    return folder


@pytest.fixture(scope="module")
def pages(dist: Path) -> Iterator[httpx.Client]:
    listener = bind()
    app = create_app(settings_for(dist, STREAM_BASE_URL="http://127.0.0.1:5003"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join()


def test_is_ready(pages: httpx.Client) -> None:
    assert pages.get("/healthz").json() == {"ok": True}


def test_config_tells_where_the_back_ends_are_and_is_never_stored(pages: httpx.Client) -> None:
    answer = pages.get("/config.json")
    assert answer.json() == {
        "supabaseUrl": BACK_ENDS["SUPABASE_URL"],
        "supabaseAnonKey": "publishable",
        "tokenUrl": BACK_ENDS["TOKEN_URL"],
        "streamBaseUrl": "http://127.0.0.1:5003",
    }
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/party/00000000-0000-4000-8000-000000000001", "/party/x/host", "/nowhere"]
)
def test_every_route_of_the_page_gets_the_page(pages: httpx.Client, path: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == 200
    assert "the page" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_assets_are_kept_for_good(pages: httpx.Client) -> None:
    answer = pages.get("/assets/index-abc.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


def test_an_asset_that_is_gone_is_not_the_page(pages: httpx.Client) -> None:
    assert pages.get("/assets/index-old.js").status_code == 404


@pytest.mark.parametrize("path", ["/../test_page_server.py", "/%2e%2e/%2e%2e/etc/passwd"])
def test_nothing_outside_of_the_build_is_served(pages: httpx.Client, path: str) -> None:
    assert "the page" in pages.get(path).text


@pytest.mark.parametrize("path", ["/", "/config.json", "/icon.svg", "/assets/gone.js"])
def test_every_answer_carries_the_security_headers(pages: httpx.Client, path: str) -> None:
    headers = pages.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]


def test_pages_may_reach_their_back_ends_and_nothing_else(dist: Path) -> None:
    policy = content_security_policy(settings_for(dist, STREAM_BASE_URL="http://127.0.0.1:5003"))
    assert (
        "connect-src 'self' http://127.0.0.1:5001 http://127.0.0.1:5002 http://127.0.0.1:5003 ws://127.0.0.1:5003;"
        in policy
    )


def test_pages_without_a_stream_of_their_own_may_reach_the_vendors(dist: Path) -> None:
    policy = content_security_policy(settings_for(dist))
    assert "wss://*.stream-io-api.com" in policy
    assert "https://*.stream-io-video.com" in policy


def test_pages_that_are_not_built_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="npm run build"):
        create_app(settings_for(tmp_path))
