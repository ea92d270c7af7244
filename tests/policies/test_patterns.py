"""What repeats and what changed is found with its numbers, and chance is not called a pattern."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.pattern_finding import Finding, Kind
from policies.patterns import Patterns, find_patterns
from policies.sightings import Dimension, slot_before, spans_of
from tests.policies.sightings import DAY, HOUR, LONG_AGO, UNTIL, WEEK, Floor, ordinary, spans

NOON = UNTIL - 4 * HOUR
UPS = (Dimension.CARRIER, "UPS")


def found(floor: Floor, known_since: datetime = LONG_AGO) -> Patterns:
    """What is found among these."""
    return find_patterns(floor.seen, spans(known_since))


def kinds(patterns: Patterns) -> list[Kind]:
    """The kinds in the order of telling."""
    return [one.kind for one in patterns.findings]


def the(patterns: Patterns, kind: Kind) -> Finding:
    """The only finding of that kind."""
    (one,) = [one for one in patterns.findings if one.kind is kind]
    return one


def test_nothing_is_found_where_nothing_changes() -> None:
    """Nine weeks of the same day and night give no finding, and the counts that say so."""
    patterns = found(ordinary())
    assert patterns.findings == ()
    assert (patterns.now, patterns.usual) == (6, 6.0)
    assert (patterns.week, patterns.before) == (252, 252)


@pytest.mark.parametrize("count", [0, 5])
def test_nothing_is_found_in_a_small_sample(count: int) -> None:
    """Five exceptions of a client that had hardly any say nothing."""
    floor = Floor()
    floor.open(UNTIL - 8 * WEEK, 1, carrier="FedEx")
    floor.open(NOON, count, carrier="UPS")
    assert found(floor).findings == ()


def test_more_than_usual_is_found() -> None:
    """Twelve more with one carrier at noon: how many, what is usual, in how many weeks."""
    floor = ordinary()
    floor.open(NOON, 12, carrier="UPS", warehouse="SEA9", reason="PICK_DELAY")
    one = found(floor).findings[0]
    assert one.kind is Kind.MORE
    assert dict(one.values)[Dimension.SITE] == "SEA9"
    assert (one.count, one.of, one.usual, one.over, one.level) == (12, 18, 0.0, 8, 12)
    assert one.span == (NOON, UNTIL)
    assert one.examples == (len(floor.seen), len(floor.seen) - 1, len(floor.seen) - 2)


def test_the_same_exceptions_are_told_once() -> None:
    """What they have in common by another name is folded in and named along."""
    floor = ordinary()
    floor.open(NOON, 12, carrier="DHL", warehouse="SEA9", service="express", reason="OTHER")
    more = [one for one in found(floor).findings if one.kind is Kind.MORE]
    assert len(more) == 1
    told = {value for values in (more[0].values, *more[0].along) for _, value in values}
    assert {"DHL", "SEA9", "express", "OTHER"} <= told
    assert len(more[0].keys) == len(set(more[0].keys)) == len(more[0].along) + 1


def test_a_flood_of_everything_is_one_finding() -> None:
    """Where all carriers and sites have more, no part of it is told besides."""
    floor = ordinary()
    for carrier in ("UPS", "FedEx", "USPS"):
        for site in ("ATL1", "DAL2", "RNO3"):
            for reason in ("PICK_DELAY", "PACK_DELAY"):
                floor.open(NOON, 5, carrier=carrier, warehouse=site, reason=reason)
    more = [one for one in found(floor).findings if one.kind is Kind.MORE]
    assert [(one.values, one.count) for one in more] == [((), 96)]


def test_two_changes_are_two_findings() -> None:
    """Of different exceptions, the larger first; what is the sum of both is not told besides."""
    floor = ordinary()
    floor.open(NOON, 30, carrier="DHL", warehouse="SEA9", reason="OTHER")
    floor.open(NOON, 20, carrier="Ontrac", warehouse="RNO3", reason="SHIP_DELAY")
    more = [one for one in found(floor).findings if one.kind is Kind.MORE]
    assert [one.count for one in more] == [30, 20]


def test_large_parts_are_told_with_the_whole() -> None:
    """What shares its reason is one finding; its two carriers are named with their counts."""
    floor = ordinary()
    floor.open(NOON, 30, carrier="DHL", warehouse="SEA9")
    floor.open(NOON, 22, carrier="Ontrac", warehouse="PHX5")
    one = the(found(floor), Kind.MORE)
    assert (one.values, one.count) == (((Dimension.REASON, "PICK_DELAY"),), 54)
    assert [count for _, count in one.parts] == [30, 22]
    assert [values[0][1] for values, _ in one.parts] == ["DHL", "Ontrac"]


def test_the_same_hours_of_the_week_are_the_measure() -> None:
    """What comes every Monday noon is usual, however rare it is otherwise."""
    floor = ordinary()
    for week in range(9):
        floor.open(NOON - week * WEEK, 12, carrier="UPS", reason="PICK_DELAY")
    assert Kind.MORE not in kinds(found(floor))


def test_without_four_weeks_nothing_is_called_usual() -> None:
    """The same flood is no change where the weeks before are not known."""
    floor = Floor()
    floor.open(NOON, 30, carrier="UPS")
    patterns = found(floor, NOON - 3 * WEEK)
    assert patterns.usual is None
    assert Kind.MORE not in kinds(patterns)


def test_one_bad_week_before_does_not_hide_a_change() -> None:
    """What is usual is the middle of the weeks, which one storm does not move."""
    floor = Floor()
    for week in range(1, 9):
        floor.open(NOON - week * WEEK, 40 if week == 3 else 2, carrier="UPS")
    floor.open(NOON, 14, carrier="UPS")
    one = the(found(floor), Kind.MORE)
    assert (one.count, one.usual) == (14, 2.0)


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        pytest.param(3, 8, Kind.RISE, id="more each day"),
        pytest.param(8, 3, Kind.FALL, id="fewer each day"),
        pytest.param(7, 8, None, id="hardly more"),
    ],
)
def test_a_week_is_held_against_the_one_before(before: int, now: int, kind: Kind | None) -> None:
    """A trend over seven days is told with both numbers; a little more is none."""
    floor = Floor()
    for day in range(7):
        floor.open(UNTIL - day * DAY - 6 * HOUR, now)
        floor.open(UNTIL - WEEK - day * DAY - 6 * HOUR, before)
    trends = [one for one in found(floor).findings if one.kind in (Kind.RISE, Kind.FALL)]
    assert [(one.kind, one.count, one.usual) for one in trends] == (
        [(kind, 7 * now, 7.0 * before)] if kind else []
    )


def test_one_bad_day_is_no_trend() -> None:
    """A week is not called worse for the doing of one day."""
    floor = Floor()
    for day in range(14):
        floor.open(UNTIL - day * DAY - 6 * HOUR, 3)
    floor.open(UNTIL - 2 * DAY, 40)
    assert Kind.RISE not in kinds(found(floor))


def test_what_repeats_is_found() -> None:
    """More than its share of the week, on most of its days; an even share is none."""
    floor = Floor()
    for week in (0, 1):
        for day in range(7):
            at = UNTIL - week * WEEK - day * DAY - (day + 6) * HOUR
            floor.open(at, 4, carrier="UPS", reason="PICK_DELAY")
            floor.open(at, 1, carrier="FedEx", reason="PICK_DELAY")
            floor.open(at, 1, carrier="USPS", reason="PICK_DELAY")
    one = the(found(floor), Kind.REPEAT)
    assert (one.values, one.count, one.of, one.over) == ((UPS,), 28, 42, 7)


def test_the_hour_in_which_they_gather_is_found() -> None:
    """By the local clock, on several days."""
    floor = Floor()
    floor.every_day(14, [9, 11, 14, 17, 20])
    floor.every_day(14, [21], 5)
    patterns = find_patterns(floor.seen, spans(zone="America/New_York"))
    one = the(patterns, Kind.HOUR)
    assert (one.hour, one.count, one.of, one.over) == (16, 35, 70, 7)


def test_a_delay_unlike_the_others_is_found() -> None:
    """Of what is open, by the middle delay of its reason; the worst first."""
    floor = Floor()
    floor.open(UNTIL - DAY, 20)
    for number, days in ((3, 3), (7, 4), (9, 3)):
        one = floor.seen[number]
        late = one.deadline_at - days * DAY
        ended = one.ended_at if number == 9 else None
        floor.seen[number] = replace(one, active=number != 9, ended_at=ended, deadline_at=late)
    told = [one for one in found(floor).findings if one.kind is Kind.DELAY]
    assert [one.order_id for one in told] == ["SO-8", "SO-4"]
    assert (told[0].of, told[0].usual) == (20, 60.0)
    assert told[0].count == pytest.approx(5 * 24 * 60, abs=10)


def test_spelling_does_not_matter() -> None:
    """UPS and ups are one carrier, told as it is mostly spelt."""
    floor = ordinary()
    floor.open(NOON, 5, carrier="dhl ")
    floor.open(NOON, 8, carrier="DHL")
    one = the(found(floor), Kind.MORE)
    assert ((Dimension.CARRIER, "DHL"), 13) in [(value, one.count) for value in one.values]


@given(st.randoms(use_true_random=False), st.integers(0, 30))
@settings(max_examples=6, deadline=None)
def test_order_changes_nothing(chance: object, more: int) -> None:
    """However the exceptions are handed in, the findings are the same."""
    floor = Floor()
    floor.every_day(63, [9, 13], carrier="UPS", warehouse="ATL1")
    floor.every_day(63, [10, 14], carrier="FedEx", warehouse="ATL1")
    floor.open(NOON, more, carrier="UPS", warehouse="DAL2")
    before = found(floor)
    chance.shuffle(floor.seen)  # type: ignore[attr-defined]
    assert found(floor) == before


@given(st.integers(0, 4), st.integers(1, 3))
@settings(max_examples=6, deadline=None)
def test_a_constant_history_has_no_change(rate: int, hours: int) -> None:
    """Whatever the level, what is always the same is no change, even where it repeats."""
    floor = Floor()
    floor.every_day(63, range(0, 24, hours), rate, carrier="UPS")
    told = set(kinds(found(floor)))
    assert not told & {Kind.MORE, Kind.RISE, Kind.FALL, Kind.DELAY}


@given(st.integers(1, 3), st.sampled_from(["carrier", "warehouse", "wave", "customer_tier"]))
@settings(max_examples=6, deadline=None)
def test_a_planted_change_is_found(rate: int, fact: str) -> None:
    """Ten times as many of one value now are told, and that value is named."""
    floor = Floor()
    for value in ("a", "b", "c"):
        floor.every_day(63, [13], rate, **{fact: value})
    floor.open(NOON, 10 * (rate + 1), **{fact: "b"})
    first = found(floor).findings[0]
    assert first.kind is Kind.MORE
    assert "b" in {value for values in (first.values, *first.along) for _, value in values}


def test_a_finding_survives_json() -> None:
    """What is put into the outbox comes out as it was, but for the numbers of all exceptions."""
    floor = ordinary()
    floor.open(NOON, 12, carrier="DHL", warehouse="SEA9")
    for one in found(floor).findings:
        assert Finding.of_json(one.as_json) == replace(one, ids=frozenset())


@pytest.mark.parametrize(
    ("now", "zone", "end"),
    [
        pytest.param("2026-03-02T15:59+00:00", "UTC", "2026-03-02T12:00+00:00", id="before four"),
        pytest.param("2026-03-02T16:00+00:00", "UTC", "2026-03-02T16:00+00:00", id="at four"),
        pytest.param(
            "2026-03-09T13:00+00:00", "America/New_York", "2026-03-09T12:00+00:00", id="summer"
        ),
    ],
)
def test_slots_follow_the_local_clock(now: str, zone: str, end: str) -> None:
    """Four hours end at 00, 04, 08, ... where the client is."""
    assert slot_before(datetime.fromisoformat(now), zone) == datetime.fromisoformat(end)


def test_weeks_follow_the_local_clock() -> None:
    """14:00 is held against 14:00, before and after the clocks went forward."""
    until = datetime.fromisoformat("2026-03-09T18:00+00:00")
    found = spans_of(until, "America/New_York", until - timedelta(weeks=20))
    assert found.weeks[0][1] == datetime.fromisoformat("2026-03-02T19:00+00:00")
    assert len(found.weeks) == 8
