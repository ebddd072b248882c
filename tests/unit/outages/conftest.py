"""The whole reference system with browsers, and the local Stream's control API to disturb it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from harness.stack import Stack
from harness.target import Party
from tests.unit.outages.disturber import Disturber


@pytest.fixture
def disturber_of(stack: Stack) -> Iterator[Callable[[Party], Disturber]]:
    """What disturbs a party's call; everything is mended after the test."""
    with httpx.Client(base_url=stack.stream_control_url, timeout=30) as http:
        yield lambda party: Disturber(http, party.id)
        http.delete("/media_faults").raise_for_status()


@pytest.fixture
def disturber(disturber_of: Callable[[Party], Disturber], party: Party) -> Disturber:
    return disturber_of(party)
