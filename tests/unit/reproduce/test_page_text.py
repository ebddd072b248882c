"""What a page says is what a person can see on it, told line by line when it is read for the first time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import pytest
from playwright.sync_api import Page

from harness.browser.browsers import Browsers
from harness.reproduce import page_text
from harness.reproduce.page_text import PageText


class View:
    """Shows one state after the other, as often as it is read, and has no frames in it."""

    child_frames: tuple[View, ...] = ()

    def __init__(self, *states: list[str]) -> None:
        self._states = list(states)

    def evaluate(self, _script: str, _argument: object) -> list[str]:
        return self._states.pop(0)


def told(*states: list[str]) -> list[str]:
    heard: list[str] = []
    text, view = PageText(cast(Any, None), boxes=False, tell=heard.append), View(*states)
    for _ in states:
        text.lines(cast(Any, view))
    return heard


def test_a_line_is_told_once_for_each_time_that_it_comes() -> None:
    assert told(["Go live"], ["Go live", "It failed"], ["Go live"], ["It failed"]) == [
        "Go live",
        "It failed",
        "It failed",
    ]


def test_a_page_that_counts_seconds_is_told_so_far() -> None:
    heard = told(*([f"Live for {second} s"] for second in range(2 * page_text.MOST_TOLD)))
    assert len(heard) == page_text.MOST_TOLD


@pytest.fixture(scope="module")
def window(browsers: Browsers) -> Iterator[Page]:
    with closing(browsers.new_context("changeable", [])) as context:
        yield context.new_page()


BY_SCRIPT = "<p id=line></p><script>for (const part of PARTS) line.append(part)</script>"
FOR_READERS = "position:absolute; width:1px; height:1px; overflow:hidden; clip:rect(0,0,0,0)"
IN_A_SHADOW = """<div id=host>slotted</div><script>
host.attachShadow({ mode: "open" }).innerHTML = `<p>before</p><p><slot></slot></p><p>after</p>`;
</script>"""


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<h1>A show</h1>Off<b>line</b><br>Go<p>one</p>two", ["A show", "Offline", "Go", "one", "two"]),
        ("<p>Your <b>camera</b>\n  is busy.</p>", ["Your camera is busy."]),
        (BY_SCRIPT.replace("PARTS", '["Your ", "camera", " is busy."]'), ["Your camera is busy."]),
        ("<pre>one\ntwo</pre>", ["one", "two"]),
        ("<p style='text-transform: uppercase'>Camera busy</p>", ["Camera busy"]),
        ("<div style='display: contents'>Camera busy</div>", ["Camera busy"]),
        (IN_A_SHADOW, ["before", "slotted", "after"]),
        ("<table><tr><td>Camera</td><td>busy</td></tr></table>", ["Camera", "busy"]),
        (
            "<button>Go</button><input type=button value=Stop><textarea>busy</textarea>",
            ["Go", "Stop", "busy"],
        ),
        ("<select><option>Camera 1</option><option selected>No camera</option></select>", ["No camera"]),
        ("<p style='color: transparent; background: linear-gradient(red, blue) text'>Live</p>", ["Live"]),
        ("<div style='height: 3000px'></div><p>far below</p>", ["far below"]),
        ("<body style='height: 0; overflow: hidden; margin: 0'><p>here</p>", ["here"]),
    ],
)
def test_what_can_be_seen_is_read(window: Page, html: str, lines: list[str]) -> None:
    window.set_content(html)
    assert PageText(window, boxes=False).lines(window) == lines


@pytest.mark.parametrize(
    "html",
    [
        "<p hidden>busy</p>",
        "<p style='visibility: hidden'>busy</p>",
        "<div style='opacity: 0'><p>busy</p></div>",
        "<p style='color: transparent'>busy</p>",
        "<p style='font-size: 0'>busy</p>",
        "<p style='position: absolute; left: -9999px'>busy</p>",
        "<p style='position: fixed; left: 100vw'>busy</p>",
        "<p style='transform: scale(0)'>busy</p>",
        "<div style='height: 0; overflow: hidden'><p>busy</p></div>",
        "<p style='clip-path: inset(50%)'>busy</p>",
        f"<div style='{FOR_READERS}'><p>Your <b>camera</b></p> is busy</div>",
        "<details><summary></summary>busy</details>",
        "<template>busy</template><noscript>busy</noscript><script>'busy'</script><style>busy</style>",
        "<video>busy</video><canvas>busy</canvas><input type=hidden value=busy>",
        "<iframe srcdoc=busy style='display: none'></iframe>",
        "<iframe srcdoc=busy width=0 height=0 frameborder=0></iframe>",
        '<iframe srcdoc="<iframe srcdoc=busy></iframe>" hidden></iframe>',
    ],
)
def test_what_nobody_sees_is_not(window: Page, html: str) -> None:
    window.set_content(html)
    assert PageText(window, boxes=False).lines(window) == []


def test_what_is_told_twice_and_seen_once_is_read(window: Page) -> None:
    window.set_content(f"<p>Camera <b>busy</b></p><p style='{FOR_READERS}'>Camera busy</p>")
    assert PageText(window, boxes=False).lines(window) == ["Camera busy"]


def test_a_frame_that_has_not_loaded_is_not_waited_for(window: Page) -> None:
    far = "<div style='height: 20000px'></div>"
    document = f"<iframe srcdoc=inner></iframe>{far}<iframe loading=lazy src=/ad></iframe>"
    window.route("**/*", lambda route: route.fulfill(body=document, content_type="text/html"))
    window.goto("http://app.test/")
    assert PageText(window, boxes=False).lines(window) == ["inner"]
