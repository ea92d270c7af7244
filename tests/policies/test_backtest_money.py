"""What a change of promises costs: credits of breaches, allowances, caps, targets."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from policies.backtest import backtest
from policies.backtesting.report import Credits, Money, Periods, Report, TargetChange
from policies.backtesting.trial import Span, Targets
from policies.book.read import SlaBook
from policies.facts import Timeline
from policies.order_facts import ALONE, Around
from tests.policies.builders import at, event
from tests.policies.test_backtest import NOW, an_order, pick, picked, policy
from tests.policies.test_tariff import TARIFF

CREDIT = ", remedy: {credit: {cents: 500}}"
NOTHING = Credits(breaches_cents=0, targets_cents=0, ramp_cents=0, unknown=0)
MONTH_MINUTES = 30 * 1440
"""From 2 March to 1 April."""


def priced(
    orders: Iterable[Timeline], new: SlaBook, old: SlaBook, around: Around = ALONE
) -> Report:
    """The new policy against the old one, with money."""
    targets = Targets(new.targets, old.targets)
    now = at(10 * MONTH_MINUTES)
    return backtest(orders, new.rules, old.rules, now, around, TARIFF, Span(), targets)


def money(orders: Iterable[Timeline], new: SlaBook, old: SlaBook) -> Money:
    """What that comes to."""
    found = priced(orders, new, old).money
    assert found
    return found


def late(count: int, start: float = 0, **payload: object) -> list[Timeline]:
    """Orders picked after 90 minutes, a minute apart."""
    return [
        picked(f"SO-{start}-{n}-{payload}", 90, start=start + n, **payload) for n in range(count)
    ]


@pytest.mark.parametrize(
    ("remedy", "orders", "cents"),
    [
        pytest.param("credit: {cents: 500}", late(3), 1500, id="fixed"),
        pytest.param("credit: {cents: 500}, allowance: 2", late(3), 500, id="allowance"),
        pytest.param(
            "credit: {cents: 500}, allowance: 2",
            [*late(3), *late(3, MONTH_MINUTES)],
            1000,
            id="allowance of each month",
        ),
        pytest.param(
            "credit: {cents: 500}, cap: {per: month, cents: 700}",
            [*late(3), *late(1, MONTH_MINUTES)],
            1200,
            id="cap of each month",
        ),
        pytest.param(
            "credit: {cents: 500}, cap: {per: month, cents: 700}",
            [*late(3, client="acme"), *late(3, client="globex")],
            1400,
            id="cap of each client",
        ),
        pytest.param(
            "credit: {per: unit, cents: 500}",
            [an_order("SO-1", [event("order_paid", 0), event("pick_completed", 90, items=3)])],
            1500,
            id="for each unit",
        ),
        pytest.param(
            "credit: {amount: {pct_of: pick_pack_fee, value: 100}}", late(2), 100, id="fee"
        ),
        pytest.param(
            "credit: {amount: {pct_of: order_value, value: 10}}",
            late(2, order_value_cents=5000),
            1000,
            id="order's value",
        ),
    ],
)
def test_credits_are_those_of_the_remedy(remedy: str, orders: list[Timeline], cents: int) -> None:
    """Breaches give back what the rule's remedy says, by client and month of the deadline."""
    found = money(orders, policy(pick(60, more=f", remedy: {{{remedy}}}")), policy(pick(120)))
    assert (found.currency, found.new.due_cents, found.old) == ("USD", cents, NOTHING)


def test_the_tenant_is_the_client_where_it_is_known() -> None:
    """A tenant's cap is one cap, whatever its payloads name as client."""
    remedy = ", remedy: {credit: {cents: 500}, cap: {per: month, cents: 700}}"
    orders = [*late(3, client="a"), *late(3, client="b")]
    found = priced(orders, policy(pick(60, more=remedy)), policy(pick(120)), Around(tenant="acme"))
    assert found.money
    assert found.money.new.due_cents == 700


def test_both_sides_are_priced() -> None:
    """What the old rules give back stands beside it, also where a rule does not change."""
    rule = policy(pick(60, more=CREDIT))
    found = money(late(2), rule, rule)
    assert (found.new.due_cents, found.old.due_cents) == (1000, 1000)
    (change,) = priced(late(2), rule, rule).rules
    assert (change.new_credit_cents, change.old_credit_cents) == (1000, 1000)


def test_an_order_gets_its_credit_once() -> None:
    """A credit per order is given once, however often a repeating promise was broken on it."""
    scans = [event("carrier_scan", minute, f"scan-{minute}") for minute in (0, 90, 240)]
    stall = (
        "id: stall, repeat: each, start: [carrier_scan], stop: [carrier_scan], stage: DELIVER, "
        f"deadline: {{within: 60m}}, on_breach: {{exception: TRANSIT_STALL}}{CREDIT}"
    )
    assert money([an_order("SO-1", scans)], policy(stall), policy(pick(60))).new.due_cents == 500


