"""When a question is about, from plain words, in the zone of whoever is asked about."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.questions.windows import before, read_window

ZONE = "America/New_York"
NOW = datetime(2026, 3, 4, 17, 15, tzinfo=UTC)
"""A Wednesday, 12:15 in New York; the clocks go forward there on Sunday, 8 March."""


def read(text: str, now: datetime = NOW, zone: str = ZONE) -> tuple[str, str, str]:
    """Begin and end on the wall, and what is left of the text."""
    found = read_window(text, now, zone)
    assert found is not None, text
    window, rest = found
    local = ZoneInfo(zone)
    shown = [f"{moment.astimezone(local):%m-%d %H:%M}" for moment in (window.since, window.until)]
    return shown[0], shown[1], rest


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("today", "03-04 00:00", "03-05 00:00"),
        ("so far today", "03-04 00:00", "03-05 00:00"),
        ("yesterday", "03-03 00:00", "03-04 00:00"),
        ("the day before yesterday", "03-02 00:00", "03-03 00:00"),
        ("3 days ago", "03-01 00:00", "03-02 00:00"),
        ("this week", "03-02 00:00", "03-09 00:00"),
        ("last week", "02-23 00:00", "03-02 00:00"),
        ("past week", "02-25 12:15", "03-04 12:15"),
        ("in the last 2 weeks", "02-18 12:15", "03-04 12:15"),
        ("this month", "03-01 00:00", "04-01 00:00"),
        ("last month", "02-01 00:00", "03-01 00:00"),
        ("last 3 months", "12-04 00:00", "03-04 12:15"),
        ("in february", "02-01 00:00", "03-01 00:00"),
        ("in november", "11-01 00:00", "12-01 00:00"),
        ("in dec 2024", "12-01 00:00", "01-01 00:00"),
        ("in the last 2h", "03-04 10:15", "03-04 12:15"),
        ("over the past 90 min", "03-04 10:45", "03-04 12:15"),
        ("last hour", "03-04 11:15", "03-04 12:15"),
        ("within the last three days", "03-01 12:15", "03-04 12:15"),
        ("since monday", "03-02 00:00", "03-04 12:15"),
        ("since mon 8am", "03-02 08:00", "03-04 12:15"),
        ("since yesterday", "03-03 00:00", "03-04 12:15"),
        ("since 08:00", "03-04 08:00", "03-04 12:15"),
        ("since 3pm", "03-03 15:00", "03-04 12:15"),
        ("since 2026-02-27", "02-27 00:00", "03-04 12:15"),
        ("since 1 march", "03-01 00:00", "03-04 12:15"),
        ("since march 1st", "03-01 00:00", "03-04 12:15"),
        ("on 2026-02-27", "02-27 00:00", "02-28 00:00"),
        ("on the 27th of february", "02-27 00:00", "02-28 00:00"),
        ("on tuesday", "03-03 00:00", "03-04 00:00"),
        ("on wednesday", "03-04 00:00", "03-05 00:00"),
        ("last wednesday", "02-25 00:00", "02-26 00:00"),
        ("between 8 and 11am", "03-04 08:00", "03-04 11:00"),
        ("from 13:00 to 15:30", "03-04 13:00", "03-04 15:30"),
        ("from 2026-02-01 to 2026-02-03", "02-01 00:00", "02-04 00:00"),
        ("this morning", "03-04 00:00", "03-04 12:00"),
        ("overnight", "03-03 18:00", "03-04 06:00"),
        ("q1", "01-01 00:00", "04-01 00:00"),
        ("q4", "10-01 00:00", "01-01 00:00"),
        ("this year", "01-01 00:00", "01-01 00:00"),
    ],
)
def test_words_name_a_span(text: str, since: str, until: str) -> None:
    """What people say about time means one span on the wall there, and all of it is used up."""
    assert read(text) == (since, until, "")


def test_the_rest_of_the_question_stays() -> None:
    """Only the words about time are taken; numbers of orders and other words are left."""
    assert read("how many pick delays since monday for acme")[2] == "how many pick delays for acme"
    assert read_window("why is so-1042 late", NOW, ZONE) is None
    assert read_window("may i see all", NOW, ZONE) is None


def test_a_day_of_the_clock_change_has_its_own_length() -> None:
    """Sunday, 8 March has 23 hours in New York, and a week with it 167."""
    monday = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    sunday = read_window("yesterday", monday, ZONE)
    week = read_window("last week", monday, ZONE)
    assert sunday is not None
    assert week is not None
    assert sunday[0].until - sunday[0].since == timedelta(hours=23)
    assert week[0].until - week[0].since == timedelta(hours=167)
    assert before(sunday[0], ZONE).until == sunday[0].since


_EARLY, _LATE = datetime(2001, 1, 1), datetime(2060, 1, 1)  # noqa: DTZ001 - the zone is added
MOMENTS = st.datetimes(min_value=_EARLY, max_value=_LATE, timezones=st.just(UTC))


@given(text=st.text(max_size=60), moment=MOMENTS)
def test_any_text_is_read_or_left(text: str, moment: datetime) -> None:
    """Nothing that somebody types breaks it, and a span never ends before it begins."""
    found = read_window(text.lower(), moment, ZONE)
    assert found is None or found[0].since <= found[0].until


@given(moment=MOMENTS)
def test_yesterday_and_today_touch(moment: datetime) -> None:
    """At any moment of any year yesterday ends where today begins."""
    ends = read_window("yesterday", moment, "Australia/Lord_Howe")
    begins = read_window("today", moment, "Australia/Lord_Howe")
    assert ends is not None
    assert begins is not None
    assert ends[0].until == begins[0].since <= moment < begins[0].until
