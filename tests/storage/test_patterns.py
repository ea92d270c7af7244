"""What channels were told of patterns is kept alike everywhere, and exceptions are read alike."""

from dataclasses import replace
from datetime import timedelta

from policies.pattern_news import Told
from policies.queries import ExceptionFilter
from policies.reasons import Status
from policies.records import Tenant
from tests.storage.builders import MINUTE, T0, a_record
from tests.storage.conftest import World

WEEK = timedelta(weeks=1)


def a_row(world: World, key: str = "more|carrier=ups", **changes: object) -> Told:
    """A finding that was told."""
    row = Told(
        tenant_id=world.tenant.id,
        channel_id="C1",
        key=key,
        told_at=T0,
        level=12,
        what={"values": [["carrier", "Éclair"]], "hour": None},
    )
    return replace(row, **changes)  # type: ignore[arg-type]


async def test_what_was_told_is_known(world: World) -> None:
    """By client, channel and key; telling it again replaces what was known."""
    rows = [a_row(world), a_row(world, "hour|hour=9"), a_row(world, channel_id="C2")]
    async with world.storage.write() as tx:
        await tx.patterns.note(rows)
        again = a_row(world, told_at=T0 + WEEK, level=20, what={}, ended_at=T0 + WEEK)
        await tx.patterns.note([again])
    async with world.storage.read() as tx:
        known = await tx.patterns.told(world.tenant.id, "C1")
        assert list(known.values()) == [rows[1], again]
        assert list(known) == ["hour|hour=9", "more|carrier=ups"]
        assert await tx.patterns.told(world.tenant.id, "C3") == {}
        assert await tx.patterns.told(world.tenant.id + 1, "C1") == {}


async def test_what_could_not_be_told_is_taken_back(world: World) -> None:
    """That of one message to one channel, and nothing else that it was told."""
    later = a_row(world, "rise", told_at=T0 + WEEK)
    async with world.storage.write() as tx:
        await tx.patterns.note([a_row(world), later, a_row(world, "rise", channel_id="C2")])
        await tx.patterns.take_back(world.tenant.id, "C1", T0 + WEEK)
        await tx.patterns.take_back(world.tenant.id, "C2", T0 + WEEK)
    async with world.storage.read() as tx:
        assert list(await tx.patterns.told(world.tenant.id, "C1")) == ["more|carrier=ups"]
        assert list(await tx.patterns.told(world.tenant.id, "C2")) == ["rise"]


async def test_old_and_unwanted_rows_are_forgotten(world: World) -> None:
    """What was told long ago, and what a channel was told that asks no more."""
    old = a_row(world, "old", told_at=T0 - WEEK)
    async with world.storage.write() as tx:
        await tx.patterns.note([a_row(world), old, a_row(world, channel_id="C2")])
        await tx.patterns.forget(T0, {(world.tenant.id, "C1"), (world.tenant.id + 1, "C2")})
    async with world.storage.read() as tx:
        assert list(await tx.patterns.told(world.tenant.id, "C1")) == ["more|carrier=ups"]
        assert await tx.patterns.told(world.tenant.id, "C2") == {}


async def test_exceptions_are_seen_newest_first(world: World) -> None:
    """Those of one client that opened in a span, with what they state and how they ended."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        records = [
            a_record(world.tenant.id, f"SO-{n}", opened_at=T0 + n * MINUTE, facts={"wave": f"W{n}"})
            for n in range(5)
        ]
        ended = {"stopped_at": None, "resolved_at": T0 + WEEK, "status": Status.CLOSED}
        records[2] = replace(records[2], **ended)  # type: ignore[arg-type]
        await tx.exceptions.open([*records, a_record(other.id, opened_at=T0 + MINUTE)])
    async with world.storage.read() as tx:
        seen = await tx.patterns.seen(world.tenant.id, T0 + MINUTE, T0 + 4 * MINUTE, 9)
        assert [one.order_id for one in seen] == ["SO-3", "SO-2", "SO-1"]
        assert [(one.active, one.ended_at) for one in seen[:2]] == [
            (True, None),
            (False, T0 + WEEK),
        ]
        assert (seen[0].facts, seen[0].reason) == ({"wave": "W3"}, "PICK_DELAY")
        assert seen[0].deadline_at == T0 - MINUTE
        some = await tx.patterns.seen(world.tenant.id, T0, T0 + WEEK, 2)
        assert [one.order_id for one in some] == ["SO-4", "SO-3"]


async def test_exceptions_are_found_by_what_they_state(world: World) -> None:
    """By any fact, whatever the case; a part of a name is not taken for it, nor is a pattern."""
    carriers = ["UPS", "ups", "UPS Ground", 'The "Q" & co', "a_b%", 7]
    records = [
        a_record(world.tenant.id, f"SO-{n}", facts={"carrier": name, "warehouse": "ATL1"})
        for n, name in enumerate(carriers)
    ]
    async with world.storage.write() as tx:
        await tx.exceptions.open(records)
    asked = ExceptionFilter(tenant_ids=(world.tenant.id,))
    async with world.storage.read() as tx:
        for name, count in (("Ups", 2), ('the "q" & CO', 1), ("a_b%", 1), ("axb%", 0), ("7", 0)):
            wanted = replace(asked, stated=(("carrier", name), ("warehouse", "atl1")))
            assert await tx.exceptions.count(wanted) == count, name
            assert len(await tx.exceptions.find(wanted)) == count
