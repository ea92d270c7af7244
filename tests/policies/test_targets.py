"""Targets and their budgets: what is left, what is used, when people are told, what it costs."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.matching import When
from policies.money.fees import Fees
from policies.money.remedy import Tier, TieredRemedy
from policies.queries import Tally
from policies.targets import Standing, Target, credit_due, standing, window

TIERS = TieredRemedy(
    tiers=tuple(
        Tier(at_least=Decimal(least), pct=Decimal(pct))
        for least, pct in ((99, 0), (98, 2), (95, 5), (0, 10))
    ),
    pct_of="fulfilment_fees",
)
SHIP = Target(sla_id="ship", at_least=Decimal(99), alarms=(Decimal(50), Decimal(80)))
FEES = Fees(pick_pack_cents=60_000, fulfilment_cents=100_000, total_cents=150_000)
COUNTS = st.integers(0, 100_000)
TALLIES = st.builds(Tally, met=COUNTS, late=COUNTS, running=COUNTS, no_data=COUNTS)
PERCENT = st.decimals(0, 100, places=2)
TARGETS = st.builds(
    Target,
    sla_id=st.just("ship"),
    at_least=PERCENT,
    allowance=st.integers(0, 20),
    alarms=st.lists(st.decimals(1, 100, places=1), max_size=3).map(lambda one: tuple(sorted(one))),
)


def of(met: int, late: int, running: int = 0) -> Standing:
    """How 99 % stands."""
    return standing(SHIP, Tally(met=met, late=late, running=running))


@pytest.mark.parametrize(
    ("met", "late", "running", "left", "used", "passed"),
    [
        pytest.param(0, 0, 0, 0, 0, 0, id="nothing happened"),
        pytest.param(0, 0, 500, 5, 0, 0, id="nothing is decided"),
        pytest.param(412, 2, 0, 2, 50, 1, id="half of it is used"),
        pytest.param(198, 2, 300, 3, 40, 0, id="running ones widen the budget"),
        pytest.param(495, 4, 1, 1, 80, 2, id="both alarms"),
        pytest.param(99, 1, 0, 0, 100, 2, id="exactly 99 percent is kept"),
        pytest.param(98, 2, 0, -1, 200, 2, id="missed"),
        pytest.param(98, 1, 0, -1, 100, 2, id="no late one allowed yet"),
    ],
)
def test_budgets(met: int, late: int, running: int, left: int, used: int, passed: int) -> None:
    """What is allowed is one in a hundred, rounded down; what is left and used follows."""
    found = of(met, late, running)
    assert (found.left, int(found.used_pct), len(found.passed)) == (left, used, passed)


def test_an_allowance_widens_the_budget_and_costs_nothing() -> None:
    """Late ones that the contract forgives neither use up the share nor give credits."""
    target = replace(SHIP, allowance=3, remedy=TIERS)
    tally = Tally(met=96, late=4)
    assert standing(target, tally).left == 0
    assert credit_due(target, tally, FEES) == 0
    assert credit_due(replace(target, allowance=2), tally, FEES) == 2_000


@pytest.mark.parametrize(
    ("met", "late", "cents", "pct"),
    [
        pytest.param(0, 0, 0, 0, id="nothing decided"),
        pytest.param(99, 1, 0, 0, id="kept"),
        pytest.param(98, 2, 2_000, 2, id="98 percent"),
        pytest.param(95, 5, 5_000, 5, id="95 percent"),
        pytest.param(1, 99, 10_000, 10, id="nearly all late"),
    ],
)
def test_a_missed_target_costs_by_tiers(met: int, late: int, cents: int, pct: int) -> None:
    """The tier that was reached says which share of the period's fees is given back."""
    target, tally = replace(SHIP, remedy=TIERS), Tally(met=met, late=late)
    assert credit_due(target, tally, FEES) == cents
    assert standing(target, tally).credit_pct == pct


