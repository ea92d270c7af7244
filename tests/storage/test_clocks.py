"""Clocks are kept as last judged, and everything that became of them is in the ledger."""

from dataclasses import replace

from sqlalchemy import text

from policies.calendar import Calendar
from policies.calendar_plan import CalendarPlan
from policies.clock import Clock
from policies.promise import Pause
from policies.queries import ClockRow, Peers
from policies.reasons import ClockKind, ClockState, ClockVerdict, Fault, Severity
from policies.records import OrderKey
from storage.clock_rows import LedgerRow
from storage.instants import instant
from storage.memory import MemoryTransaction
from storage.transaction import SqlTransaction
from tests.storage.builders import MINUTE, PICK, T0, an_event, clocks_of
from tests.storage.conftest import World

PAID = an_event("paid", "SO-1")
OF_A_CLIENT = replace(PAID, payload={"client": "Acme", "channel": "TikTok"})
PICKED_LATE = an_event("picked", "SO-1", event_type="pick_completed", at=T0 + 150 * MINUTE)
CANCELLED = an_event("off", "SO-1", event_type="order_cancelled", at=T0 + 5 * MINUTE)
WEEK = dict.fromkeys(range(7), ((0, 1440),))
NIGHTS = Calendar(CalendarPlan(name="nights", timezone="UTC", week=WEEK), version="7")
GROWING = replace(
    PICK,
    growth=((10, Severity.HIGH), (60, Severity.CRITICAL)),
    kind=ClockKind.CARRIER,
    calendar=NIGHTS,
)


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


async def ledger(world: World) -> list[tuple[str, int, str, str | None]]:
    """Kind, minute, event id and fault of every ledger row."""
    async with world.storage.read() as transaction:
        held = await _notes(transaction)
    minute = {note: round((instant(note.at) - T0) / MINUTE) for note in held}
    found = [(note.kind, minute[note], note.event_id, note.fault) for note in held]
    return sorted(found, key=lambda note: (note[1], note[0]))


async def _notes(transaction: SqlTransaction | MemoryTransaction) -> list[LedgerRow]:
    if isinstance(transaction, MemoryTransaction):
        return list(transaction.state.ledger.values())
    names = ", ".join(LedgerRow._fields)
    found = await transaction.connection.execute(text(f"SELECT {names} FROM clock_ledger"))  # noqa: S608 - our own names
    return [LedgerRow(*row) for row in found]


async def test_a_clock_comes_back(world: World) -> None:
    """Every field of a clock is kept, and saving again replaces it."""
    [running] = clocks_of(PAID, now=T0 + MINUTE)
    await save(world, running)
    [late] = clocks_of(OF_A_CLIENT, PICKED_LATE, now=T0 + 200 * MINUTE, rule=GROWING)
    late = late._replace(
        verdict=ClockVerdict.LATE_EVIDENCE,
        first_verdict=ClockState.BREACHED,
        excluded=True,
    )
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
        severity="HIGH",
        rule_version="1",
        calendar_version="nights@7",
        subject="",
        kind="carrier",
        verdict="late_evidence",
        first_verdict="breached",
        client="acme",
        channel="tiktok",
        excluded=True,
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
        ("started", 0, "paid", None),
        ("breached", 120, "", None),
        ("stopped_late", 150, "picked", None),
    ]


async def test_the_ledger_of_met_and_cancelled(world: World) -> None:
    """What was met and what was called off is noted with the event that did it."""
    met = an_event("done", "SO-2", event_type="pick_completed", at=T0 + 7 * MINUTE)
    await save(world, *clocks_of(PAID, CANCELLED, now=T0 + 10 * MINUTE))
    await save(world, *clocks_of(an_event("paid2", "SO-2"), met, now=T0 + 10 * MINUTE))
    assert await ledger(world) == [
        ("started", 0, "paid", None),
        ("started", 0, "paid2", None),
        ("cancelled", 5, "off", None),
        ("met", 7, "done", None),
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
        some = await transaction.clocks.peers(tenant_id, "pick", 1)
        assert some == Peers(running=1, breached=1)
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


async def test_the_ledger_says_whose_a_pause_is(world: World) -> None:
    """A pause is noted with its beginning and end, and with who is at fault meanwhile."""
    held = an_event("held", event_type="order_held", at=T0 + 10 * MINUTE)
    released = an_event("go", event_type="order_released", at=T0 + 20 * MINUTE)
    pause = Pause(events=("order_held",), until=("order_released",), fault=Fault.CLIENT)
    rule = replace(PICK, pauses=(pause,))
    await save(world, *clocks_of(PAID, held, released, now=T0 + 30 * MINUTE, rule=rule))
    assert await ledger(world) == [
        ("started", 0, "paid", None),
        ("paused", 10, "held", "client"),
        ("resumed", 20, "go", "client"),
    ]


async def test_subjects_are_apart(world: World) -> None:
    """An order has a clock of a rule for every subject, in the order of their instances."""
    [clock] = clocks_of(PAID, now=T0 + MINUTE)
    parts = [clock._replace(subject=name, instance=n) for n, name in enumerate("cab", start=1)]
    await save(world, *parts)
    await save(world, parts[0]._replace(instance=4), at_minute=1)
    found = await rows(world)
    assert [(row.subject, row.instance) for row in found] == [("a", 2), ("b", 3), ("c", 4)]
    assert len(await ledger(world)) == 3
    async with world.storage.write() as transaction:
        await transaction.clocks.retire(found[:1])
    assert [row.state for row in await rows(world)] == ["cancelled", "running", "running"]


async def test_names_from_payloads_do_no_harm(world: World) -> None:
    """What a database does not hold becomes a question mark, and a long name is cut."""
    [clock] = clocks_of(PAID, now=T0 + MINUTE)
    await save(world, clock._replace(subject="a\x00\ud800", client="\ud800", channel="x" * 9_000))
    [row] = await rows(world)
    assert (row.subject, row.client, row.channel) == ("a??", "?", "x" * 200)


async def test_a_growing_breach_is_not_at_risk(world: World) -> None:
    """A breach that will grow waits for an instant too, and so does one without data."""
    [late] = clocks_of(PAID, now=T0 + 125 * MINUTE, rule=GROWING)
    [running] = clocks_of(an_event("r", "SO-2"), now=T0 + 100 * MINUTE)
    [unknown] = clocks_of(an_event("u", "SO-3"), now=T0 + 100 * MINUTE)
    assert late.check_at is not None
    await save(world, late, running, unknown._replace(verdict=ClockVerdict.NO_DATA))
    async with world.storage.read() as transaction:
        found = await transaction.clocks.at_risk([world.tenant.id], 10)
    assert [row.order_id for row in found] == ["SO-2"]
