from __future__ import annotations

from harness.browser.course import Course


def course(*reasons: str) -> str:
    """What is told of reasons that came a second after each other."""
    taken = Course()
    for second, reason in enumerate(reasons):
        taken.note(reason, 100.0 + second)
    return taken.told


def test_what_changed_is_told_in_its_order_with_its_seconds() -> None:
    assert course(
        "no picture has arrived (0 frames decoded)",
        "the picture stutters: 3 frames were decoded in 2.0 s",
        "the picture stutters: 4 frames were decoded in 2.0 s",
        "the picture is frozen: no frame was decoded in 1.6 s (373 in all)",
        "the picture is frozen: no frame was decoded in 1.7 s (373 in all)",
    ) == (
        " One after another: no picture has arrived, 1.0 s; the picture stutters, 2.0 s; "
        "the picture is frozen, 1.0 s."
    )


def test_where_nothing_changed_nothing_is_added() -> None:
    assert course() == course("there is no video element") == course("stays: 1", "stays: 2") == ""


def test_of_many_changes_the_newest_are_told() -> None:
    assert course(*"abcdef") == " One after another: c, 1.0 s; d, 1.0 s; e, 1.0 s; f, 0.0 s."
