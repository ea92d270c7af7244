"""Clocks are kept as last judged, and everything that became of them is in the ledger."""

from dataclasses import replace

from sqlalchemy import select

from policies.queries import ClockRow, Peers
from policies.records import OrderKey
from policies.sla import Clock
from storage.memory import MemoryTransaction
from storage.tables_orders import clock_ledger
from storage.transaction import SqlTransaction
from tests.storage.builders import MINUTE, PICK, T0, an_event, clocks_of
from tests.storage.conftest import World

PAID = an_event("paid", "SO-1")
PICKED_LATE = an_event("picked", "SO-1", event_type="pick_completed", at=T0 + 150 * MINUTE)
CANCELLED = an_event("off", "SO-1", event_type="order_cancelled", at=T0 + 5 * MINUTE)


async def save(world: World, *clocks: Clock, at_minute: int = 0) -> None:
    """Keeps clocks of the world's tenant."""
    async with world.storage.write() as transaction:
        pairs = [(world.tenant.id, clock) for clock in clocks]
        await transaction.clocks.save(pairs, T0 + at_minute * MINUTE)


async def rows(world: World, order_id: str = "SO-1") -> list[ClockRow]:
    """An order's clocks."""
    key = OrderKey(tenant_id=world.tenant.id, order_id=order_id)
    async with world.storage.read() as transaction:
        return (await transaction.clocks.of_orders([key]))[key]


async def ledger(world: World) -> list[tuple[str, int, str]]:
    """Kind, minute and event id of every ledger row."""
    async with world.storage.read() as transaction:
        notes = await _notes(transaction)
    return sorted(notes, key=lambda note: (note[1], note[0]))


async def _notes(transaction: SqlTransaction | MemoryTransaction) -> list[tuple[str, int, str]]:
    if isinstance(transaction, MemoryTransaction):
        held = [(kind, at, event_id) for _, kind, at, _, event_id in transaction.state.ledger]
    else:
        note = clock_ledger.c
        found = await transaction.connection.execute(select(note.kind, note.at, note.event_id))
        held = [(row.kind, row.at, row.event_id) for row in found]
    return [(kind, round((at - T0) / MINUTE), event_id) for kind, at, event_id in held]


async def test_a_clock_comes_back(world: World) -> None:
    """Every field of a clock is kept, and saving again replaces it."""
    [running] = clocks_of(PAID, now=T0 + MINUTE)
    await save(world, running)
    [late] = clocks_of(PAID, PICKED_LATE, now=T0 + 200 * MINUTE)
    await save(world, late)
    [row] = await rows(world)
    assert row == ClockRow(
        tenant_id=world.tenant.id,
        order_id="SO-1",
        sla_id="pick",
        instance=1,
        stage=PICK.stage,
        state="breached",
        started_at=T0,
        deadline_at=T0 + 120 * MINUTE,
        at_risk_at=T0 + 90 * MINUTE,
        stopped_at=T0 + 150 * MINUTE,
        breached_at=T0 + 120 * MINUTE,
        check_at=None,
        target_minutes=120,
        elapsed_minutes=150.0,
        delay_minutes=30.0,
        reason_code="PICK_DELAY",
        severity="MEDIUM",
        rule_version="1",
        calendar_version="always@1",
        subject="",
    )


async def test_the_ledger_adds_up(world: World) -> None:
    """The ledger gains what is new with its event and instant; repetition adds nothing."""
    steps = [
        (clocks_of(PAID, now=T0 + MINUTE), 1),
        (clocks_of(PAID, now=T0 + 121 * MINUTE), 121),
        (clocks_of(PAID, now=T0 + 130 * MINUTE), 130),
        (clocks_of(PAID, PICKED_LATE, now=T0 + 151 * MINUTE), 151),
        (clocks_of(PAID, PICKED_LATE, now=T0 + 160 * MINUTE), 160),
    ]
    for clocks, minute in steps:
        await save(world, *clocks, at_minute=minute)
    assert await ledger(world) == [
        ("started", 0, "paid"),
        ("breached", 120, ""),
        ("late_evidence", 150, "picked"),
    ]


async def test_the_ledger_of_met_and_cancelled(world: World) -> None:
    """What was met and what was called off is noted with the event that did it."""
    met = an_event("done", "SO-2", event_type="pick_completed", at=T0 + 7 * MINUTE)
    await save(world, *clocks_of(PAID, CANCELLED, now=T0 + 10 * MINUTE))
    await save(world, *clocks_of(an_event("paid2", "SO-2"), met, now=T0 + 10 * MINUTE))
    assert await ledger(world) == [
        ("started", 0, "paid"),
        ("started", 0, "paid2"),
        ("cancelled", 5, "off"),
        ("met", 7, "done"),
    ]


async def test_many_clocks(world: World) -> None:
    """Thousands of clocks are saved and read at once; of one named twice the last counts."""
    clocks = [
        clock
        for n in range(700)
        for clock in clocks_of(an_event(f"e-{n}", f"SO-{n}"), now=T0 + MINUTE)
    ]
    [late] = clocks_of(an_event("e-0", "SO-0"), now=T0 + 130 * MINUTE)
    await save(world, *clocks, late)
    keys = [OrderKey(tenant_id=world.tenant.id, order_id=f"SO-{n}") for n in range(700)]
    async with world.storage.read() as transaction:
        found = await transaction.clocks.of_orders(keys)
    assert [row.state for row in found[keys[0]]] == ["breached"]
    assert {row.state for key in keys[1:] for row in found[key]} == {"running"}


async def test_peers(world: World) -> None:
    """Peers are the orders whose clock of that rule has not stopped, by whether it is late."""
    tenant_id = world.tenant.id
    going = [clocks_of(an_event(f"e{n}", f"SO-{n}"), now=T0 + MINUTE)[0] for n in range(3)]
    [late] = clocks_of(an_event("l", "SO-late"), now=T0 + 130 * MINUTE)
    [stopped] = clocks_of(PAID, PICKED_LATE, now=T0 + 160 * MINUTE)
    [other] = clocks_of(PAID, now=T0, rule=replace(PICK, sla_id="other"))
    await save(world, *going, late, stopped, other)
    async with world.storage.read() as transaction:
        assert await transaction.clocks.peers(tenant_id, "pick") == Peers(running=2, breached=1)
        assert await transaction.clocks.peers(tenant_id + 1, "pick") == Peers(running=0, breached=0)


async def test_at_risk(world: World) -> None:
    """At risk is what runs past its warning, next deadline first, of the tenants asked for."""
    ahead, calm = (
        clocks_of(an_event(name, name, at=at), now=T0 + 100 * MINUTE)[0]
        for name, at in (("ahead", T0), ("calm", T0 + 90 * MINUTE))
    )
    [sooner] = clocks_of(an_event("sooner", "sooner", at=T0 - MINUTE), now=T0 + 100 * MINUTE)
    await save(world, ahead, calm, sooner)
    async with world.storage.read() as transaction:
        found = await transaction.clocks.at_risk([world.tenant.id], 10)
        assert [row.order_id for row in found] == ["sooner", "ahead"]
        assert len(await transaction.clocks.at_risk([world.tenant.id], 1)) == 1
        assert await transaction.clocks.at_risk([world.tenant.id + 1], 10) == []
        assert await transaction.clocks.at_risk([], 10) == []
