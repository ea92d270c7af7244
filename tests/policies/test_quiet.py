"""Quiet hours: when they are on, when they end, what is told all the same, at clock changes too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.book.alerting import Alerting, read_alerting
from policies.errors import PolicyError
from policies.quiet import (
    AWAKE,
    ChannelQuiet,
    Quiet,
    QuietHours,
    dm_allowed_at,
    ends_at,
    held_at,
    quiet_at,
)
from policies.reasons import Severity

NEW_YORK = "America/New_York"
NIGHT = Quiet(begins=22 * 60, ends=7 * 60, zone=NEW_YORK)
WEEKEND = Quiet(begins=0, ends=1440, zone=NEW_YORK, days=(5, 6))
MINUTE = timedelta(minutes=1)
ZONES = (NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


def local(text: str, zone: str = NEW_YORK, fold: int = 0) -> datetime:
    """A wall time as an instant; `fold` 1 is the second one of an hour that is there twice."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        pytest.param(local("2026-03-03T21:59"), None, id="before"),
        pytest.param(local("2026-03-03T22:00"), local("2026-03-04T07:00"), id="at its beginning"),
        pytest.param(local("2026-03-04T06:59"), local("2026-03-04T07:00"), id="at its end"),
        pytest.param(local("2026-03-04T07:00"), None, id="after"),
        pytest.param(local("2026-03-07T23:00"), local("2026-03-08T07:00"), id="clocks forward"),
        pytest.param(local("2026-10-31T23:00"), local("2026-11-01T07:00"), id="clocks back"),
    ],
)
def test_a_night_ends_by_the_wall_clock(now: datetime, end: datetime | None) -> None:
    """Seven in the morning is seven there, whether the night has eight, nine or ten hours."""
    assert ends_at([NIGHT], now) == end
    assert quiet_at([NIGHT], now) is (end is not None)


@pytest.mark.parametrize(
    ("begins", "ends", "first", "last"),
    [
        pytest.param(
            60, 90, local("2026-11-01T01:00"), local("2026-11-01T01:30", fold=1), id="both 01:30"
        ),
        pytest.param(
            150, 210, local("2026-03-08T03:00"), local("2026-03-08T03:30"), id="begins in the gap"
        ),
    ],
)
def test_an_hour_that_is_there_twice_or_never(
    begins: int, ends: int, first: datetime, last: datetime
) -> None:
    """What spans a repeated hour holds it whole; a beginning that does not exist comes after it."""
    window = Quiet(begins=begins, ends=ends, zone=NEW_YORK)
    assert not window.at(first - MINUTE)
    assert window.at(first)
    assert window.at(last - MINUTE)
    assert not window.at(last)


def test_windows_that_follow_each_other_are_one() -> None:
    """A Friday night before a quiet weekend ends on Monday morning."""
    both = [NIGHT, WEEKEND]
    assert ends_at(both, local("2026-03-06T23:00")) == local("2026-03-09T07:00")
    for_ever = Quiet(begins=0, ends=1440)
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert ends_at([for_ever], now) == datetime(2026, 3, 12, tzinfo=UTC)


def test_what_is_bad_enough_is_told() -> None:
    """Each window says from which severity on it does not count."""
    night = local("2026-03-03T23:00")
    milder = Quiet(begins=22 * 60, ends=7 * 60, zone=NEW_YORK, passes=Severity.HIGH)
    held = {severity: held_at([NIGHT], severity, night) for severity in Severity}
    assert held == {**dict.fromkeys(Severity, True), Severity.CRITICAL: False}
    assert not held_at([milder], Severity.HIGH, night)
    assert held_at([milder, NIGHT], Severity.HIGH, night)
    assert not held_at([NIGHT], Severity.LOW, local("2026-03-03T12:00"))


