"""Back-tests on stored orders: pages, limits, spans, and what governs a tenant."""

from dataclasses import replace

import pytest

from jobs import backtest_policy
from jobs.backtest_policy import simulate_policy
from policies.backtesting.report import Report
from policies.book.read import read_sla_book
from policies.errors import PolicyFault
from policies.promises import Adopted, Promises, one_after_the_other
from tests.jobs.world import ACME, GLOBEX, World, of, open_world
from tests.policies.builders import at, event
from tests.policies.test_backtest import pick, policy

TEXT = """
version: "2"
slas:
  - id: pick
    start: [order_paid]
    stop: [pick_completed]
    deadline: {within: 60m}
    on_breach: {exception: PICK_DELAY}
"""


async def warehouse(orders: int, tenant_id: int = 1) -> World:
    """Orders that were all picked after 90 minutes."""
    world = await open_world()
    for number in range(orders):
        order_id = f"SO-{number:03}"
        paid = event("order_paid", number, f"paid-{number}")
        picked = event("pick_completed", number + 90, f"picked-{number}")
        await world.hear(of(order_id, paid), of(order_id, picked), tenant_id=tenant_id)
    return world


async def simulated(world: World, text: str = TEXT, limit: int = 20_000) -> Report:
    """What the text would have done to Acme's orders since T0."""
    found = await simulate_policy(
        text,
        ACME,
        storage=world.storage,
        promises=world.promises,
        since=at(0),
        now=at(1000),
        limit_orders=limit,
    )
    assert isinstance(found, Report)
    return found


async def test_stored_orders_are_judged_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every order of the span is judged once, however many pages there are."""
    monkeypatch.setattr(backtest_policy, "_PAGE", 3)
    report = await simulated(await warehouse(7))
    assert (report.orders, report.newly_breached, report.complete) == (7, 7, True)


@pytest.mark.parametrize("limit", [3, 6, 7, 8])
async def test_a_limit_cuts_off_and_says_so(
    limit: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No more orders than the limit are judged, and the report says when there were more."""
    monkeypatch.setattr(backtest_policy, "_PAGE", 2)
    report = await simulated(await warehouse(7), limit=limit)
    assert (report.orders, report.complete) == (min(limit, 7), limit >= 7)


async def test_only_the_tenants_own_orders_count() -> None:
    """Orders of another tenant are not looked at."""
    assert (await simulated(await warehouse(2, GLOBEX.id))).orders == 0


async def test_what_began_before_the_span_is_left_out() -> None:
    """An order with an event in the span whose promise began before it gives no clock."""
    world = await warehouse(3)
    found = await simulate_policy(
        TEXT,
        ACME,
        storage=world.storage,
        promises=world.promises,
        since=at(1),
        now=at(1000),
    )
    assert isinstance(found, Report)
    assert found.rules[0].new
    assert (found.orders, found.rules[0].new.clocks) == (3, 2)


async def test_faults_of_the_text_are_told() -> None:
    """A text that cannot be used gives its faults with lines, and nothing is read."""
    world = await open_world()
    found = await simulate_policy(
        TEXT.replace("60m", "soon"),
        ACME,
        storage=world.storage,
        promises=world.promises,
        since=at(0),
        now=at(1000),
    )
    assert isinstance(found, tuple)
    assert [(fault.line, type(fault)) for fault in found] == [(7, PolicyFault)]


async def test_it_is_compared_with_the_version_in_force_for_the_tenant() -> None:
    """Of a policy that was changed the version that governs now is the old one, for all orders."""
    world = await warehouse(2)
    first, second = policy(pick(60)), replace(policy(pick(120)), version="2")
    versions = [Adopted(book=first, since=None), Adopted(book=second, since=at(500))]
    rules = one_after_the_other(versions)
    world.promises = Promises(rules=(), own_rules={ACME.name: rules})
    assert (await simulated(world)).newly_breached == 2
    world.promises = Promises(rules=(), own_rules={ACME.name: rules[:1]})
    assert (await simulated(world)).newly_breached == 0


async def test_volume_is_that_of_the_stored_orders() -> None:
    """A rule whose time depends on how busy it is sees how many orders had begun."""
    busy = TEXT.replace("stop:", "multipliers: [busy]\n    stop:").replace(
        "slas:", "multipliers: {busy: {on: volume, over: 3, factor: 2}}\nslas:"
    )
    world = await warehouse(5)
    world.promises = Promises(rules=read_sla_book(TEXT).rules)
    report = await simulated(world, busy)
    assert (report.saved, report.newly_breached) == (2, 0)  # the fourth and the fifth


async def test_it_changes_nothing() -> None:
    """A back-test leaves no clock, no exception and no message behind."""
    world = await warehouse(2)
    await simulated(world)
    assert (world.clocks(), world.records(), world.outbox()) == ({}, [], {})
