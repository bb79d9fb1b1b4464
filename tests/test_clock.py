"""The server's clock: the machine's, or a demonstration's that runs on from its story."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

from server.clock import Clock


def test_the_real_clock_tells_the_machines_time() -> None:
    clock = Clock()
    assert clock.real
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_demos_clock_starts_with_its_story_and_runs_on() -> None:
    start = datetime(2026, 6, 15, 9, 34, tzinfo=timezone(timedelta(hours=8)))
    clock = Clock(start)
    assert not clock.real
    first = clock.now()
    time.sleep(0.02)
    assert start <= first < clock.now() < start + timedelta(seconds=5)
    assert first.utcoffset() == timedelta(0)
