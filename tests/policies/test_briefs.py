"""When shifts are handed over to whom, and when mornings are briefed in which time zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from policies.book.alerting import Alerting, read_alerting
from policies.briefs import (
    Briefing,
    ChartAs,
    Handover,
    Occasions,
    alike,
    brief_day,
    day_of,
    due_handings,
    handing_named,
    present_handings,
    zones_of,
)
from policies.errors import PolicyError
from policies.shifts import NO_SHIFTS, Shift, ShiftBook

EARLY = Shift(
    name="Early",
    zone="America/New_York",
    days=(0, 1, 2, 3, 4),
    begins=360,
    ends=840,
    sites=("ATL1",),
    people=("U1",),
)
LATE = replace(EARLY, name="Late", begins=840, ends=1320)
BERLIN = replace(EARLY, name="Berlin", zone="Europe/Berlin", sites=("BER1", "ber2 "))
BOOK = ShiftBook(shifts=(EARLY, LATE, BERLIN))
END = datetime(2026, 3, 3, 19, tzinfo=UTC)
"""14:00 in New York, a Tuesday."""
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param(END - 16 * MINUTE, [], id="too early"),
        pytest.param(END - 15 * MINUTE, ["Early"], id="a quarter of an hour before"),
        pytest.param(END + 29 * MINUTE, ["Early"], id="late, but still of use"),
        pytest.param(END + 30 * MINUTE, [], id="nothing is caught up"),
    ],
)
def test_a_shift_is_handed_over_before_its_end(now: datetime, due: list[str]) -> None:
    """Once it is a quarter of an hour to its end, until half an hour after it."""
    found = due_handings(BOOK, Handover(), now)
    assert [one.shift.name for one in found] == due
    assert all(one.key == f"Early:{int(END.timestamp())}" for one in found)


def test_who_takes_over() -> None:
    """The next shift at the site; where nobody comes within a day, the next eight hours count."""
    (handing,) = due_handings(BOOK, Handover(before_minutes=60), END - 60 * MINUTE)
    assert (handing.next, handing.until) == ("Late", END + timedelta(hours=8))
    friday = datetime(2026, 3, 7, 2, 55, tzinfo=UTC)  # 21:55 in New York
    (late,) = due_handings(ShiftBook(shifts=(EARLY, LATE)), Handover(), friday)
    assert (late.next, late.until) == (None, late.run.end + timedelta(hours=8))


def test_a_handing_over_is_found_by_its_key() -> None:
    """A button finds its shift again; one that is not in the book any more finds nothing."""
    (handing,) = due_handings(BOOK, Handover(), END)
    assert handing_named(BOOK, handing.key) == handing
    for key in (
        "Gone:1772564400",
        "Early:1772564401",
        "Early:",
        "Early",
        "",
        "Early:99999999999999999",
    ):
        assert handing_named(BOOK, key) is None


def test_what_is_shown_on_demand() -> None:
    """The shifts that are on; at night those that were on last; without shifts nothing."""
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert [one.shift.name for one in present_handings(BOOK, noon)] == ["Early", "Berlin"]
    night = datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert [one.shift.name for one in present_handings(BOOK, night)] == ["Late"]
    assert present_handings(NO_SHIFTS, noon) == ()


def test_each_zone_has_its_brief() -> None:
    """Sites belong to their shift's zone; what is at none of them is told in the first one."""
    assert [one.zone for one in zones_of(NO_SHIFTS, "Asia/Kolkata")] == ["Asia/Kolkata"]
    (only,) = zones_of(ShiftBook(shifts=(EARLY, LATE)), "UTC")
    assert only.covers("ATL1")
    assert only.covers(None)
    first, second = zones_of(BOOK, "UTC")
    assert (first.zone, second.zone) == ("America/New_York", "Europe/Berlin")
    assert [first.covers(site) for site in ("ATL1", "elsewhere", None, "BER2")] == [
        True,
        True,
        True,
        False,
    ]
    assert [second.covers(site) for site in ("ber1", " BER2", "ATL1", None)] == [
        True,
        True,
        False,
        False,
    ]
    assert second.named == ("BER1", "ber2")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param(datetime(2026, 3, 6, 12, 29, tzinfo=UTC), None, id="07:29"),
        pytest.param(datetime(2026, 3, 6, 12, 30, tzinfo=UTC), date(2026, 3, 6), id="07:30"),
        pytest.param(datetime(2026, 3, 9, 11, 30, tzinfo=UTC), date(2026, 3, 9), id="summer time"),
        pytest.param(datetime(2026, 3, 6, 14, 30, tzinfo=UTC), None, id="two hours later"),
    ],
)
def test_it_is_morning_by_the_wall_clock(now: datetime, day: date | None) -> None:
    """Half past seven there, in winter and in summer; two hours later it is no morning brief."""
    assert brief_day("America/New_York", Briefing(), now) == day


def test_a_day_is_as_long_as_it_is() -> None:
    """A day of a clock change has 23 or 25 hours; it is compared with the same weekday."""
    spring, autumn = (day_of("America/New_York", date(2026, *day)) for day in ((3, 8), (11, 1)))
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)
    assert {day.weekday() for day in alike(date(2026, 3, 2))} == {0}
    assert alike(date(2026, 3, 2))[0] == date(2026, 2, 23)


TEXT = 'version: "1"\nhandover: {before: 20 min}\nbrief: {at: "06:45", chart: picture}\n'


def test_the_book_says_when() -> None:
    """Minutes before the end, the time of the morning and how charts are shown are as written."""
    read = read_alerting(TEXT, "alerting.yaml")
    assert read.handover == Handover(before_minutes=20)
    assert read.brief == Briefing(at=405, chart=ChartAs.PICTURE)
    assert (Alerting().handover, Alerting().brief) == (Occasions().handover, Occasions().briefing)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("20 min", "3h", "alerting.yaml:2: handover.before: a shift is not over yet"),
        ("20 min", "soon", "alerting.yaml:2: handover.before: soon is no duration"),
        ('"06:45"', '"24:00"', "alerting.yaml:3: brief.at: a day begins at 00:00"),
        ("picture", "photo", "alerting.yaml:3: brief.chart: photo is no way to show a chart"),
    ],
)
def test_faults_name_line_and_remedy(was: str, now: str, told: str) -> None:
    """Every fault says where it is and what to write instead."""
    with pytest.raises(PolicyError) as refused:
        read_alerting(TEXT.replace(was, now), "alerting.yaml")
    assert any(str(fault).startswith(told) for fault in refused.value.faults), refused.value
