"""Exceptions are opened once and changed by who knows their version."""

from dataclasses import replace

import pytest

from policies.queries import ExceptionFilter
from policies.reasons import ReasonCode, Severity, Status
from policies.records import Alert, AlertPart, ExceptionRecord, OrderKey
from tests.storage.builders import MINUTE, T0, a_record
from tests.storage.conftest import World


async def opened(world: World, *records: ExceptionRecord) -> list[ExceptionRecord]:
    """Opens them."""
    async with world.storage.write() as transaction:
        return await transaction.exceptions.open(records)


async def test_a_record_comes_back(world: World) -> None:
    """Every field of a record is kept."""
    full = a_record(
        world.tenant.id,
        status=Status.RESOLVED,
        subject="1Z999",
        assignee="U1",
        snoozed_until=T0 + MINUTE,
        resolved_at=T0 + 2 * MINUTE,
        stopped_at=T0 + MINUTE,
        resolution="settled_late",
        resolution_note="note",
        resolution_attempts=1,
        resolution_blocked=True,
        resolution_block_reason="twice",
    )
    bare = a_record(world.tenant.id, "SO-2", fault=None, explanation=None, updated_at=None)
    stored = await opened(world, full, bare)
    assert [replace(record, id=0) for record in stored] == [full, bare]
    async with world.storage.read() as transaction:
        assert [await transaction.exceptions.get(record.id) for record in stored] == stored
        assert await transaction.exceptions.get(10**6) is None
        key = OrderKey(tenant_id=world.tenant.id, order_id="SO-1")
        assert await transaction.exceptions.of_orders([key]) == {key: stored[:1]}


async def test_opened_once(world: World) -> None:
    """One is open per (order, rule, subject), however often and as which instance it is opened."""
    tenant_id = world.tenant.id
    first = await opened(world, a_record(tenant_id), a_record(tenant_id, severity=Severity.LOW))
    assert [record.severity for record in first] == [Severity.HIGH]
    second = await opened(world, a_record(tenant_id, instance=2), a_record(tenant_id, subject="b"))
    assert [record.subject for record in second] == ["b"]
    odd = await opened(world, *(a_record(tenant_id, subject="\x00") for _ in range(2)))
    assert len(odd) == 1
    assert await opened(world, a_record(tenant_id, subject="\x00")) == []
    assert await opened(world) == []


async def test_optimistic_save(world: World) -> None:
    """A record is replaced only by who saw its version."""
    [record] = await opened(world, a_record(world.tenant.id))
    changed = replace(record, status=Status.ACKNOWLEDGED, version=2)
    stale = replace(record, status=Status.CLOSED, version=2)
    async with world.storage.write() as transaction:
        assert await transaction.exceptions.save(changed, was=1)
        assert not await transaction.exceptions.save(stale, was=1)
        assert not await transaction.exceptions.save(replace(changed, tenant_id=99), was=2)
        assert await transaction.exceptions.get(record.id) == changed


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["SO-3", "SO-2", "SO-1"]),
        ({"statuses": (Status.OPEN, Status.CLOSED)}, ["SO-3", "SO-1"]),
        ({"severity": Severity.LOW}, ["SO-2"]),
        ({"reason_code": ReasonCode.OTHER}, ["SO-3"]),
        ({"order_id": "SO-1"}, ["SO-1"]),
        ({"assignee": "U1"}, ["SO-2"]),
        ({"since": T0 + MINUTE}, ["SO-3"]),
        ({"limit": 2}, ["SO-3", "SO-2"]),
        ({"tenant_ids": ()}, []),
    ],
    ids=lambda value: "-".join(map(str, value)) or "all",
)
async def test_find(world: World, asked: dict[str, object], found: list[str]) -> None:
    """A filter restricts by what is given, newest first."""
    tenant_id = world.tenant.id
    await opened(world, a_record(tenant_id))
    await opened(
        world,
        a_record(tenant_id, "SO-2", severity=Severity.LOW, assignee="U1", status=Status.RESOLVED),
    )
    await opened(
        world, a_record(tenant_id, "SO-3", reason_code=ReasonCode.OTHER, opened_at=T0 + MINUTE)
    )
    values: dict[str, object] = {"tenant_ids": (tenant_id,), **asked}
    wanted = ExceptionFilter(**values)  # type: ignore[arg-type]
    async with world.storage.read() as transaction:
        records = await transaction.exceptions.find(wanted)
        count = await transaction.exceptions.count(wanted)
    assert [record.order_id for record in records] == found
    assert count == (3 if "limit" in asked else len(found))


async def test_active(world: World) -> None:
    """Active ones of a reason are counted, no further than asked."""
    mine, late = world.tenant.id, ReasonCode.PICK_DELAY
    settled = a_record(mine, "S", status=Status.RESOLVED)
    other = a_record(mine, "O", reason_code=ReasonCode.OTHER)
    await opened(world, settled, other, *(a_record(mine, f"A{n}") for n in range(5)))
    async with world.storage.read() as transaction:
        count = transaction.exceptions.active
        assert [await count(mine, late, at_most) for at_most in (4, 5, 6)] == [4, 5, 5]
        assert await count(mine + 1, late, 5) == 0


