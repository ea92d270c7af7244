"""Silent sources: against what is usual at that hour, once each, never because we were away."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.order_facts import DAY, Silence
from policies.queries import Heard
from policies.silence import Feed, gap, is_silent, listen, speakers_of, usual_per_hour, watch

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def heard(at: datetime, kind: str = "pick_completed", events: int = 1) -> Heard:
    """Something that the warehouse said."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    return Heard(tenant_id=1, source="wms", kind=kind, hour=hour, events=events, last_at=at)


class Listener:
    """Looks once a minute, as the job does, and notes what it would report."""

    def __init__(self) -> None:
        self.feed: Feed | None = None
        self.begun: list[Silence] = []
        self.ended: list[Silence] = []

    def look(self, now: datetime, told: Iterable[datetime] = ()) -> None:
        """One look, at which this was heard."""
        groups = [heard(at) for at in told]
        was = self.feed.silence if self.feed else None
        if groups:
            self.feed = listen(self.feed, groups)
        if self.feed is None:
            return
        if was and was.ended_at is None and self.feed.silence and self.feed.silence.ended_at:
            self.ended.append(self.feed.silence)
        self.feed = watch(self.feed, now)
        silence = self.feed.silence
        if silence and (was is None or was.since != silence.since):
            self.begun.append(silence)

    def silence(self) -> Silence | None:
        """The silence it has on its books."""
        return self.feed.silence if self.feed else None

    def go(self, since: datetime, until: datetime, speaks: Callable[[datetime], bool]) -> None:
        """Every minute in [since, until)."""
        now = since
        while now < until:
            self.look(now, [now] if speaks(now) else [])
            now += MINUTE


def every(minutes: int) -> Callable[[datetime], bool]:
    """A source that speaks every so many minutes."""
    return lambda now: now.minute % minutes == 0


def never(_now: datetime) -> bool:
    """A source that says nothing."""
    return False


def in_office_hours(now: datetime) -> bool:
    """A shop that sells every two minutes, on working days from 8 to 18."""
    return now.weekday() < 5 and 8 <= now.hour < 18 and now.minute % 2 == 0


def after_a_day() -> Listener:
    """A source that has spoken every two minutes for a Monday."""
    listener = Listener()
    listener.go(MONDAY, MONDAY + DAY, every(2))
    return listener


def test_a_regular_source_that_stops_is_reported_once() -> None:
    """After a day of a word every two minutes, twenty minutes of nothing are told once."""
    listener = after_a_day()
    stopped = MONDAY + DAY - 2 * MINUTE
    listener.go(MONDAY + DAY, MONDAY + 2 * DAY, never)
    (silence,) = listener.begun
    assert silence.since == stopped
    assert timedelta(minutes=15) <= silence.reported_at - stopped <= timedelta(minutes=20)
    assert listener.feed
    assert gap(listener.feed, MONDAY + DAY + timedelta(minutes=40)).usual_minutes == pytest.approx(
        2
    )


def test_it_ends_with_the_next_word_and_is_forgotten_after_the_catch_up() -> None:
    """A silence ends when the source speaks; ten minutes later nothing is left of it."""
    listener = after_a_day()
    again = MONDAY + DAY + timedelta(minutes=42)
    listener.go(MONDAY + DAY, again, never)
    listener.go(again, again + 9 * MINUTE, every(2))
    assert [silence.ended_at for silence in listener.ended] == [again]
    assert listener.silence()
    listener.go(again + 9 * MINUTE, again + 12 * MINUTE, every(2))
    assert listener.silence() is None
    assert len(listener.begun) == 1


def test_nights_and_weekends_are_nobodys_silence() -> None:
    """A shop that sells in office hours only is not reported in three weeks."""
    listener = Listener()
    listener.go(MONDAY, MONDAY + 21 * DAY, in_office_hours)
    assert listener.begun == []


def test_a_morning_without_a_word_is() -> None:
    """The same shop is missed when it should have opened, not in the night before."""
    listener = Listener()
    listener.go(MONDAY, MONDAY + 8 * DAY, in_office_hours)
    listener.go(MONDAY + 8 * DAY, MONDAY + 9 * DAY, never)
    (silence,) = listener.begun
    opens = MONDAY + 8 * DAY + timedelta(hours=8)
    assert timedelta(minutes=15) <= silence.reported_at - opens <= timedelta(minutes=20)


