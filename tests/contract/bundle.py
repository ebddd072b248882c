"""All that the pages' servers give to anybody: pages, scripts, styles and the chunks that these name.

The pages may load their scripts from another origin, such as a CDN's: that one is searched, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

from harness.errors import NotGiven, ServerError
from harness.target import transport

WHO = "The pages' server"
MOST = 500  # files; an app has fewer, and a server that invents names must not keep us for ever
MOST_ELSEWHERE = 100  # of them from other origins, which are not asked for more than a browser might load
# "./chunk.js", `assets/chunk.js`, url(/style.css): names within quotes or brackets that end like code.
NAMED = re.compile(r"""["'`(=]([^"'`()\s<>=]{1,300}\.(?:m?js|css|json|map))(?=["'`)?#\s]|$)""")
LOADED = {"script": "src", "link": "href"}
# What a `link` names and the page does not load: its other addresses, and what is looked at elsewhere.
NOT_LOADED = {"canonical", "alternate", "preconnect", "dns-prefetch", "icon", "search", "author", "license"}


class Bundle:
    """The files of an app, each once, whatever its status: a file that does not exist is an answer, too.

    Begins with the app's own address, `/config.json` there and `pages`, and follows names within the origins
    of these and of the scripts and styles that they load. `read` are the addresses of the files so far.
    """

    def __init__(self, pages_url: str, pages: Sequence[str]) -> None:
        self._home = f"{pages_url}/"
        # What is behind the # no server is asked for.
        told = (urldefrag(page).url for page in (self._home, f"{pages_url}/config.json", *pages))
        self._pages = list(dict.fromkeys(told))
        self._own = {_origin(page) for page in self._pages}
        self._origins = set(self._own)
        self._waiting, self._seen = list(self._pages), set(self._pages)
        self.read: list[str] = []

    def files(self) -> Iterator[httpx.Response]:
        """Raises ServerError when the pages' server does not answer, NotGiven when another one does not."""
        with ExitStack() as open_clients:
            clients: dict[str, httpx.Client] = {}
            while self._waiting:
                url = self._waiting.pop(0)
                if _origin(url) not in clients:
                    clients[_origin(url)] = open_clients.enter_context(closing(transport.client(url)))
                answer = self._ask(clients[_origin(url)], url)
                self.read.append(url)
                yield answer
                # An app answers any address with its page; names in that lead nowhere but to it again.
                if url in self._pages or not is_html(answer):
                    self._follow(answer)

    def _ask(self, client: httpx.Client, url: str) -> httpx.Response:
        try:
            return transport.ask(client, WHO, "GET", url, follow_redirects=True)
        except ServerError as silent:
            if self._is_own(url):
                raise
            raise NotGiven(f"needs {_origin(url)}, where the pages load code, to answer: {silent}") from None

    def _follow(self, answer: httpx.Response) -> None:
        """Have what this file names looked at, as far as there is room."""
        if is_html(answer):
            loaded = [urljoin(str(answer.url), name) for name in _Loaded(answer.text).names]
            self._origins |= {_origin(url) for url in loaded if url.startswith(("http://", "https://"))}
        for url in self._named_in(answer):
            elsewhere = sum(not self._is_own(seen) for seen in self._seen)
            full = len(self._seen) >= MOST or (not self._is_own(url) and elsewhere >= MOST_ELSEWHERE)
            if url not in self._seen and not full:
                self._seen.add(url)
                self._waiting.append(url)

    def _named_in(self, answer: httpx.Response) -> Iterator[str]:
        """Addresses within the origins of the app that this file names, each once."""
        found = dict.fromkeys(NAMED.findall(answer.text))
        if is_html(answer):
            found |= dict.fromkeys(_Loaded(answer.text).names)
        # A chunk is named from where its script is, or (as bundlers do it) from where the app is.
        home = self._home if self._is_own(str(answer.url)) else urljoin(str(answer.url), "../")
        for name in found:
            for base in dict.fromkeys([str(answer.url), home]):
                url = urldefrag(urljoin(base, name)).url
                if _origin(url) in self._origins:
                    yield url

    def _is_own(self, url: str) -> bool:
        return _origin(url) in self._own


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


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
        given = dict(attrs)
        name = given.get(LOADED.get(tag, ""))
        if name and not NOT_LOADED & set((given.get("rel") or "").lower().split()):
            self.names.append(name)
