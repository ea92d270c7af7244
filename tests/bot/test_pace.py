"""The pace of posts to one channel."""

from bot.rates import OwnPace


class Seconds:
    """Monotonic seconds that the test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Where the test put it."""
        return self.now


async def test_a_channel_takes_one_post_at_a_time() -> None:
    """The first post goes at once; the next is told how long it is too early."""
    seconds = Seconds()
    pace = OwnPace(seconds, 1.0)
    assert await pace.take("C1") == 0
    seconds.now += 0.25
    assert await pace.take("C1") == 0.75
    seconds.now += 0.75
    assert await pace.take("C1") == 0


async def test_asking_too_early_takes_no_turn() -> None:
    """However often somebody asks, the next turn comes at the same time."""
    seconds = Seconds()
    pace = OwnPace(seconds, 1.0)
    await pace.take("C1")
    assert [await pace.take("C1") for _ in range(5)] == [1.0] * 5
    seconds.now += 1
    assert await pace.take("C1") == 0


async def test_channels_do_not_wait_for_each_other() -> None:
    """A busy channel makes no other channel wait."""
    pace = OwnPace(Seconds(), 1.0)
    assert [await pace.take(channel) for channel in ("C1", "C2", "C3", "C1")] == [0, 0, 0, 1.0]


async def test_a_rest_is_not_saved_up() -> None:
    """After a long silence only one post goes at once, not a burst."""
    seconds = Seconds()
    pace = OwnPace(seconds, 1.0)
    await pace.take("C1")
    seconds.now += 60
    assert [await pace.take("C1"), await pace.take("C1")] == [0, 1.0]