def test_a_direct_message_waits_for_the_morning() -> None:
    """A person is told at once what is critical, and the rest when their night is over."""
    night, morning = local("2026-03-03T23:00"), local("2026-03-04T07:00")
    assert dm_allowed_at([NIGHT], Severity.CRITICAL, night) == night
    assert dm_allowed_at([NIGHT], Severity.HIGH, night) == morning
    assert dm_allowed_at([NIGHT], Severity.HIGH, morning) == morning
    assert dm_allowed_at([], Severity.LOW, night) == night


@given(
    begins=st.integers(0, 1439),
    length=st.integers(1, 1440),
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 3 * 365 * 1440),
    days=st.sets(st.integers(0, 6), min_size=1),
)
def test_the_end_is_the_first_moment_without_quiet(
    begins: int, length: int, zone: str, minute: int, days: set[int]
) -> None:
    """Whatever the zone and the day: it is quiet until its end, and at its end it is not."""
    window = Quiet(begins=begins, ends=(begins + length) % 1440, zone=zone, days=tuple(days))
    now = datetime(2025, 1, 1, tzinfo=UTC) + MINUTE * minute
    end = ends_at([window], now)
    assert quiet_at([window], now) is (end is not None)
    if end is not None:
        assert quiet_at([window], end - timedelta(microseconds=1))
        assert not quiet_at([window], end) or end - now >= timedelta(days=8)


TEXT = """\
version: "1"
quiet_hours:
  windows:
    - {from: "22:00", until: "07:00", timezone: America/New_York}
    - {channels: ["#Acme-Ops", C0GLOBEX], days: sat-sun, from: "00:00", until: "24:00", \
timezone: America/New_York, passes: high}
    - {channels: [night-desk], never: true}
"""


def test_channels_have_windows_of_their_own() -> None:
    """What names a channel, by name or id, counts for it instead of what is for all."""
    hours = read_alerting(TEXT, "alerting.yaml").quiet_hours
    weekend = Quiet(begins=0, ends=1440, zone=NEW_YORK, days=(5, 6), passes=Severity.HIGH)
    assert hours.of("#other", "C0OTHER") == (NIGHT,)
    assert hours.of("#acme-ops", None) == (weekend,)
    assert hours.of("#renamed", "C0GLOBEX") == (weekend,)
    assert hours.of("#night-desk") == ()
    assert Alerting().quiet_hours == AWAKE
    assert AWAKE.of("#other") == ()
    assert hours == QuietHours(
        windows=(
            ChannelQuiet(window=NIGHT),
            ChannelQuiet(window=weekend, channels=frozenset({"acme-ops", "c0globex"})),
        ),
        awake=frozenset({"night-desk"}),
    )


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('from: "22:00", ', "", "alerting.yaml:4: quiet_hours.windows.0: a window has a begin"),
        (
            '"07:00", timezone: America/New_York',
            '"07:00"',
            "alerting.yaml:4: quiet_hours.windows.0: a window has a beginning, an end and a time",
        ),
        ('until: "07:00"', 'until: "22:00"', "alerting.yaml:4: quiet_hours.windows.0.until: the"),
        ("New_York}", "York}", "alerting.yaml:4: quiet_hours.windows.0.timezone: no time zone"),
        ("passes: high", "passes: loud", "alerting.yaml:5: quiet_hours.windows.1.passes: Input"),
        ("[night-desk]", "['#']", "alerting.yaml:6: quiet_hours.windows.2.channels: a channel"),
        (
            "channels: [night-desk], ",
            "",
            "alerting.yaml:6: quiet_hours.windows.2.never: say which channels",
        ),
        ("until:", "til:", "alerting.yaml:4: quiet_hours.windows.0.til: there is no such field"),
    ],
)
def test_faults_name_line_and_remedy(was: str, now: str, told: str) -> None:
    """Every fault says where it is and what to write instead."""
    with pytest.raises(PolicyError) as refused:
        read_alerting(TEXT.replace(was, now, 1), "alerting.yaml")
    assert any(str(fault).startswith(told) for fault in refused.value.faults), refused.value