def test_bursts_are_one_word() -> None:
    """Sixty events at one look every half hour make a source of two words an hour, not of 120."""
    listener = Listener()
    for step in range(48 * 60):
        now = MONDAY + step * MINUTE
        burst = now.minute % 30 == 0
        listener.look(now, [now] * 60 if burst else [])
    assert listener.begun == []
    assert listener.feed
    assert usual_per_hour(listener.feed, MONDAY + 2 * DAY) == 2


def test_nothing_is_said_before_enough_was_learnt() -> None:
    """A source that was watched for less than a day may be silent as long as it likes."""
    listener = Listener()
    listener.go(MONDAY, MONDAY + timedelta(hours=20), every(2))
    listener.go(MONDAY + timedelta(hours=20), MONDAY + 3 * DAY, never)
    assert listener.begun == []


def test_our_own_absence_is_nobodys_silence() -> None:
    """After a night in which E2A was down, only the time since its start is counted."""
    feed = after_a_day().feed
    assert feed
    back = MONDAY + DAY + timedelta(hours=6)
    assert is_silent(feed, back)
    assert not is_silent(feed, back, listening_since=back)
    assert not is_silent(feed, back + 10 * MINUTE, listening_since=back)
    assert is_silent(feed, back + 20 * MINUTE, listening_since=back)


def test_a_silence_teaches_nothing() -> None:
    """The hours of a reported silence are not taken for usual ones."""
    listener = after_a_day()
    back = MONDAY + DAY + timedelta(hours=9)
    listener.go(MONDAY + DAY, back, never)
    listener.go(back, back + MINUTE, every(1))
    assert listener.feed
    weeks = listener.feed.weeks
    assert (weeks[24 + 3], weeks[24 + 9]) == (0, 1)


def test_old_habits_fade() -> None:
    """A source that has become slower is measured by its new habit within some weeks."""
    listener = Listener()
    now = MONDAY + timedelta(hours=9)
    for day in range(16 * 7):
        begins = now + day * DAY
        listener.go(begins, begins + timedelta(hours=1), every(2) if day < 8 * 7 else every(20))
    assert listener.feed
    assert usual_per_hour(listener.feed, now) < 12


def test_irregular_sources_are_hardly_ever_accused() -> None:
    """Twelve words an hour at random, for four weeks, give at most one false report."""
    chance = random.Random(7)  # noqa: S311 - a seeded generator is the point
    listener = Listener()
    listener.go(MONDAY, MONDAY + 28 * DAY, lambda _now: chance.random() < 0.2)
    assert len(listener.begun) <= 1


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=30), st.integers(1, 60))
def test_every_silence_is_told_once(gaps: list[int], look: int) -> None:
    """Whatever the arrivals and however often we look, no gap is told twice, and each one ends."""
    arrivals, at = [MONDAY + DAY], MONDAY + DAY
    for minutes in gaps:
        at += minutes * MINUTE
        arrivals.append(at)
    listener = TAUGHT.copy()
    last, now = MONDAY + DAY - MINUTE, MONDAY + DAY
    while last < arrivals[-1]:
        listener.look(now, [one for one in arrivals if last < one <= now])
        last, now = now, now + look * MINUTE
    sinces = [silence.since for silence in listener.begun]
    assert len(sinces) == len(set(sinces))
    assert {silence.since for silence in listener.ended} <= set(sinces)
    for silence in listener.begun:
        following = next((one for one in arrivals if one > silence.since), now)
        assert silence.reported_at - silence.since >= timedelta(minutes=15)
        assert following - silence.since >= timedelta(minutes=15)


class Taught(Listener):
    """A listener that has heard a regular source for a day."""

    def copy(self) -> Listener:
        """Another one that knows as much."""
        fresh = Listener()
        fresh.feed = self.feed
        return fresh


TAUGHT = Taught()
TAUGHT.go(MONDAY, MONDAY + DAY, every(2))


def test_who_tells_what() -> None:
    """Sources are known by the kinds that they tell, under the names that policies use."""
    wms = listen(None, [heard(MONDAY), heard(MONDAY, "ship_label_printed")])
    assert speakers_of([wms]) == {
        "pick_completed": frozenset({"wms"}),
        "label_created": frozenset({"wms"}),
    }
