"""How often a delivery may be tried, after each kind of failure."""

import pytest

from harness.local_stream.webhooks.delivery import Attempt


@pytest.mark.parametrize(
    ("attempt", "good", "allowed"),
    [
        (Attempt(0, 200), True, 1),
        (Attempt(0, 204), True, 1),
        (Attempt(0, 301), False, 1),
        (Attempt(0, 400), False, 1),
        (Attempt(0, 408), False, 3),
        (Attempt(0, 429), False, 3),
        (Attempt(0, 500), False, 3),
        (Attempt(0, 599), False, 3),
        (Attempt(0, error="timeout"), False, 3),
        (Attempt(0, error="network error"), False, 2),
    ],
)
def test_an_attempt(attempt: Attempt, good: bool, allowed: int) -> None:
    assert (attempt.good, attempt.allowed) == (good, allowed)
