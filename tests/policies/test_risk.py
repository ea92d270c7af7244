"""Risk: until when a promise can be saved, how likely it breaks, and whether that was true."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calendar import Calendar
from policies.calendar_plan import CalendarPlan
from policies.clock import Clock
from policies.facts import OrderEvent, Timeline
from policies.promise import SlaRule, Within
from policies.reasons import ReasonCode, Severity, Stage
from policies.risk import (
    LEAST_SAMPLES,
    Outlook,
    Pace,
    last_pickup,
    next_kind,
    outlook,
    pickup_before,
    point_of,
    risk_of,
    sample_of,
)
from policies.sites import CalendarChoice
from policies.sla import evaluate
from tests.policies.builders import at, event, timeline

SHIP = SlaRule(
    sla_id="ship",
    stage=Stage.SHIP,
    promise="leaves within 8 h of payment",
    start=("order_paid",),
    stop=("manifested",),
    cancel=("order_cancelled",),
    deadline=Within(minutes=480),
    reason_code=ReasonCode.SHIP_DELAY,
    severity=Severity.HIGH,
)
PAID, PICKED, PACKED = (
    event("order_paid", 0, carrier="ups", warehouse="ATL1"),
    event("pick_completed", 100),
    event("pack_completed", 200),
)
WEEKDAYS = dict.fromkeys(range(5), ((0, 1440),))
UPS = Calendar(
    CalendarPlan(name="carrier.ups", timezone="UTC", week=WEEKDAYS, pickups={"ATL1": 17 * 60 + 30})
)
PICKUP = at(450)
"""17:30 on the day on which the order was paid at 10:00."""


def clock_of(events: Timeline, now: float, rule: SlaRule = SHIP) -> Clock:
    """The one clock of a rule."""
    (clock,) = evaluate(events, [rule], at(now))
    return clock


def seen(*events: OrderEvent, now: float, pace: Pace, pickup: datetime | None = None) -> Outlook:
    """The outlook of an order with these events."""
    told = timeline(*events)
    return outlook(clock_of(told, now), told, pace, at(now), pickup)


def steady(minutes: float, **more: float) -> Pace:
    """Orders that all needed the same."""
    return Pace(samples=(minutes,) * LEAST_SAMPLES, **more)  # type: ignore[arg-type]


def test_the_last_moment_is_the_deadline_less_the_usual_time() -> None:
    """An order that usually needs three hours from here must go on three hours before it is due."""
    found = seen(PAID, now=60, pace=steady(180))
    assert (found.last_moment, found.limit, found.pickup) == (at(300), at(480), False)
    assert found.next_kind == "pick_completed"


def test_a_pickup_comes_before_the_deadline() -> None:
    """What must leave with the last pickup has to be ready for that."""
    found = seen(PAID, now=60, pace=steady(180), pickup=PICKUP)
    assert (found.last_moment, found.limit, found.pickup) == (at(270), PICKUP, True)


def test_a_long_queue_costs_time() -> None:
    """Forty orders ahead at ten an hour take over four hours, more than the usual three."""
    found = seen(PAID, now=60, pace=steady(180, per_hour=10.0, ahead=40))
    assert found.last_moment == at(480 - 246)
    assert found.reasons == ("usually 3 h from here", "40 orders ahead, 10 an hour")


def test_the_usual_waiting_is_not_counted_twice() -> None:
    """A queue that takes no longer than usual is in the usual time already."""
    found = seen(PAID, now=60, pace=steady(180, per_hour=10.0, ahead=20))
    assert found.last_moment == at(480 - 180)


def test_too_little_is_known_of_too_few() -> None:
    """Under twenty samples neither a moment nor a risk is claimed."""
    found = seen(PAID, now=60, pace=Pace(samples=(180.0,) * (LEAST_SAMPLES - 1)))
    assert (found.last_moment, found.risk) == (None, None)


@pytest.mark.parametrize(
    ("spent", "room", "risk"),
    [
        pytest.param(0, 200, 1 / 41, id="nobody needed so long"),
        pytest.param(0, 119.5, 21 / 41, id="half did"),
        pytest.param(119.5, 129.5, 11 / 21, id="of those still waiting, half did"),
        pytest.param(500, 600, 1.0, id="nobody ever waited so long"),
    ],
)
def test_risk_is_a_share_of_orders_that_came_as_far(spent: float, room: float, risk: float) -> None:
    """Only orders that were not done by now either say something of this one."""
    assert risk_of([100.0 + number for number in range(40)], spent, room) == pytest.approx(risk)


@given(st.lists(st.floats(0, 1000), max_size=60), st.floats(0, 1000), st.floats(0, 1000))
def test_less_room_is_never_less_risk(samples: list[float], spent: float, room: float) -> None:
    """A risk is a share, and grows as the time that is left shrinks."""
    risk = risk_of(samples, spent, room)
    assert 0 < risk <= 1
    assert risk_of(samples, spent, room / 2) >= risk


def test_how_far_an_order_has_come() -> None:
    """The last step that happened on the way counts, and the next one is named."""
    for events, point, following in (
        ((PAID,), "order_paid", "pick_completed"),
        ((PAID, PICKED), "pick_completed", "pack_completed"),
        ((PAID, PICKED, PACKED), "pack_completed", "manifested"),
        ((PAID, PACKED), "pack_completed", "manifested"),
    ):
        told = timeline(*events)
        clock = clock_of(told, 210)
        assert (point_of(clock, told).kind, next_kind(clock, told)) == (point, following)


def test_samples_count_from_where_this_order_is() -> None:
    """Of a finished order the minutes from the same step to its end are taken."""
    told = timeline(PAID, PICKED, PACKED, event("manifested", 260))
    clock = clock_of(told, 600)
    assert sample_of(clock, told, "order_paid") == 260
    assert sample_of(clock, told, "pick_completed") == 160
    assert sample_of(clock, told, "staged") is None
    late = timeline(PAID, PICKED)
    assert sample_of(clock_of(late, 600), late, "pick_completed") == 500


def test_pickups_stand_in_the_carriers_calendar() -> None:
    """A promise to ship looks for the order's own carrier, site and last business day."""
    choice = CalendarChoice(key="carrier", table={"ups": {"": UPS}})
    scan = replace(SHIP, sla_id="firstscan", pick_calendar=choice)
    told = timeline(PAID)
    rules, stated = (SHIP, scan), told.facts()
    assert pickup_before(clock_of(told, 60), rules, stated) == PICKUP
    assert pickup_before(clock_of(told, 60), rules, {**stated, "carrier": "dhl"}) is None
    assert pickup_before(clock_of(told, 60), rules, {**stated, "warehouse": "RNO"}) is None
    picking = replace(SHIP, stage=Stage.PICK)
    assert pickup_before(clock_of(told, 60, picking), rules, stated) is None
    sunday = datetime(2026, 3, 8, 20, tzinfo=UTC)
    assert last_pickup(UPS, "atl1", sunday) == datetime(2026, 3, 6, 17, 30, tzinfo=UTC)


