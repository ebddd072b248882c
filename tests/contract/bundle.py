"""All that the pages' server gives to anybody: pages, scripts, styles and the chunks that these name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

from harness.target import Party, transport

WHO = "The pages' server"
MOST = 500  # files; an app has fewer, and a server that invents names must not keep us for ever
# "./chunk.js", `assets/chunk.js`, url(/style.css): names within quotes or brackets that end like code.
NAMED = re.compile(r"""["'`(=]([^"'`()\s<>=]{1,300}\.(?:m?js|css|json|map))(?=["'`)?#\s]|$)""")
LOADED = {"script": "src", "link": "href"}


def served_files(pages_url: str, party: Party) -> Iterator[httpx.Response]:
    """Each file once, whatever its status: a file that does not exist is an answer, too.

    Begins with the pages and `/config.json`, and follows names within the pages' own origin. Raises
    ServerError when the server does not answer.
    """
    pages = [
        pages_url + path for path in ("/", "/config.json", f"/party/{party.id}", f"/party/{party.id}/host")
    ]
    waiting, seen = list(pages), set(pages)
    with closing(transport.client(pages_url)) as client:
        while waiting:
            url = waiting.pop(0)
            answer = transport.ask(client, WHO, "GET", url, follow_redirects=True)
            yield answer
            # An app answers any address with its page; names in that lead nowhere but to it again.
            if url in pages or not is_html(answer):
                new = [name for name in names_in(answer, pages_url) if name not in seen][: MOST - len(seen)]
                waiting += new
                seen.update(new)


def names_in(answer: httpx.Response, pages_url: str) -> Iterator[str]:
    """Addresses within the origin of the pages that this file names, each once."""
    own, found = urlsplit(pages_url)[:2], dict.fromkeys(NAMED.findall(answer.text))
    if is_html(answer):
        found |= dict.fromkeys(_Loaded(answer.text).names)
    for name in found:
        # A chunk is named from where its script is, or (as bundlers do it) from where the app is.
        for base in dict.fromkeys([str(answer.url), f"{pages_url}/"]):
            url = urldefrag(urljoin(base, name)).url
            if urlsplit(url)[:2] == own:
                yield url


def is_html(answer: httpx.Response) -> bool:
    """Whether it is a page."""
    return "html" in answer.headers.get("content-type", "")


def is_script(answer: httpx.Response) -> bool:
    """Whether it is code that a page runs."""
    return "javascript" in answer.headers.get("content-type", "") and answer.is_success


class _Loaded(HTMLParser):
    """The addresses of what a page loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get(LOADED.get(tag, ""))
        if name:
            self.names.append(name)
