"""What broke before the orders were forgotten is put on record, and nobody is woken for it."""

from policies.reasons import Status
from policies.records import AuditEntry
from policies.retention import APPLIED, RETENTION, Keeping
from tests.jobs.world import World, of
from tests.policies.builders import at, event

DAY = 24 * 60
KEPT = Keeping(everyone={"payloads": 400, "events": 800, "clocks": 800, "exceptions": 800})


async def _forget(world: World, minute: float) -> None:
    """Retention deleted events of the tenant that were older than that."""
    entry = AuditEntry(
        tenant_id=1,
        at=at(minute),
        actor="system",
        action=APPLIED,
        subject=RETENTION,
        after={"events": {"rows": 3, "before": at(minute).isoformat()}},
    )
    async with world.storage.write() as tx:
        await tx.audit.append([entry])


async def test_what_was_forgotten_opens_nothing(world: World) -> None:
    """An event that retention had deleted and that is sent again stops no deadline and no sleep."""
    world.keeping = KEPT
    await _forget(world, 1 * DAY)
    await world.hear(event("order_paid", 0), minute=401 * DAY)
    done = await world.judge(401 * DAY)
    assert done.opened == ()
    assert (world.records(), world.outbox()) == ([], {})
    assert world.clocks()["pick"].state == "breached"
    assert world.waiting_work() == []


async def test_an_old_history_of_which_nothing_was_deleted_is_news(world: World) -> None:
    """Orders older than the days that are loaded only now are told as any others."""
    world.keeping = KEPT
    await world.hear(event("order_paid", 0), minute=401 * DAY)
    assert len((await world.judge(401 * DAY)).opened) == 1
    other = event("order_paid", 2 * DAY, "later")
    await _forget(world, 1 * DAY)
    await world.hear(of("SO-2", other), minute=500 * DAY)
    assert len((await world.judge(500 * DAY)).opened) == 1


async def test_within_the_days_a_breach_is_told(world: World) -> None:
    """A day less, and it is an exception as any other; so it is where nothing is ever deleted."""
    world.keeping = KEPT
    await world.hear(event("order_paid", 0), minute=399 * DAY)
    assert [record.status for record in (await world.judge(399 * DAY)).opened] == [Status.OPEN]
    other = World()
    async with other.storage.write() as tx:
        for tenant in world.storage.state.tenants.values():
            await tx.tenants.add(tenant)
    await other.hear(event("order_paid", 0), minute=900 * DAY)
    assert len((await other.judge(900 * DAY)).opened) == 1