def history(seed: int, orders: int, rush: float) -> list[tuple[float, float, float, float]]:
    """Minutes of paying, picking, packing and leaving of orders, with calm days and a rush."""
    chance = random.Random(seed)  # noqa: S311 - a seeded generator is the point
    found, paid = [], 0.0
    for number in range(orders):
        paid += chance.expovariate(1 / 12)
        busy = rush if (number // 150) % 2 else 1.3
        pick = paid + busy * chance.lognormvariate(4.6, 0.5)
        pack = pick + busy * chance.lognormvariate(4.2, 0.5)
        found.append((paid, pick, pack, pack + busy * chance.lognormvariate(4.4, 0.6)))
    return found


def told_of(order: tuple[float, float, float, float], now: float) -> Timeline:
    """What is known of such an order by then."""
    kinds = ("order_paid", "pick_completed", "pack_completed", "manifested")
    known = [event(kind, at) for kind, at in zip(kinds, order, strict=True) if at <= now]
    return timeline(*known)


def measured(seed: int, rush: float) -> list[tuple[float, bool]]:
    """The risk of orders five hours after payment, by those before them, and if they were late."""
    orders = history(seed, 600, rush)
    found = []
    for place, order in list(enumerate(orders))[100::2]:
        now = order[0] + 300
        if order[3] <= now:
            continue
        told = told_of(order, now)
        clock = clock_of(told, now)
        decided = [told_of(one, now) for one in orders[max(0, place - 110) : place - 30]]
        decided = [one for one in decided if one.events[0].occurred_at <= at(now - 480)][-60:]
        kind = point_of(clock, told).kind
        samples = [sample_of(clock_of(one, now), one, kind) for one in decided]
        pace = Pace(samples=tuple(minutes for minutes in samples if minutes is not None))
        risk = outlook(clock, told, pace, at(now)).risk
        if risk is not None:
            found.append((risk, order[3] - order[0] > 480))
    return found


def test_a_higher_risk_was_borne_out() -> None:
    """On calm days and in a rush the orders called risky were late more often than the others."""
    found = [pair for seed in (1, 2) for pair in measured(seed, 2.2)]
    risky = [late for risk, late in found if risk >= 0.6]
    calm = [late for risk, late in found if risk < 0.6]
    assert len(risky) > 30
    assert len(calm) > 30
    assert sum(risky) / len(risky) > 0.5 > sum(calm) / len(calm)


def test_the_shares_are_true_ones() -> None:
    """Where days are alike, of the orders with a risk of so much about so many were late."""
    found = [pair for seed in (3, 4, 5, 6) for pair in measured(seed, 1.3)]
    for lowest, highest in ((0.0, 0.15), (0.15, 0.3), (0.3, 1.01)):
        group = [pair for pair in found if lowest <= pair[0] < highest]
        claimed = sum(risk for risk, _ in group) / len(group)
        assert len(group) > 50
        assert sum(late for _, late in group) / len(group) == pytest.approx(claimed, abs=0.15)


def test_an_hour_is_an_hour_of_the_calendar() -> None:
    """Over a weekend that does not count nothing is lost: Monday's work is due on Monday."""
    friday = datetime(2026, 3, 6, 22, tzinfo=UTC)
    minutes = (friday - at(0)) / timedelta(minutes=1)
    rule = replace(SHIP, calendar=UPS)
    told = timeline(event("order_paid", minutes))
    clock = clock_of(told, minutes, rule)
    found = outlook(clock, told, steady(180), friday)
    assert found.last_moment == datetime(2026, 3, 9, 3, tzinfo=UTC)
