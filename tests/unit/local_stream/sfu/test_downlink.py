"""When a lossy way makes a viewer's picture smaller, and when it may grow again."""

from harness.local_stream.sfu.downlink import CALM_SECONDS, LONGEST_CALM_SECONDS, LOSS, Downlink

GOOD, BAD = 0.0, LOSS + 0.05


class Viewer:
    """Reports once a second."""

    def __init__(self) -> None:
        self.downlink = Downlink()
        self.now = 100.0

    def reports(self, fraction: float, seconds: int = 1, *, can_sink: bool = True) -> list[int]:
        """`steps` after each report."""
        return [self._report(fraction, can_sink) for _ in range(seconds)]

    def calm(self) -> int:
        """How many good reports it takes until a step up."""
        before, count = self.downlink.steps, 0
        while self.downlink.steps == before:
            self.reports(GOOD)
            count += 1
            assert count < 1000
        return count

    def _report(self, fraction: float, can_sink: bool) -> int:
        self.now += 1
        before = self.downlink.steps
        changed = self.downlink.note_loss(fraction, self.now, can_sink=can_sink)
        assert changed == (self.downlink.steps != before)
        return self.downlink.steps


def test_one_bad_report_is_no_reason_and_a_bad_second_is() -> None:
    viewer = Viewer()
    assert viewer.reports(BAD) == [0]
    assert viewer.reports(GOOD) == [0]
    assert viewer.reports(BAD, 5) == [0, 1, 1, 2, 2]


def test_loss_that_repeats_mend_is_none() -> None:
    assert set(Viewer().reports(LOSS, 20)) == {0}


def test_where_there_is_no_lower_layer_nothing_sinks() -> None:
    assert set(Viewer().reports(BAD, 10, can_sink=False)) == {0}


def test_calm_raises_step_by_step() -> None:
    viewer = Viewer()
    viewer.reports(BAD, 4)
    assert (viewer.calm(), viewer.downlink.steps) == (CALM_SECONDS, 1)
    assert (viewer.calm(), viewer.downlink.steps) == (CALM_SECONDS, 0)


def test_a_raise_that_came_too_early_makes_the_next_calm_longer_up_to_a_limit() -> None:
    viewer, calms = Viewer(), []
    for _ in range(6):
        viewer.reports(BAD, 2)
        calms.append(viewer.calm())
    assert calms == [8, 16, 32, 64, 64, 64]
    assert calms[-1] == LONGEST_CALM_SECONDS


def test_loss_long_after_a_raise_is_another_matter() -> None:
    viewer = Viewer()
    viewer.reports(BAD, 2)
    viewer.calm()
    viewer.reports(GOOD, 60)
    viewer.reports(BAD, 2)
    assert viewer.calm() == CALM_SECONDS
