"""What is asked often is answered from an index that was made for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from policies.money.invoice_values import InvoiceKind
from policies.money.work_kinds import BILLABLE_TYPES
from policies.reasons import ReasonCode
from policies.records import OrderKey
from storage.engine import open_engines
from storage.transaction import SqlStorage, SqlTransaction
from tests.storage.builders import MINUTE, T0

WINDOW = (T0, T0 + 30 * 24 * 60 * MINUTE)


class Watched:
    """A transaction that remembers its last statements with their parameters."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self.transaction = transaction
        self.asked: list[tuple[str, Any]] = []
        sync = transaction.connection.sync_connection
        event.listen(sync, "before_cursor_execute", self._note)

    def _note(
        self,
        _connection: Connection,
        _cursor: object,
        statement: str,
        parameters: object,
        *_: object,
    ) -> None:
        self.asked.append((statement, parameters))

    async def plans(self) -> list[str]:
        """How SQLite went about each of them."""
        asked = list(self.asked)
        connection = self.transaction.connection
        plans = []
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append("; ".join(row.detail for row in rows))
        self.asked.clear()
        return plans


@pytest.fixture
async def watched(sqlite_url: str) -> AsyncIterator[Watched]:
    """A transaction over an empty SQLite database."""
    async with _watched(sqlite_url) as found:
        yield found


@asynccontextmanager
async def _watched(url: str) -> AsyncIterator[Watched]:
    storage = SqlStorage(open_engines(url))
    async with storage.write() as transaction:
        yield Watched(transaction)
    await storage.close()


async def test_a_tally_reads_its_index_only(watched: Watched) -> None:
    """A month's tally never touches the clocks themselves, whatever it is restricted to."""
    clocks = watched.transaction.clocks
    for clients, channels in (((), ()), (("acme",), ("tiktok",))):
        await clocks.tally(1, "pick", *WINDOW, clients=clients, channels=channels)
        [plan] = await watched.plans()
        assert "COVERING INDEX ix_clocks_tally" in plan
        assert "(tenant_id=? AND sla_id=? AND deadline_at>? AND deadline_at<?)" in plan


async def test_what_changed_is_found_by_its_time(watched: Watched) -> None:
    """Following exceptions, and going through the notable ones, never sorts a table."""
    notable = watched.transaction.notable
    await notable.changed(T0, 100)
    await notable.page(T0, 7, 100)
    changed, page = await watched.plans()
    assert "ix_exceptions_updated_at (updated_at>?)" in changed
    assert "TEMP B-TREE" not in changed + page


async def test_volume_reads_its_index_only(watched: Watched) -> None:
    """How much is going on is read from the index of beginnings alone."""
    await watched.transaction.events.volume([(1, T0, 60 * MINUTE), (2, T0, MINUTE)])
    plans = await watched.plans()
    assert len(plans) == 2
    for plan in plans:
        assert "COVERING INDEX ix_events_began (tenant_id=? AND occurred_at>? AND" in plan
        assert "B-TREE" not in plan


async def test_what_waits_is_found_by_index(watched: Watched) -> None:
    """Clocks at risk and clocks of which nothing is known are in small indexes of their own."""
    await watched.transaction.clocks.at_risk([1], 10)
    await watched.transaction.clocks.waiting_for(1, ["pick", "ship"], 10)
    at_risk, unknown = await watched.plans()
    assert "ix_clocks_at_risk" in at_risk
    assert "ix_clocks_no_data" in unknown


async def test_events_are_read_on_by_their_keys(watched: Watched) -> None:
    """Orders are paged along (tenant, order), and what was heard along the number."""
    events = watched.transaction.events
    await events.orders_between(1, *WINDOW)
    [orders] = await watched.plans()
    assert "ix_events_tenant_id_order_id (tenant_id=? AND order_id>?)" in orders
    assert "B-TREE" not in orders
    await events.heard(7, 100)
    last, *_ = await watched.plans()
    assert "SEARCH events USING INTEGER PRIMARY KEY (rowid>?)" in last.replace("COVERING ", "")


async def test_the_pace_of_a_rule_is_read_along_its_deadlines(watched: Watched) -> None:
    """Clocks decided lately and those due next are found by deadline, not by going through all."""
    await watched.transaction.clocks.decided(1, "pick", T0, 200)
    await watched.transaction.clocks.running(1, "pick", T0, 200)
    for plan in await watched.plans():
        assert "ix_clocks_tally (tenant_id=? AND sla_id=? AND deadline_at<?)" in plan


async def test_peers_are_counted_from_indexes(watched: Watched) -> None:
    """How an order's peers stand is read from two indexes, in their order, and no further."""
    await watched.transaction.clocks.peers(1, "pick", 1001)
    await watched.transaction.exceptions.active(1, ReasonCode.PICK_DELAY, 1001)
    clocks, exceptions = await watched.plans()
    assert clocks.count("ix_clocks_open (tenant_id=? AND sla_id=? AND state=?)") == 3
    assert "ix_exceptions_active (tenant_id=? AND reason_code=?)" in exceptions
    assert "B-TREE" not in clocks + exceptions


