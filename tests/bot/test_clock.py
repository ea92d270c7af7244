"""The process's two clocks."""

from datetime import UTC, datetime, timedelta

import pytest

import bot.clock
from bot.clock import SpedUpClock, wall_now

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Wall:
    """A wall clock that the test sets."""

    def __init__(self) -> None:
        self.at = datetime(2030, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Where the test put it."""
        return self.at


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The time on the wall, in the test's hands."""
    wall = Wall()
    monkeypatch.setattr(bot.clock, "wall_now", wall.now)
    return wall


def test_the_wall_is_aware_and_utc() -> None:
    """The time on the wall carries its zone, and the zone is UTC."""
    assert wall_now().tzinfo is UTC


def test_a_sped_up_clock_stands_until_it_is_begun(wall: Wall) -> None:
    """Business time stands at its start however long the preparations take."""
    clock = SpedUpClock(START, 60)
    wall.at += timedelta(hours=5)
    assert clock.now() == START
    clock.begin()
    assert clock.now() == START


@pytest.mark.parametrize("speed", [0.5, 1, 60, 3600])
def test_a_sped_up_clock_runs_at_its_speed(wall: Wall, speed: float) -> None:
    """Once begun, a second on the wall is `speed` seconds of business."""
    clock = SpedUpClock(START, speed)
    clock.begin()
    wall.at += timedelta(seconds=10)
    assert clock.now() == START + timedelta(seconds=10 * speed)
