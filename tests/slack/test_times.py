"""Typed times become the right instants in the person's own zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.slack.times import (
    MOST_MINUTES,
    After,
    Ago,
    At,
    Exactly,
    FromDay,
    read_since,
    read_until,
    since_moment,
    until_moment,
)

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 7, 20, 0, tzinfo=UTC)  # 15:00 in New York, clocks change at night


@pytest.mark.parametrize(
    ("until", "at"),
    [
        (After(minutes=90), NOW + timedelta(minutes=90)),
        (At(at=time(16, 30)), datetime(2026, 3, 7, 21, 30, tzinfo=UTC)),
        (At(at=time(9, 0)), datetime(2026, 3, 8, 13, 0, tzinfo=UTC)),
        (At(at=time(8, 0), days_ahead=1), datetime(2026, 3, 8, 12, 0, tzinfo=UTC)),
        (At(at=time(8, 0), on=date(2026, 3, 10)), datetime(2026, 3, 10, 12, 0, tzinfo=UTC)),
        (At(at=time(9, 0), days_ahead=0), datetime(2026, 3, 7, 14, 0, tzinfo=UTC)),
        (Exactly(at=NOW), NOW),
    ],
)
def test_until(until: After | At | Exactly, at: datetime) -> None:
    """`16:30` is the next 16:30 where the person lives, across a change of clocks, too."""
    assert until_moment(until, NOW, NEW_YORK) == at


@pytest.mark.parametrize(
    ("word", "at"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("today", datetime(2026, 3, 7, 5, 0, tzinfo=UTC)),
        ("yesterday", datetime(2026, 3, 6, 5, 0, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, 5, 0, tzinfo=UTC)),
    ],
)
def test_since(word: str, at: datetime) -> None:
    """A day begins at midnight where the person lives."""
    since = read_since(word)
    assert since is not None
    assert since_moment(since, NOW, NEW_YORK) == at


def test_what_is_no_time_is_none() -> None:
    """Numbers without unit, hours that do not exist and endless spans are not guessed."""
    for words in ("7", "25:00", "13pm", "soon", "99999d", "until", "2026-13-01", "0m"):
        assert read_until(words.split()) is None, words
    assert read_since("soon") is None
    assert read_until(["30d"]) == (After(minutes=MOST_MINUTES), 1)
    assert isinstance(read_since("today"), FromDay)
    assert isinstance(read_since("90m"), Ago)
