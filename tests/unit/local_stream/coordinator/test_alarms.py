"""Alarms ring by the local Stream's clock, whichever way it is moved, and once."""

import asyncio

from harness.local_stream.coordinator.alarms import Alarms
from harness.local_stream.coordinator.source import Source
from tests.unit.own_loop import in_loop_of_its_own

HOUR = 3600


def rung(*offsets: float, due_in: float, cancelled: bool = False) -> int:
    """How often an alarm rang that was set before the clock was moved by each of `offsets`."""

    async def run() -> int:
        source, rings, over = Source(), list[int](), asyncio.Event()
        alarms = Alarms(source)
        alarm = alarms.at(source.seconds() + due_in, lambda: rings.append(1))
        if cancelled:
            alarm.cancel()
        for offset in offsets:
            source.offset = offset
        # Whatever was due before it has rung when this one does.
        alarms.at(source.seconds(), over.set)
        await asyncio.wait_for(over.wait(), 30)
        return len(rings)

    return in_loop_of_its_own(run)


def test_what_is_over_rings_at_once() -> None:
    assert rung(due_in=-1) == 1


def test_what_is_not_due_is_silent() -> None:
    assert rung(due_in=HOUR) == 0


def test_moving_the_clock_makes_it_due() -> None:
    assert rung(2 * HOUR, due_in=HOUR) == 1


def test_moving_it_back_takes_the_alarm_back() -> None:
    assert rung(2 * HOUR, 0, due_in=HOUR) == 0


def test_a_cancelled_one_is_silent() -> None:
    assert rung(2 * HOUR, due_in=HOUR, cancelled=True) == 0


def test_it_rings_when_it_is_due() -> None:
    async def run() -> float:
        source, rang = Source(), asyncio.Event()
        set_at = source.seconds()
        Alarms(source).at(set_at + 0.05, rang.set)
        await asyncio.wait_for(rang.wait(), 30)
        return source.seconds() - set_at

    assert in_loop_of_its_own(run) >= 0.049  # timers count by another clock