async def test_numbers_are_not_used_twice(world: World) -> None:
    """A number stays its record's, also when some of a batch were open before."""
    mine = world.tenant.id
    first = await opened(world, a_record(mine, "A"), a_record(mine, "B"))
    second = await opened(world, a_record(mine, "C"), a_record(mine, "B"), a_record(mine, "D"))
    third = await opened(world, a_record(mine, "B"), a_record(mine, "E"))
    every = [*first, *second, *third]
    assert [record.order_id for record in every] == ["A", "B", "C", "D", "E"]
    numbers = [record.id for record in every]
    assert numbers == sorted(set(numbers))
    async with world.storage.read() as transaction:
        assert [await transaction.exceptions.get(record.id) for record in every] == every


async def test_pages(world: World) -> None:
    """A page goes on before the last number, and counting is of all pages."""
    records = [a_record(world.tenant.id, f"SO-{n}") for n in range(5)]
    newest = sorted((record.id for record in await opened(world, *records)), reverse=True)
    first = ExceptionFilter(tenant_ids=(world.tenant.id,), limit=2)
    async with world.storage.read() as transaction:
        page = await transaction.exceptions.find(first)
        following = replace(first, before_id=page[-1].id)
        rest = await transaction.exceptions.find(following)
        assert [record.id for record in [*page, *rest]] == newest[:4]
        assert await transaction.exceptions.count(following) == 5


async def test_waking_and_closable(world: World) -> None:
    """The snoozed wake when their time has come; the resolved close after a while."""
    tenant_id = world.tenant.id
    resolved = {"status": Status.RESOLVED, "resolved_at": T0}
    await opened(
        world,
        a_record(tenant_id, "snoozed", snoozed_until=T0 + MINUTE),
        a_record(tenant_id, "resolved", snoozed_until=T0, **resolved),
        a_record(tenant_id, "open"),
    )
    async with world.storage.read() as transaction:
        store = transaction.exceptions
        assert await store.waking(T0, 10) == []
        assert [r.order_id for r in await store.waking(T0 + MINUTE, 10)] == ["snoozed"]
        assert await store.closable(T0, 10) == []
        assert [r.order_id for r in await store.closable(T0 + MINUTE, 10)] == ["resolved"]
        assert await store.closable(T0 + MINUTE, 0) == []


async def test_an_alert_comes_back(world: World) -> None:
    """An alert knows its exceptions and what of it is in Slack."""
    records = await opened(world, a_record(world.tenant.id), a_record(world.tenant.id, "SO-2"))
    numbers = [record.id for record in records]
    new = Alert(id=0, tenant_id=world.tenant.id, kind="storm", channel="#ops", created_at=T0)
    async with world.storage.write() as transaction:
        about = replace(new, exception_ids=(*numbers, numbers[0]))
        alert, alone = await transaction.alerts.open([about, new])
        assert alert.exception_ids == tuple(sorted(numbers))
        assert await transaction.alerts.open([]) == []
        await transaction.alerts.sent(alert.id, "card", channel_id="C1", ts="1.1", digest="old")
        await transaction.alerts.sent(alert.id, "card", channel_id="C1", ts="1.1", digest="new")
        await transaction.alerts.sent(alert.id, "account", channel_id="C1", ts="1.2", digest="x")
    async with world.storage.read() as transaction:
        found = await transaction.alerts.get(alert.id)
        assert found is not None
        assert found.channel_id == "C1"
        assert found.parts == (
            AlertPart(part="account", ts="1.2", digest="x"),
            AlertPart(part="card", ts="1.1", digest="new"),
        )
        assert await transaction.alerts.of_exception(numbers[1]) == [found]
        assert await transaction.alerts.by_message("C1", "1.1") == found
        assert await transaction.alerts.by_message("C1", "1.2") is None
        assert await transaction.alerts.by_message("C2", "1.1") is None
        assert await transaction.alerts.of_message("C1", "1.1") == found
        assert await transaction.alerts.of_message("C1", "1.2") == found
        assert await transaction.alerts.of_message("C1", "1.3") is None
        assert await transaction.alerts.of_message("C2", "1.2") is None
        assert await transaction.alerts.get(alone.id) == alone
        assert await transaction.alerts.get(10**6) is None


async def test_cards_are_drawn_again(world: World) -> None:
    """A card is stale when its time has come, until it gets another time or none."""
    new = Alert(id=0, tenant_id=world.tenant.id, kind="notice", channel="#ops", created_at=T0)
    async with world.storage.write() as transaction:
        [alert] = await transaction.alerts.open([new])
        await transaction.alerts.refresh_later(alert.id, T0 + MINUTE)
        assert await transaction.alerts.stale(T0, 10) == []
        [stale] = await transaction.alerts.stale(T0 + MINUTE, 10)
        assert (stale.id, stale.refresh_at) == (alert.id, T0 + MINUTE)
        await transaction.alerts.refresh_later(alert.id, None)
        assert await transaction.alerts.stale(T0 + MINUTE, 10) == []
