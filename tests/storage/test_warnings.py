"""Warnings are kept alike everywhere: one a clock, found by clock and by when they are due."""

from dataclasses import replace

from policies.reasons import ReasonCode
from policies.warnings import LiveWarning
from tests.storage.builders import MINUTE, T0, a_record
from tests.storage.conftest import World


def a_warning(world: World, order_id: str = "SO-1", subject: str = "") -> LiveWarning:
    """A warning that was not posted yet."""
    return LiveWarning(
        tenant_id=world.tenant.id,
        order_id=order_id,
        sla_id="pick",
        subject=subject,
        channel="#ops",
        warned_at=T0,
    )


async def test_what_is_known_stays(world: World) -> None:
    """Warning of the same clock again forgets nothing of the message that stands there."""
    fresh = a_warning(world)
    sent = replace(
        fresh,
        channel_id="C0OPS",
        ts="1.0",
        digest="d",
        phase="running 2",
        refresh_at=T0 + MINUTE,
        ended_at=T0 + 2 * MINUTE,
    )
    async with world.storage.write() as tx:
        await tx.warnings.open([fresh, a_warning(world, "SO-2")])
        await tx.warnings.save(sent)
        await tx.warnings.open([fresh])
    async with world.storage.read() as tx:
        assert await tx.warnings.get(fresh.name) == sent
        assert await tx.warnings.get((world.tenant.id, "SO-9", "pick", "")) is None


async def test_found_by_clock(world: World) -> None:
    """Of many clocks those that have a warning; the parts of an order are told apart."""
    part = a_warning(world, "SO-1", "parcel\x00 2")
    async with world.storage.write() as tx:
        await tx.warnings.open([a_warning(world, f"SO-{n}") for n in range(5)] + [part])
    names = [(world.tenant.id, f"SO-{n}", "pick", "") for n in range(3, 500)]
    async with world.storage.read() as tx:
        assert await tx.warnings.among([]) == []
        assert [one.order_id for one in await tx.warnings.among(names)] == ["SO-3", "SO-4"]
        (found,) = await tx.warnings.among([part.name])
        assert found.subject == "parcel? 2"


async def test_found_when_due(world: World) -> None:
    """Those whose time has come, longest ago first, until they are asked for no more."""
    later = [replace(a_warning(world, f"SO-{n}"), refresh_at=T0 + n * MINUTE) for n in (3, 1, 2)]
    async with world.storage.write() as tx:
        await tx.warnings.open(later)
        await tx.warnings.refresh_later(later[1].name, None)
    async with world.storage.read() as tx:
        assert [one.order_id for one in await tx.warnings.stale(T0 + 3 * MINUTE, 9)] == [
            "SO-2",
            "SO-3",
        ]
        assert len(await tx.warnings.stale(T0 + 3 * MINUTE, 1)) == 1
        assert await tx.warnings.stale(T0, 9) == []


async def test_what_opened_before(world: World) -> None:
    """Exceptions of a reason in a span, newest first, with their facts; and the first of all."""
    reason, tenant_id = ReasonCode.CARRIER_ISSUE, world.tenant.id
    records = [
        a_record(
            tenant_id,
            f"SO-{n}",
            opened_at=T0 + n * MINUTE,
            reason_code=reason if n else ReasonCode.PICK_DELAY,
            facts={"carrier": f"C{n}"},
        )
        for n in range(5)
    ]
    async with world.storage.write() as tx:
        assert await tx.exceptions.first_opened(tenant_id) is None
        await tx.exceptions.open(records)
    async with world.storage.read() as tx:
        span = (T0, T0 + 4 * MINUTE)
        found = await tx.exceptions.opened_between(tenant_id, reason, *span, 2)
        assert found == [(T0 + n * MINUTE, {"carrier": f"C{n}"}) for n in (3, 2)]
        assert len(await tx.exceptions.opened_between(tenant_id, reason, *span, 9)) == 3
        assert await tx.exceptions.first_opened(tenant_id) == T0