async def test_names_of_orders_are_looked_up_by_key(watched: Watched) -> None:
    """Where names lead, and which lead to an order, is found along two keys."""
    await watched.transaction.names.orders_of([OrderKey(tenant_id=1, order_id="shopify:5001")])
    await watched.transaction.names.names_of([OrderKey(tenant_id=1, order_id="SO-1")])
    up, down = await watched.plans()
    assert "(tenant_id=? AND name=?)" in up
    assert "(tenant_id=? AND order_id=?)" in down


async def test_many_orders_are_looked_up_by_key(watched: Watched) -> None:
    """Orders of a batch are found along the keys, however many they are."""
    keys = [OrderKey(tenant_id=1, order_id=f"SO-{n}") for n in range(3)]
    tx = watched.transaction
    for store in (tx.clocks, tx.events, tx.exceptions):
        await store.of_orders(keys)
    for plan in await watched.plans():
        assert "(tenant_id=? AND order_id=?)" in plan


async def test_what_an_exception_is_compared_with_is_read_by_index(watched: Watched) -> None:
    """Orders due beside one, rates of other days and past cases cost the same however many."""
    comparisons = watched.transaction.comparisons
    await comparisons.beside(1, "pick", T0, 60)
    before, after = await watched.plans()
    for plan, side in ((before, "<"), (after, ">")):
        assert f"ix_clocks_tally (tenant_id=? AND sla_id=? AND deadline_at{side}?)" in plan
        assert "B-TREE" not in plan
    await comparisons.stopped(1, "pick", [WINDOW], MINUTE)
    [counted] = await watched.plans()
    assert "(tenant_id=? AND sla_id=? AND deadline_at>? AND deadline_at<?)" in counted
    await comparisons.elapsed(1, "pick", "acme", T0, 200)
    await comparisons.due(1, "pick", *WINDOW, 100)
    for plan in await watched.plans():
        assert "ix_clocks_tally (tenant_id=? AND sla_id=? AND deadline_at" in plan
        assert "B-TREE" not in plan
    await comparisons.past_cases(1, ReasonCode.PICK_DELAY, T0)
    for plan in await watched.plans():
        assert "ix_exceptions_tenant_id_status_id (tenant_id=? AND status=?" in plan
        assert "B-TREE" not in plan


async def test_what_is_usual_is_counted_along_an_index(watched: Watched) -> None:
    """How often a cause was met before is read along its days, warnings by when due."""
    exceptions = watched.transaction.exceptions
    await exceptions.opened_between(1, ReasonCode.PICK_DELAY, *WINDOW, 10)
    await exceptions.first_opened(1)
    await watched.transaction.warnings.stale(T0, 10)
    before, first, due = await watched.plans()
    found = "(tenant_id=? AND opened_at>? AND opened_at<?)"
    assert f"ix_exceptions_usual {found}" in before
    assert "B-TREE" not in before + first
    assert "(tenant_id=?)" in first
    assert "ix_warnings_refresh_at" in due


async def test_patterns_are_read_along_an_index(watched: Watched) -> None:
    """The exceptions of a day by when they opened, what a channel was told by its key."""
    patterns = watched.transaction.patterns
    await patterns.seen(1, *WINDOW, 10)
    await patterns.told(1, "C1")
    seen, told = await watched.plans()
    assert "ix_exceptions_usual (tenant_id=? AND opened_at>? AND opened_at<?)" in seen
    assert "PRIMARY KEY (tenant_id=? AND channel_id=?)" in told
    assert "B-TREE" not in told


async def test_due_timers_are_found_by_their_index(watched: Watched) -> None:
    """However many exceptions are followed, the sweep reads only the timers that are due."""
    await watched.transaction.escalations.due(T0, 200)
    [plan] = await watched.plans()
    assert "ix_escalations_next_at (next_at<?)" in plan
    assert "SCAN" not in plan


async def test_worked_orders_are_read_along_their_indexes(watched: Watched) -> None:
    """What a run of invoices costs grows with its days; the indexes have every billable kind."""
    await watched.transaction.worked.between(1, *WINDOW)
    await watched.transaction.worked.told_late(1, *WINDOW)
    worked, late = await watched.plans()
    assert "COVERING INDEX ix_events_worked (tenant_id=? AND occurred_at>? AND" in worked
    assert "INDEX ix_events_told_late (tenant_id=? AND received_at>? AND" in late
    shown = text("SELECT sql FROM sqlite_master WHERE name IN (:one, :two)")
    asked = {"one": "ix_events_worked", "two": "ix_events_told_late"}
    for (definition,) in await watched.transaction.connection.execute(shown, asked):
        assert all(f"'{name}'" in definition for name in BILLABLE_TYPES)


async def test_invoices_are_found_by_their_keys(watched: Watched) -> None:
    """Those of a month, of an order and the notes on them, however many there are."""
    invoices, notes = watched.transaction.invoices, watched.transaction.adjustments
    await invoices.of_period(1, "2026-10")
    await invoices.of_subjects(1, InvoiceKind.ORDER, ["SO-1"])
    await notes.known(1, ["k"])
    await notes.of_invoices(1, [7])
    for plan in await watched.plans():
        assert "SCAN invoices" not in plan
        assert "SCAN adjustments" not in plan
        assert "(tenant_id=?" in plan
