"""Versions of a policy: what has begun is judged by what was promised when it began."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.book.read import SlaBook, read_sla_book
from policies.clock import Clock
from policies.facts import timeline_of
from policies.promises import Adopted, Promises, one_after_the_other, promises_of
from policies.reasons import ClockState
from policies.sla import evaluate
from tests.policies.worked_example import Move, events_of, ny

CHANGE = ny("2026-03-10 00:00")
TEXT = """
version: {version}
{effective}
calendars: {{site: {{tz: America/New_York, shifts: {{mon-fri: ["{shift}"]}}, days_off: [{off}]}}}}
slas:
- id: pack
  group: pack
  start: [order_paid]
  stop: [pack_completed]
  deadline: {{within: {within}, calendar: site}}
"""


def book(
    version: str, within: str = "4h", shift: str = "08:00-18:00", off: str = "", effective: str = ""
) -> SlaBook:
    """A version of the policy."""
    text = TEXT.format(version=version, within=within, shift=shift, off=off, effective=effective)
    return read_sla_book(text)


def rules_of(*books: SlaBook, change: datetime = CHANGE) -> Promises:
    """Versions of which each governs from a day later than the one before it."""
    adopted = [
        Adopted(book=one, since=None if place == 0 else change + timedelta(days=place - 1))
        for place, one in enumerate(books)
    ]
    return Promises(rules=one_after_the_other(adopted))


def judged(promises: Promises, *moves: Move, now: str = "2026-04-01 00:00") -> list[Clock]:
    """The clocks of an order of nobody in particular."""
    return list(evaluate(timeline_of("SO-1", events_of(*moves)), promises.of("any"), ny(now)))


@pytest.mark.parametrize(
    ("paid", "version", "due"),
    [
        ("2026-03-09 08:00", "1", "2026-03-09 12:00"),
        ("2026-03-09 23:59:59", "1", "2026-03-10 12:00"),
        ("2026-03-10 00:00", "2", "2026-03-10 10:00"),
        ("2026-03-12 08:00", "3", "2026-03-12 09:00"),
    ],
)
def test_the_version_in_force_at_the_start_judges(paid: str, version: str, due: str) -> None:
    """A clock belongs to one version, the one that governed when it started."""
    promises = rules_of(book("1"), book("2", within="2h"), book("3", within="1h"))
    (clock,) = judged(promises, ("order_paid", paid))
    assert (clock.rule.version, clock.deadline_at) == (version, ny(due))


def test_versions_of_the_same_name() -> None:
    """An edit that forgot to raise the version is told apart by its date."""
    promises = rules_of(book("1"), book("1", within="2h"))
    (clock,) = judged(promises, ("order_paid", "2026-03-11 08:00"))
    assert clock.deadline_at == ny("2026-03-11 10:00")


@pytest.mark.parametrize(
    "edited",
    [
        book("2", shift="10:00-12:00"),
        book("2", off="2026-03-02, 2026-03-03"),
        book("2", shift="00:00-24:00", within="1m"),
    ],
    ids=["shorter shifts", "days off in the past", "another promise"],
)
def test_an_edit_rewrites_no_verdict(edited: SlaBook) -> None:
    """Verdicts, deadlines and minutes of what began before are as they were."""
    orders: list[tuple[Move, ...]] = [
        (("order_paid", f"2026-03-0{day} 09:00"), ("pack_completed", f"2026-03-0{day} {hour}:00"))
        for day in (2, 3, 4)
        for hour in (12, 14)
    ]
    for moves in orders:
        before = judged(rules_of(book("1")), *moves)
        after = judged(rules_of(book("1"), edited), *moves)
        assert [
            (c.state, c.deadline_at, c.elapsed_minutes, c.calendar.version) for c in before
        ] == [(c.state, c.deadline_at, c.elapsed_minutes, c.calendar.version) for c in after]


def test_calendars_of_versions_are_told_apart() -> None:
    """An edited calendar has another version, which a clock keeps on record."""
    one, two = book("1").calendars["site"], book("2", off="2026-03-03").calendars["site"]
    assert one != two
    assert one == book("7").calendars["site"]


def test_own_dates_hold_within_an_adoption() -> None:
    """A version's own `effective` dates may be narrower than the time in which it governs."""
    late = book("2", effective="effective: {from: 2026-03-16, until: 2026-03-20}")
    promises = rules_of(book("1"), late)
    days = ("2026-03-09", "2026-03-11", "2026-03-17", "2026-03-23")
    started = [judged(promises, ("order_paid", f"{day} 09:00")) for day in days]
    found = [[clock.rule.version for clock in clocks] for clocks in started]
    assert found == [["1"], [], ["2"], []]


def test_a_reset_stays_with_its_version() -> None:
    """An order that is edited after the change is still judged by what it was promised."""
    text = TEXT.replace("  stop:", "  reset: [order_edited]\n  stop:")
    one, two = (
        read_sla_book(text.format(version=v, within=w, shift="08:00-18:00", off="", effective=""))
        for v, w in (("1", "8h"), ("2", "1h"))
    )
    paid, edited = ("order_paid", "2026-03-09 17:00"), ("order_edited", "2026-03-10 09:00")
    (clock,) = judged(rules_of(one, two), paid, edited)
    assert (clock.rule.version, clock.deadline_at) == ("1", ny("2026-03-10 17:00"))


def test_tenants_have_their_own() -> None:
    """A tenant's own rules go before everyone's; a rule is found by name and version."""
    everyone, own = book("1"), book("2", within="1h")
    promises = Promises(rules=everyone.rules, own_rules={"acme": (*everyone.rules, *own.rules)})
    assert promises.of("other") == everyone.rules
    assert [rule.version for rule in promises.of("acme")] == ["1", "2"]
    found = [promises.rule("acme", "pack", version) for version in ("1", "2", "9", None)]
    assert [rule.version if rule else None for rule in found] == ["1", "2", "2", "2"]
    assert promises.rule("acme", "none") is None
    assert promises_of(everyone).rules == everyone.rules


def test_watched_before_enforced() -> None:
    """What starts before `enforce_from` has a verdict and opens nothing."""
    watched = book("1", effective="effective: {enforce_from: 2026-03-10T04:00:00Z}")
    clocks = [
        judged(rules_of(watched), ("order_paid", paid))[0]
        for paid in ("2026-03-09 23:59", "2026-03-10 00:00")
    ]
    assert [clock.state for clock in clocks] == [ClockState.BREACHED] * 2
    assert [clock.enforced for clock in clocks] == [False, True]
    assert datetime(2026, 3, 10, 4, tzinfo=UTC) == CHANGE