def test_an_unknown_value_is_told_and_not_guessed() -> None:
    """A share of a value that no event states is counted as not known."""
    remedy = ", remedy: {credit: {amount: {pct_of: order_value, value: 10}}}"
    found = money(late(2), policy(pick(60, more=remedy)), policy(pick(120)))
    assert found.new == NOTHING._replace(unknown=2)


def test_nothing_is_due_in_the_ramp_period() -> None:
    """Before remedies begin a breach gives nothing back; what it would have been is told."""
    ramp = "effective: {from: 2026-02-01, ramp_days: 60}"
    orders = [*late(2), *late(1, MONTH_MINUTES + 5 * 1440)]
    found = money(orders, policy(pick(60, more=CREDIT), more=ramp), policy(pick(120)))
    assert (found.new.due_cents, found.new.ramp_cents) == (500, 1000)


def test_an_excluded_breach_gives_nothing_back() -> None:
    """What the rule excludes counts neither for credits nor for targets."""
    rule = pick(60, more=f"{CREDIT}, exclude: [{{fault: client}}]")
    faulty = an_order("SO-1", [event("order_paid", 0), event("pick_completed", 90, fault="client")])
    new = policy(rule, more=target())
    report = priced([faulty], new, policy(pick(120)))
    assert report.money
    assert report.money.new == NOTHING
    assert periods(report).kept + periods(report).late == 0
    assert report.rules[0].new
    assert report.rules[0].new.excluded == 1


def test_without_a_tariff_nothing_is_priced() -> None:
    """Without prices there is no money in the report, rather than none due."""
    new = policy(pick(60, more=CREDIT), more=target())
    report = backtest(late(1), new.rules, new.rules, NOW, targets=Targets(new.targets))
    assert report.money is None
    assert (report.rules[0].new_credit_cents, periods(report).credit_cents) == (None, None)


def target(window: str = "calendar_month", least: int = 99, more: str = "") -> str:
    """A target on the pick promise."""
    return f"targets: [{{sla: pick, window: {window}, at_least: {least}{more}}}]"


def periods(report: Report) -> Periods:
    """How the report's one target would be kept."""
    found = only(report).new_periods
    assert found
    return found


def only(report: Report) -> TargetChange:
    """The report's one target."""
    (found,) = report.targets
    return found


def kept(count: int, start: float = 0) -> list[Timeline]:
    """Orders picked at once."""
    return [picked(f"KEPT-{start}-{n}", 5, start=start + n) for n in range(count)]


def test_a_target_is_measured_by_both_policies() -> None:
    """Compliance, months and months missed are told as they would be and as they were."""
    orders = [*kept(8), *late(2), *kept(10, MONTH_MINUTES)]
    new, old = policy(pick(60), more=target()), policy(pick(120), more=target(least=95))
    found = only(priced(orders, new, old))
    assert found.new_periods
    assert [(one.month, one.pct, one.credit_cents) for one in found.new_periods.months] == [
        ("2026-03", Decimal(80), None),
        ("2026-04", Decimal(100), None),
    ]
    assert found.new_periods._replace(months=()) == Periods(
        kept=18,
        late=2,
        pct=Decimal(90),
        windows=2,
        missed=1,
        worst="2026-03",
        worst_pct=Decimal(80),
        credit_cents=None,
    )
    assert found.old_periods
    assert (found.old_periods.pct, found.old_periods.missed) == (Decimal(100), 0)
    assert found.old
    assert found.old.at_least == 95


def test_trailing_days_are_measured_every_day() -> None:
    """A target over trailing days has a window up to each day on which there is anything in it."""
    orders = [*late(1), *kept(1, 1440), *kept(1, 3 * 1440)]
    found = periods(priced(orders, policy(pick(60), more=target("trailing_2d")), policy(pick(60))))
    assert (found.windows, found.missed) == (4, 2)
    assert (found.worst, found.worst_pct) == ("2026-03-02", Decimal(0))


def test_a_missed_target_gives_back_a_share_of_the_month() -> None:
    """Five percent of the fulfilment fees of the month in which the target was missed."""
    tiers = ", remedy: {tiered: [[99, 0], [0, 5]], pct_of: fulfilment_fees}"
    orders = [*kept(18), *late(2), *kept(10, MONTH_MINUTES)]
    new = policy(pick(60), more=target(more=tiers))
    report = priced(orders, new, policy(pick(120)))
    assert report.money
    assert periods(report).credit_cents == 50 == report.money.new.targets_cents  # 5 % of 20 x 50


def test_a_target_for_one_client_hears_of_no_other() -> None:
    """A target counts the clients that it is for, and one on anything else is not measured."""
    orders = [*late(1, client="acme"), *late(2, client="globex")]
    acme = policy(pick(60), more=target(more=", when: {client: acme}"))
    site = policy(pick(60), more=target(more=", when: {warehouse: ATL1}"))
    assert periods(priced(orders, acme, acme)).late == 1
    found = only(priced(orders, site, site))
    assert (found.measured, found.new_periods) == (False, None)
