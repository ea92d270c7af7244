"""The multipliers of the replaced system: they hold where a policy switches them on, only there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from policies.book.read import read_sla_book
from policies.errors import PolicyError
from policies.facts import OrderEvent, timeline_of
from policies.order_facts import HOUR, Around
from policies.sla import evaluate
from tests.policies.builders import PACKAGED

TEXT = PACKAGED.read_text(encoding="utf-8")
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 10, tzinfo=UTC)
PEAK = datetime(2026, 11, 16, 10, tzinfo=UTC)
DAY_OFF = datetime(2026, 5, 25, 10, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A preset, an order, the last minute that is in time, and orders of the hour before."""

    preset: str
    paid: datetime
    limit: int
    flags: list[str] = field(default_factory=list)
    orders: int = 0


CASES = (
    Case(preset="weekend", paid=SATURDAY, limit=180),
    Case(preset="weekend", paid=MONDAY, limit=120),
    Case(preset="volume", paid=MONDAY, limit=156, orders=101),
    Case(preset="volume", paid=MONDAY, limit=120, orders=100),
    Case(preset="peak", paid=PEAK, limit=168),
    Case(preset="peak", paid=PEAK.replace(day=14), limit=120),
    Case(preset="peak", paid=PEAK.replace(month=12, day=31), limit=168),
    Case(preset="peak", paid=MONDAY.replace(month=1, day=1), limit=120),
    Case(preset="holiday", paid=DAY_OFF, limit=240),
    Case(preset="holiday", paid=MONDAY, limit=120),
    Case(preset="oversized", paid=MONDAY, limit=180, flags=["oversized"]),
    Case(preset="hazmat", paid=MONDAY, limit=240, flags=["HazMat"]),
    Case(preset="fragile", paid=MONDAY, limit=144, flags=["fragile"]),
    Case(preset="fragile", paid=MONDAY, limit=120, flags=["hazmat"]),
    Case(preset="items", paid=MONDAY, limit=432, flags=["oversized", "hazmat", "fragile"]),
    Case(preset="weekend, items", paid=SATURDAY, limit=360, flags=["hazmat"]),
)


def verdict(text: str, case: Case, picked: float) -> str:
    """What the pick clock says of an order that was picked so many minutes after it was paid."""
    moves = (("order_paid", 0.0), ("pick_completed", picked))
    events = [
        OrderEvent(
            source="wms",
            event_id=kind,
            event_type=kind,
            order_id="SO-1",
            occurred_at=case.paid + timedelta(minutes=minutes),
            payload={"flags": case.flags},
        )
        for kind, minutes in moves
    ]

    def volume(moment: datetime, window: timedelta) -> int:
        return case.orders if (moment, window) == (case.paid, HOUR) else 0

    now = case.paid + timedelta(days=3)
    rules = read_sla_book(text).rules
    found = evaluate(timeline_of("SO-1", events), rules, now, Around(volume=volume))
    return next(clock.state.value for clock in found if clock.rule.sla_id == "pick")


def switched_on(presets: str) -> str:
    """The packaged policy with presets."""
    return f"presets: [{presets}]\n{TEXT}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.preset}-{case.limit}")
def test_preset(case: Case) -> None:
    """With the preset the last minute is in time, and the next one is not."""
    text = switched_on(case.preset)
    assert verdict(text, case, case.limit) == "met"
    assert verdict(text, case, case.limit + 1) == "breached"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.preset}-{case.limit}")
def test_without_it(case: Case) -> None:
    """The packaged policy has none switched on: 120 minutes for everything."""
    assert (verdict(TEXT, case, 120), verdict(TEXT, case, 121)) == ("met", "breached")


@pytest.mark.parametrize(
    ("paid", "picked", "orders", "presets"),
    [(SATURDAY, 150, 0, "weekend"), (MONDAY, 140, 101, "volume")],
)
def test_cases_of_the_replaced_system(
    paid: datetime, picked: float, orders: int, presets: str
) -> None:
    """Picked 150 minutes after a Saturday's payment, or 140 at a busy hour, is met with them."""
    case = Case(preset=presets, paid=paid, limit=0, orders=orders)
    assert verdict(switched_on(presets), case, picked) == "met"
    assert verdict(TEXT, case, picked) == "breached"


def test_other_numbers_for_a_preset() -> None:
    """A policy may say a factor or a limit of its own, and only for one rule."""
    own = "multipliers: {volume: {over: 10}, rush: {factor: 0.5, on: flag}}\n"
    text = own + TEXT.replace(
        "deadline: {within: 120m}", "deadline: {within: 120m}\n    multipliers: [volume, rush]"
    )
    busy = Case(preset="", paid=MONDAY, limit=156, orders=11)
    rush = Case(preset="", paid=MONDAY, limit=60, flags=["rush"])
    for case in (busy, rush):
        assert verdict(text, case, case.limit) == "met"
        assert verdict(text, case, case.limit + 1) == "breached"


def test_holidays_of_the_calendar_go_first() -> None:
    """Where a rule's calendar names holidays those count, else the ones that the policy names."""
    german = "multipliers: {holiday: {holidays: [DE]}}\n"
    unity = Case(preset="holiday", paid=datetime(2026, 10, 1, 22, 30, tzinfo=UTC), limit=0)
    july = Case(preset="holiday", paid=datetime(2026, 7, 3, 10, tzinfo=UTC), limit=0)
    may = Case(preset="holiday", paid=datetime(2026, 5, 1, 10, tzinfo=UTC), limit=0)
    on = switched_on("holiday")
    assert [verdict(on, case, 240) for case in (july, may)] == ["met", "breached"]
    assert [verdict(german + on, case, 240) for case in (july, may)] == ["breached", "met"]
    site = "calendars: {site: {tz: Europe/Berlin, days: mon-sun, days_off: [2026-10-02]}}\n"
    closed = site + on.replace("within: 120m", "within: 120m, calendar: site")
    assert verdict(closed, unity, 1440 - 30 + 239) == "met", "the day off itself does not count"
    assert verdict(closed, july, 121) == "breached"


def test_unknown_preset() -> None:
    """A preset that there is not is refused with those that there are."""
    with pytest.raises(PolicyError) as caught:
        read_sla_book(f"presets: [weekends]\n{TEXT}")
    assert "weekend, holiday, volume, peak" in str(caught.value.faults[0])
