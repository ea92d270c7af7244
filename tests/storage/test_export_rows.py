"""Long lists gathered whole, over every storage: without gaps, and only of who is in sight."""

from datetime import timedelta
from functools import partial

from jobs.export_rows import all_exceptions, export_trail
from policies.queries import ExceptionFilter
from policies.records import AuditEntry, Tenant
from tests.storage.builders import T0, a_record
from tests.storage.conftest import World


async def test_exceptions_come_newest_first_without_gaps(world: World) -> None:
    """More than a page of them, at most as many as are asked for."""
    records = [a_record(world.tenant.id, f"SO-{number}") for number in range(520)]
    async with world.storage.write() as tx:
        numbers = [record.id for record in await tx.exceptions.open(records)]
    storage = world.storage.of([world.tenant.id])
    wanted = ExceptionFilter(tenant_ids=(world.tenant.id,))
    found = await all_exceptions(wanted, 5000, storage=storage)
    assert [record.id for record in found] == sorted(numbers, reverse=True)
    assert len(await all_exceptions(wanted, 510, storage=storage)) == 510


async def test_the_trail_comes_oldest_first_and_says_who_took_it(world: World) -> None:
    """Only of the tenants in sight, only from then on; the taking is an entry of its own."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="Other"))
        about = AuditEntry(tenant_id=world.tenant.id, at=T0, actor="cli", action="x", subject="y")
        old = [about] * 3
        new = [
            AuditEntry(
                tenant_id=tenant,
                at=T0 + timedelta(days=1),
                actor="cli",
                action="z",
                subject=str(number),
            )
            for number in range(510)
            for tenant in (world.tenant.id, other.id)
        ]
        await tx.audit.append([*old, *new])
    take = partial(
        export_trail,
        [world.tenant.id],
        actor="slack:U1",
        correlation_id="e2a-1",
        storage=world.storage.of([world.tenant.id]),
        now=T0 + timedelta(days=2),
    )
    trail = await take(T0 + timedelta(hours=1), 5000)
    assert [entry.subject for entry in trail.entries] == [str(number) for number in range(510)]
    assert not trail.cut
    cut = await take(None, 500)
    assert (len(cut.entries), cut.cut, cut.entries[-1].action) == (500, True, "export")
    async with world.storage.read() as tx:
        took = await tx.audit.of_subject(world.tenant.id, "audit")
        assert await tx.audit.of_subject(other.id, "audit") == []
    assert [(entry.actor, entry.correlation_id) for entry in took] == [("slack:U1", "e2a-1")] * 2
    assert took[0].note == f"510 entries since {(T0 + timedelta(hours=1)).isoformat()}"
