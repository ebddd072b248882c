"""Whose tone was heard, without a browser."""

from __future__ import annotations

import pytest

from harness.browser.sound import Heard
from harness.media.tone import Tone, tone_of


@pytest.mark.parametrize(
    ("hz", "share", "another"),
    [
        (tone_of(2), 0.9, False),
        (tone_of(2) + 9, 0.9, False),  # stretched by a busy machine, into the place of clip 175
        (tone_of(1), 0.9, True),
        (tone_of(1), 0.2, False),  # noise that happens to be loudest there
    ],
)
def test_another_hosts_tone_is_told_from_a_strained_one(hz: float, share: float, another: bool) -> None:
    heard = Heard(1, (), listening=True, tone=Tone(hz, 0.2, share), goes_on=True)
    assert heard.is_another_hosts(2) is another
