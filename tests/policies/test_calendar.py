"""Business time against an oracle that counts minute by minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.calendar import ALWAYS, BUSINESS_DAYS_UTC

MINUTE = timedelta(minutes=1)
moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2026, 3, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(second=0, microsecond=0))


def _counted(start: datetime, end: datetime) -> int:
    """Minutes of business days from start to end, one by one."""
    minutes, moment = 0, start
    while moment < end:
        minutes += moment.weekday() < 5
        moment += MINUTE
    return minutes


@given(start=moments, span=st.integers(min_value=0, max_value=20_000))
def test_minutes_between_equals_counting(start: datetime, span: int) -> None:
    """The counted minutes of a span are those of its business days."""
    end = start + span * MINUTE
    assert BUSINESS_DAYS_UTC.minutes_between(start, end) == _counted(start, end)


@given(start=moments, minutes=st.integers(min_value=1, max_value=20_000))
def test_adding_and_counting_agree(start: datetime, minutes: int) -> None:
    """From start to the deadline exactly the promised minutes count."""
    deadline = BUSINESS_DAYS_UTC.add_minutes(start, minutes)
    assert BUSINESS_DAYS_UTC.minutes_between(start, deadline) == minutes
    assert BUSINESS_DAYS_UTC.minutes_between(start, deadline - MINUTE) == minutes - 1


@given(start=moments, minutes=st.floats(min_value=0, max_value=1e6))
def test_plain_minutes_are_plain(start: datetime, minutes: float) -> None:
    """Around the clock every minute counts, whatever zone the start is told in."""
    elsewhere = start.astimezone(UTC)
    assert ALWAYS.add_minutes(elsewhere, minutes) == start + timedelta(minutes=minutes)


def test_a_weekend_start_counts_from_monday() -> None:
    """What starts on Saturday has its five days from Monday to Friday night."""
    saturday = datetime(2026, 3, 7, 15, tzinfo=UTC)
    deadline = BUSINESS_DAYS_UTC.add_minutes(saturday, 5 * 1440)
    assert deadline == datetime(2026, 3, 14, tzinfo=UTC)