@given(TARGETS, TALLIES)
def test_one_more_late_one_never_leaves_more(target: Target, tally: Tally) -> None:
    """Being late once more leaves no more room, and takes back no alarm."""
    before = standing(target, tally)
    after = standing(target, replace(tally, late=tally.late + 1))
    assert after.left <= before.left
    assert set(before.passed) <= set(after.passed)
    if target.allowance == 0 and tally.running == 0 and after.compliance is not None:
        assert (after.left < 0) == (after.compliance < target.at_least)


@given(TARGETS, TALLIES)
def test_shares_stay_within_bounds(target: Target, tally: Tally) -> None:
    """A compliance is between 0 and 100, and there is none while nothing is decided."""
    found = standing(target, tally)
    assert (found.compliance is None) == (tally.met + tally.late == 0)
    assert found.compliance is None or 0 <= found.compliance <= 100
    assert found.used_pct >= 0


@given(TARGETS, COUNTS, COUNTS)
def test_a_budget_is_not_used_by_what_is_not_late(target: Target, met: int, running: int) -> None:
    """Without a late one nothing is used and nobody is told, however little is counted."""
    found = standing(target, Tally(met=met, running=running, no_data=7))
    assert (int(found.used_pct), len(found.passed)) == (0, 0)


NEW_YORK = "America/New_York"


def local(day: int, month: int = 3, year: int = 2026) -> datetime:
    """Midnight in New York."""
    return datetime(year, month, day, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


@pytest.mark.parametrize(
    ("days", "now", "since", "until", "key"),
    [
        pytest.param(
            None,
            datetime(2026, 3, 15, 12, tzinfo=UTC),
            local(1),
            local(1, 4),
            "2026-03",
            id="month",
        ),
        pytest.param(
            None,
            datetime(2026, 4, 1, 3, 59, tzinfo=UTC),
            local(1),
            local(1, 4),
            "2026-03",
            id="the last local minute of March is April in UTC",
        ),
        pytest.param(
            None,
            datetime(2026, 12, 31, 23, tzinfo=UTC),
            local(1, 12),
            local(1, 1, 2027),
            "2026-12",
            id="December",
        ),
        pytest.param(
            7,
            datetime(2026, 3, 10, 2, tzinfo=UTC),
            local(3),
            local(10),
            "2026-03-09",
            id="seven local days over a clock change",
        ),
    ],
)
def test_windows(
    days: int | None, now: datetime, since: datetime, until: datetime, key: str
) -> None:
    """Months and days are those of the client's wall calendar; the key names them for ever."""
    target = replace(SHIP, trailing_days=days)
    assert window(target, now, NEW_YORK) == (since, until, key)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from([None, 1, 7, 30]))  # noqa: DTZ001 - given UTC below
def test_now_is_always_in_its_window(moment: datetime, days: int | None) -> None:
    """Whatever the date, a window begins before the present and ends after it."""
    now = moment.replace(tzinfo=UTC)
    since, until, _ = window(replace(SHIP, trailing_days=days), now, NEW_YORK)
    assert since <= now < until


@pytest.mark.parametrize(
    ("when", "measurable", "clients"),
    [
        pytest.param(When(), True, (), id="everything"),
        pytest.param(
            When(values=(("client", frozenset({"b", "a"})),)), True, ("a", "b"), id="clients"
        ),
        pytest.param(When(values=(("service", frozenset({"2day"})),)), False, (), id="a service"),
        pytest.param(When(lacking=frozenset({"preorder"})), False, (), id="a tag"),
    ],
)
def test_what_can_be_counted(when: When, *, measurable: bool, clients: tuple[str, ...]) -> None:
    """Clocks are told apart by client and channel; other targets are not given a wrong figure."""
    target = replace(SHIP, when=when)
    assert (target.measurable, target.among("client")) == (measurable, clients)


def test_targets_of_one_rule_have_names_of_their_own() -> None:
    """Two targets on one rule never silence each other's alarms."""
    when = When(values=(("channel", frozenset({"shopify"})),))
    variants = (SHIP, replace(SHIP, trailing_days=7), replace(SHIP, when=when))
    assert len({target.name for target in variants}) == 3
    assert replace(SHIP, at_least=Decimal("99.0")).name == SHIP.name
