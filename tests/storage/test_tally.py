"""Clocks are counted by how they stand, for targets, and found by what is not known."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from policies.clock import Clock
from policies.queries import Tally
from policies.reasons import ClockState, ClockVerdict
from policies.records import OrderKey, Tenant
from tests.storage.builders import MINUTE, PICK, T0, an_event, clocks_of
from tests.storage.conftest import World

DUE = T0 + 120 * MINUTE


def a_clock(order_id: str, minutes: int = 1, *, at: datetime = T0, **changes: Any) -> Clock:  # noqa: ANN401
    """A clock of an order, `minutes` after T0, with some fields changed."""
    paid = an_event(f"paid-{order_id}", order_id, at=at)
    return clocks_of(paid, now=T0 + minutes * MINUTE)[0]._replace(**changes)


def met(order_id: str, **changes: Any) -> Clock:  # noqa: ANN401
    """A clock that was met."""
    return a_clock(order_id, state=ClockState.MET, check_at=None, **changes)


def every_kind() -> tuple[Clock, ...]:
    """Clocks in every state that there is."""
    return (
        met("met"),
        met("cured", verdict=ClockVerdict.CURED, first_verdict=ClockState.BREACHED),
        met("proved", verdict=ClockVerdict.LATE_EVIDENCE, first_verdict=ClockState.BREACHED),
        a_clock("late", 125),
        a_clock("late and growing", 125, check_at=T0 + 999 * MINUTE),
        a_clock("late for good", 125, verdict=ClockVerdict.LATE_EVIDENCE),
        a_clock("running"),
        a_clock("at risk", 100),
        a_clock("paused", state=ClockState.PAUSED, check_at=None),
        a_clock("paused, warned", state=ClockState.PAUSED, check_at=T0 + 999 * MINUTE),
        a_clock("unknown", 119, verdict=ClockVerdict.NO_DATA),
        a_clock("off", state=ClockState.CANCELLED, check_at=None),
        a_clock("not ours", 125, excluded=True),
        met("met, not ours", excluded=True),
        a_clock("at risk, not ours", 100, excluded=True),
    )


async def save(world: World, *clocks: Clock) -> None:
    """Keeps clocks of the world's tenant."""
    async with world.storage.write() as transaction:
        await transaction.clocks.save([(world.tenant.id, clock) for clock in clocks], T0)


async def test_every_kind_is_counted_once(world: World) -> None:
    """Met, late, running and unknown are told apart; cancelled and excluded ones do not count."""
    await save(world, *every_kind())
    async with world.storage.read() as transaction:
        found = await transaction.clocks.tally(world.tenant.id, "pick", DUE, DUE + MINUTE)
    assert found == Tally(met=3, late=3, running=4, at_risk=1, no_data=1)


async def test_only_what_is_meant_is_counted(world: World) -> None:
    """Counted are deadlines in [since, until) of that rule and tenant, and no others."""
    async with world.storage.write() as transaction:
        other = await transaction.tenants.add(Tenant(id=0, name="other"))
        await transaction.clocks.save([(other.id, met("theirs"))], T0)
    before, within, after = (met(str(n), at=T0 + n * MINUTE) for n in (-1, 0, 1))
    await save(world, before, within, after, met("s", rule=replace(PICK, sla_id="ship")))
    async with world.storage.read() as transaction:
        store = transaction.clocks
        for since, until, count in ((-1, 2, 3), (0, 1, 1), (0, 0, 0), (-1, 1, 2)):
            window = (DUE + since * MINUTE, DUE + until * MINUTE)
            assert await store.tally(world.tenant.id, "pick", *window) == Tally(met=count)
        assert await store.tally(other.id, "ship", DUE, DUE + MINUTE) == Tally()


@pytest.mark.parametrize(
    ("clients", "channels", "count"),
    [
        ([], [], 4),
        (["acme"], [], 2),
        (["acme", "zed"], [], 3),
        ([], ["tiktok"], 2),
        (["acme"], ["tiktok"], 1),
        (["nobody"], [], 0),
    ],
    ids=str,
)
async def test_some_clients_and_channels(
    world: World, clients: list[str], channels: list[str], count: int
) -> None:
    """A tally can be of some clients and channels, whatever the clocks' state."""
    named = (("acme", "tiktok"), ("acme", "amazon"), ("zed", "tiktok"), ("", ""))
    pairs = [
        make(f"{make.__name__} {client} {channel}", client=client, channel=channel)
        for client, channel in named
        for make in (met, _warned)
    ]
    await save(world, *pairs)
    window = (DUE, DUE + MINUTE)
    async with world.storage.read() as transaction:
        found = await transaction.clocks.tally(
            world.tenant.id, "pick", *window, clients=clients, channels=channels
        )
    assert found == Tally(met=count, running=count, at_risk=count)


def _warned(order_id: str, **changes: Any) -> Clock:  # noqa: ANN401
    return a_clock(order_id, 100, **changes)


async def test_what_is_not_known(world: World) -> None:
    """Orders that wait for a source are named once each, until their clock is judged or ended."""
    unknown = [
        a_clock(f"SO-{n}", 119, verdict=ClockVerdict.NO_DATA, subject=part)
        for n in (2, 1, 3)
        for part in ("", "b")
    ]
    await save(world, *unknown, a_clock("SO-4"), met("SO-5", verdict=ClockVerdict.CURED))
    tenant_id = world.tenant.id
    async with world.storage.write() as transaction:
        store = transaction.clocks
        assert await store.waiting_for(tenant_id, ["pick", "ship"], 9) == ["SO-1", "SO-2", "SO-3"]
        assert await store.waiting_for(tenant_id, ["pick"], 2) == ["SO-1", "SO-2"]
        for nothing in ((tenant_id, ["ship"]), (tenant_id, []), (tenant_id + 1, ["pick"])):
            assert await store.waiting_for(*nothing, 9) == []
        key = OrderKey(tenant_id=tenant_id, order_id="SO-1")
        await store.retire((await store.of_orders([key]))[key])
        assert await store.waiting_for(tenant_id, ["pick"], 9) == ["SO-2", "SO-3"]
