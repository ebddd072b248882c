"""Which files of an app are searched: its own, and those that its pages load from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.config import HostPage, ViewerPage
from harness.errors import NotGiven, ServerError
from harness.serving import LOOPBACK
from harness.target import Target
from tests.contract import bundle
from tests.contract.bundle import Bundle
from tests.contract.own_server import free_port
from tests.contract.served import served

PARTY = "11111111-1111-4111-8111-111111111111"


@contextmanager
def serving(files: dict[str, str]) -> Iterator[str]:
    """A server of these files, by their paths; the page where there is none, as an app answers."""

    async def answer(request: Request) -> Response:
        text = files.get(request.url.path)
        if text is not None and request.url.path.endswith(".js"):
            return Response(text, media_type="text/javascript")
        return Response(text or files.get("/", ""), 200 if "/" in files else 404, media_type="text/html")

    with served(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        yield url


def read(pages_url: str, *pages: str) -> list[str]:
    app = Bundle(pages_url, pages)
    found = [str(answer.url) for answer in app.files()]
    assert found == app.read
    return found


def test_scripts_of_another_origin_are_read_with_what_they_name_there() -> None:
    with ExitStack() as servers:
        beyond = servers.enter_context(serving({"/far.js": ""}))
        cdn = servers.enter_context(
            serving(
                {
                    "/app/assets/index.js": f'import("./chunk.js");["assets/late.js"];"{beyond}/far.js"',
                    "/app/assets/chunk.js": 'import "./deep.js"',
                    "/app/assets/late.js": "",
                    "/app/assets/deep.js": "",
                }
            )
        )
        page = (
            f'<script src="{cdn}/app/assets/index.js"></script><link rel="preconnect" href="{beyond}/x.js">'
        )
        found = read(servers.enter_context(serving({"/": page})))
    for name in ("index", "chunk", "late", "deep"):
        assert f"{cdn}/app/assets/{name}.js" in found, found
    # Only a page decides where its code is from: a name within a script may be anything.
    assert not [url for url in found if url.startswith(beyond)], found


def test_origin_that_does_not_answer_is_needed() -> None:
    with free_port() as closed:
        nowhere = f"http://{LOOPBACK}:{closed.getsockname()[1]}"
        page = f'<script src="{nowhere}/app.js"></script>'
        with (
            serving({"/": page}) as url,
            pytest.raises(NotGiven, match=f"needs {nowhere}, where the pages load"),
        ):
            read(url)
        with pytest.raises(ServerError, match="The pages' server was expected to answer") as told:
            read(nowhere)
    assert not isinstance(told.value, NotGiven)


def test_other_origins_have_a_limit_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_ELSEWHERE", 3)
    many = "".join(f'"./{number}.js"' for number in range(50))
    with serving({"/many.js": many}) as cdn:
        page = f'<script src="{cdn}/many.js"></script><script src="/own.js"></script>'
        with serving({"/": page, "/own.js": many}) as url:
            found = read(url)
    assert len([one for one in found if one.startswith(cdn)]) == 3
    assert len([one for one in found if one.startswith(url)]) >= 50


def test_pages_are_those_that_the_target_names() -> None:
    studio = {"/studio": '<script src="/studio.js"></script>', "/studio.js": ""}
    tune_in = {"/tune-in": '<script src="/tune-in.js"></script>', "/tune-in.js": ""}
    with serving(studio) as app, serving(tune_in) as elsewhere:
        host, viewer = f"{app}/studio?room={{party_id}}", f"{elsewhere}/tune-in#{{party_id}}"
        told = Target(token_url=app, host=HostPage(url=host), viewer=ViewerPage(url=viewer))
        found = read(app, *told.pages_of(PARTY))
    assert f"{app}/studio?room={PARTY}" in found
    assert f"{app}/studio.js" in found
    assert f"{elsewhere}/tune-in.js" in found
    assert not [url for url in found if "#" in url or "/party/" in url], found
