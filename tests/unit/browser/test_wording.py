"""How apps of any wording are judged: by the words that are told, or by a sentence for a person."""

from __future__ import annotations

from typing import Any, cast

import pytest

from harness.browser.wording import wording
from harness.config import Errors, HostPage
from harness.errors import NotGiven

BLACK = str(Errors.model_fields["black_picture"].default)
DENIED = str(Errors.model_fields["permission_denied"].default)
WAITING = "Waiting for permission: please answer your browser's question about the camera"
OWN = HostPage(url="https://app.example/{party_id}")
NO_PAGE = cast("Any", None)


def is_said(section: HostPage, errors: Errors, reference: str, text: str) -> bool:
    return wording("host", section, errors, reference).are_in(NO_PAGE, [text])


def test_reference_pages_say_it_to_the_letter() -> None:
    assert is_said(HostPage(), Errors(), BLACK, BLACK)
    assert not is_said(HostPage(), Errors(), BLACK, "Your camera shows nothing but black.")
    assert is_said(HostPage(), Errors(), WAITING, WAITING)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Your camera shows nothing but black.", True),
        ("NotReadableError: Could not start video source", False),
        ("undefined is not a function", False),
        ('{"code": 4, "message": "it failed"}', False),
        ("Oops!", False),
        ("カメラは他のアプリで使用中です", True),
        ("エラー", False),
        ("Your party was not saved: TypeError: Failed to fetch. Please try again.", True),
        ("It went wrong: NotReadableError: Could not start video source.", False),
        ("Nancy annulled the show today", True),
        ("Your camera is null today", False),
    ],
)
def test_where_nothing_is_told_any_sentence_for_a_person_will_do(text: str, good: bool) -> None:
    assert is_said(OWN, Errors(), BLACK, text) is good


def test_what_is_told_is_looked_for() -> None:
    told = Errors(black_picture="/nothing but black/", permission_denied="No camera, no show.")
    assert is_said(OWN, told, BLACK, "Your camera shows nothing but black.")
    assert not is_said(OWN, told, BLACK, "Something else went wrong.")
    assert is_said(OWN, told, DENIED, "No camera, no show.")


def test_a_sentence_that_is_law_is_looked_for_unless_another_is_told() -> None:
    assert is_said(OWN, Errors(), DENIED, DENIED)
    assert not is_said(OWN, Errors(), DENIED, "You must let us use your camera.")


def test_what_an_app_need_not_say_is_a_gap() -> None:
    with pytest.raises(NotGiven, match=r"needs host\.asking in the target file"):
        is_said(OWN, Errors(), WAITING, "x")
    with pytest.raises(NotGiven, match="which a target file does not describe"):
        is_said(OWN, Errors(), "Some words of the reference pages", "x")
    elsewhere = HostPage(url=OWN.url, elsewhere="/another tab/")
    assert is_said(elsewhere, Errors(), "Live, but not from this page", "On air in another tab")
    asking = HostPage(url=OWN.url, asking="Say yes")
    assert is_said(asking, Errors(), WAITING, "Say yes")
