"""What is painted: a page can turn a picture whose frames are right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.proof import prove_picture
from harness.browser.screen import prove_the_right_way_round
from harness.errors import Finding
from tests.unit.browser.sides import LONG, Side, send

STYLE = "([name, value]) => document.querySelector('video').style[name] = value"
FADES_IN = "document.querySelector('video').animate([{ opacity: 0 }, { opacity: 0 }], 1500)"
TURNED = {
    "mirrored": ("transform", "scaleX(-1)"),
    "upside down": ("rotate", "180deg"),
    "mirrored and upside down": ("scale", "1 -1"),
    "turned to the right": ("transform", "translate(100px, 150px) rotate(90deg)"),
    "turned to the left": ("transform", "translate(100px, 150px) rotate(-90deg)"),
}


def test_a_picture_that_the_page_turns_is_told(new_host: Callable[..., Side], viewer: Side) -> None:
    send(new_host(), viewer, audio=False)
    prove_picture(viewer.video, 1, within=LONG)
    assert prove_the_right_way_round(viewer.video)
    for way, style in TURNED.items():
        viewer.page.evaluate(STYLE, style)
        prove_picture(viewer.video, 1, within=LONG)  # by its frames all is well
        with pytest.raises(Finding, match=f"On the screen the picture is {way}: .*clip 1"):
            prove_the_right_way_round(viewer.video)
        viewer.page.evaluate(STYLE, (style[0], ""))
    viewer.page.evaluate(FADES_IN)
    assert prove_the_right_way_round(viewer.video)
    viewer.page.evaluate(STYLE, ("filter", "blur(40px)"))
    assert not prove_the_right_way_round(viewer.video)  # nothing can be read, so it is not known
