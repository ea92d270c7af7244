"""Audits of bills, their lines and remembered columns are kept alike everywhere."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from policies.money.audit.record import BillAudit, BillLine, BillState
from policies.records import Tenant
from storage.errors import StorageError
from tests.storage.builders import T0
from tests.storage.conftest import World

DAY = timedelta(days=1)


def an_audit(world: World, **changes: Any) -> BillAudit:  # noqa: ANN401 - fields of an audit
    """A file that was judged."""
    usual = BillAudit(
        tenant_id=world.tenant.id,
        file_hash="f1",
        name="march.csv",
        state=BillState.DONE,
        received_at=T0,
        actor="slack:U1",
        key="k1",
        carrier="ups",
        fingerprint="p1",
        columns={"places": {"amount": 2}},
        totals={"lines": 2},
        done_at=T0,
        claim_by=date(2026, 9, 1),
        remind_at=T0 + DAY,
        channel_id="C1",
        thread_ts="1.2",
    )
    return replace(usual, **changes)


def lines(*keys: str | None) -> list[BillLine]:
    """Lines with these parcel keys."""
    return [
        BillLine(row=row, verdict="ok", parcel_key=key, told={"why": "as agreed", "prices": [1, 2]})
        for row, key in enumerate(keys, start=2)
    ]


async def test_an_audit_comes_back_as_it_was_kept(world: World) -> None:
    """With its content while it waits; another client never gets it."""
    asked = an_audit(world, state=BillState.ASKED, key=None, content=b"\x00a;b", remind_at=None)
    async with world.storage.write() as tx:
        kept = await tx.bills.add(asked)
    async with world.storage.read() as tx:
        assert await tx.bills.get(kept.id, [world.tenant.id]) == replace(asked, id=kept.id)
        assert await tx.bills.get(kept.id, [world.tenant.id + 1]) is None
        assert await tx.bills.recent([world.tenant.id], 9) == []
    done = replace(kept, state=BillState.DONE, key="k2", content=None)
    async with world.storage.write() as tx:
        await tx.bills.save(done)
    async with world.storage.read() as tx:
        assert await tx.bills.by_key(world.tenant.id, "k2") == done
        assert await tx.bills.by_key(world.tenant.id + 1, "k2") is None
        assert await tx.bills.recent([world.tenant.id], 9) == [done]


async def test_a_key_is_judged_once(world: World) -> None:
    """A second audit of the same file and contract is refused by the store itself."""
    async with world.storage.write() as tx:
        await tx.bills.add(an_audit(world))
    with pytest.raises(StorageError):
        async with world.storage.write() as tx:
            await tx.bills.add(an_audit(world))


async def test_lines_are_kept(world: World) -> None:
    """By row, for their client alone."""
    async with world.storage.write() as tx:
        audit = await tx.bills.add(an_audit(world))
        await tx.bills.put_lines(world.tenant.id, audit.id, lines("1Z1|freight", None))
    async with world.storage.read() as tx:
        assert await tx.bills.lines(world.tenant.id, audit.id) == lines("1Z1|freight", None)
        assert await tx.bills.lines(world.tenant.id + 1, audit.id) == []


async def test_earlier_files_tell_what_they_billed(world: World) -> None:
    """The first file counts; the same file, one under way and another client's do not."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="globex"))
        files: list[dict[str, Any]] = [
            {},
            {"file_hash": "f2", "name": "april.csv"},
            {"file_hash": "f3", "state": BillState.WORKING},
            {"file_hash": "f4", "tenant_id": other.id},
        ]
        for number, changes in enumerate(files):
            audit = await tx.bills.add(an_audit(world, key=f"k{number}", **changes))
            keys = ("1Z1|freight", f"1Z{number + 5}|freight")
            await tx.bills.put_lines(audit.tenant_id, audit.id, lines(*keys))
    asked = ["1Z1|freight", "1Z6|freight", "1Z7|freight", "1Z8|freight"]
    async with world.storage.read() as tx:
        assert await tx.bills.billed(world.tenant.id, asked, not_of="f9") == {
            "1Z1|freight": ("march.csv", 2),
            "1Z6|freight": ("april.csv", 3),
        }
        found = await tx.bills.billed(world.tenant.id, asked, not_of="f1")
        assert found["1Z1|freight"] == ("april.csv", 2)


async def test_reminders_are_due_until_claims_are_filed(world: World) -> None:
    """By their time, for every client; a filed one is not spoken of."""
    async with world.storage.write() as tx:
        first = await tx.bills.add(an_audit(world, key="a", remind_at=T0 + 2 * DAY))
        second = await tx.bills.add(an_audit(world, key="b", remind_at=T0 + DAY))
        await tx.bills.add(an_audit(world, key="c", remind_at=None))
    async with world.storage.read() as tx:
        assert await tx.bills.due(T0, 9) == []
        assert await tx.bills.due(T0 + 3 * DAY, 9) == [second, first]
    async with world.storage.write() as tx:
        await tx.bills.save(replace(second, filed_at=T0, filed_by="slack:U2"))
        assert await tx.bills.due(T0 + 3 * DAY, 9) == [first]


async def test_who_holds_an_audit_changes_it_alone(world: World) -> None:
    """Two who change it at once take turns: what the first wrote is what the second finds."""
    async with world.storage.write() as tx:
        number = (await tx.bills.add(an_audit(world))).id

    async def count() -> None:
        async with world.storage.write() as tx:
            held = await tx.bills.hold(number, [world.tenant.id])
            assert held is not None
            await asyncio.sleep(0)
            await tx.bills.save(replace(held, totals={"lines": held.totals["lines"] + 1}))

    await asyncio.gather(*(count() for _ in range(5)))
    async with world.storage.read() as tx:
        found = await tx.bills.get(number, [world.tenant.id])
    assert found is not None
    assert found.totals == {"lines": 7}


async def test_unconfirmed_files_go(world: World) -> None:
    """What nobody confirmed, and what was broken off, goes after its time; audits stay."""
    async with world.storage.write() as tx:
        waiting = an_audit(world, key=None, state=BillState.ASKED, content=b"x")
        asked = await tx.bills.add(waiting)
        broken = await tx.bills.add(an_audit(world, key=None, state=BillState.WORKING))
        await tx.bills.put_lines(world.tenant.id, broken.id, lines("1Z1|freight"))
        young = await tx.bills.add(replace(waiting, received_at=T0 + DAY))
        done = await tx.bills.add(an_audit(world))
        await tx.bills.forget_asked(T0 + DAY)
    async with world.storage.read() as tx:
        ids = [world.tenant.id]
        found = [await tx.bills.get(one.id, ids) for one in (asked, broken, young, done)]
        assert [one is not None for one in found] == [False, False, True, True]
        assert await tx.bills.lines(world.tenant.id, broken.id) == []


async def test_columns_are_remembered_for_a_sender(world: World) -> None:
    """The last confirmation counts, for that client alone."""
    async with world.storage.write() as tx:
        await tx.bills.remember(world.tenant.id, "p1", {"places": {"amount": 1}}, "u", T0)
        await tx.bills.remember(world.tenant.id, "p1", {"places": {"amount": 2}}, "u", T0)
    async with world.storage.read() as tx:
        assert await tx.bills.columns(world.tenant.id, "p1") == {"places": {"amount": 2}}
        assert await tx.bills.columns(world.tenant.id + 1, "p1") is None
        assert await tx.bills.columns(world.tenant.id, "p2") is None
