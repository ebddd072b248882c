"""Which lines of a page claim to be on air."""

from __future__ import annotations

import pytest

from harness.reproduce.on_air import says_live

CLAIMS = [
    "You are live",
    "You\u2019re now live!",
    "ON AIR",
    "You are on the air",
    "\u25cf Live",
    "Live 00:03",
    "LIVE \u00b7 0 viewers",
    "Live for 3 seconds",
    "Streaming",
    "Your stream has started",
    "Your broadcast is live",
    "The party is now running",
    "We're live",
    "Broadcasting to 0 viewers",
    "You are live. End stream",
    "You're streaming",
    "You've gone live",
    "Everyone can now see you",
]
NAMES = [
    "Acme Streaming",
    "Streaming settings",
    "By Acme Broadcasting",
    "Live Nation",
    "Live events",
    "Live chat",
    "Go live",
    "Go on air",
    "You are not live",
    "You aren\u2019t live yet",
    "Your stream has not started",
    "Your stream is starting",
    "Once you are live, share this link",
    "You will be on air soon",
    "You were live for 3 minutes",
    "Start your live stream",
    "Stop streaming",
    "Live in 5 minutes",
]


@pytest.mark.parametrize("line", CLAIMS)
def test_a_claim(line: str) -> None:
    assert says_live(["Party", line]) == line


@pytest.mark.parametrize("line", NAMES)
def test_no_claim(line: str) -> None:
    assert says_live([line]) is None
