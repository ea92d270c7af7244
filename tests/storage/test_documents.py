"""Documents that people gave are kept alike everywhere, and notable exceptions are read alike."""

from dataclasses import replace
from datetime import timedelta

from policies.documents import DIRECT, LearnedDocument
from policies.reasons import Status
from policies.records import Tenant
from tests.storage.builders import MINUTE, T0, a_record
from tests.storage.conftest import World

DAY = timedelta(days=1)


def a_document(tenant_id: int, name: str = "rates.pdf", **changes: object) -> LearnedDocument:
    """A document of two pages."""
    document = LearnedDocument(
        tenant_id=tenant_id,
        name=name,
        form="text",
        pages=("Page one, é.", "Page \x00 two."),
        digest="abc",
        added_by="slack:U1",
        added_at=T0,
    )
    return replace(document, **changes)  # type: ignore[arg-type] # fields of a document


async def test_versions_follow_each_other_and_are_forgotten_together(world: World) -> None:
    """The latest is listed without its text; all are read in order; forgetting leaves none."""
    mine = world.tenant.id
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        empty = await tx.documents.mark()
        first = await tx.documents.add(a_document(mine), None)
        assert first.pages == ("Page one, é.", "Page ? two.")
        theirs = await tx.documents.add(a_document(other.id), None)
        later = a_document(mine, number=2, visibility=DIRECT, effective_from=T0 + DAY)
        second = await tx.documents.add(later, T0 + DAY)
    async with world.storage.of([mine]).write() as tx:  # as a request does
        await tx.documents.add(a_document(mine, "a.md", effective_until=T0 + DAY), None)
    async with world.storage.read() as tx:
        listed = await tx.documents.latest([mine])
        assert [(one.name, one.number, one.pages) for one in listed] == [
            ("a.md", 1, ()),
            ("rates.pdf", 2, ()),
        ]
        assert listed[1] == replace(second, pages=())
        assert await tx.documents.latest([]) == []
        every = await tx.documents.after(0, 9)
        assert every[:3] == [replace(first, ends_at=T0 + DAY), theirs, second]
        assert await tx.documents.after(every[1].id, 1) == [second]
        full = await tx.documents.mark()
    async with world.storage.write() as tx:
        assert await tx.documents.forget(mine, "rates.pdf") == 2
        assert await tx.documents.forget(mine, "rates.pdf") == 0
        fewer = await tx.documents.mark()
        assert [one.name for one in await tx.documents.latest([mine, other.id])] == [
            "a.md",
            "rates.pdf",
        ]
        again = await tx.documents.add(a_document(mine), None)
        assert again.id > every[-1].id
        assert len({empty, full, fewer, await tx.documents.mark()}) == 4


async def test_notable_are_active_and_recent_exceptions(world: World) -> None:
    """Active ones whatever their age, others that changed lately; changes come oldest first."""
    mine = world.tenant.id
    records = [
        a_record(mine, f"SO-{n}", opened_at=T0, updated_at=T0 + n * MINUTE) for n in range(4)
    ]
    over = {"status": Status.CLOSED, "resolved_at": T0}
    records[0] = replace(records[0], **over)  # type: ignore[arg-type] # fields of a record
    records[2] = replace(records[2], **over)  # type: ignore[arg-type] # the same
    async with world.storage.write() as tx:
        stored = await tx.exceptions.open(records)
    numbers = [one.id for one in stored]
    async with world.storage.read() as tx:
        found = await tx.notable.page(T0 + MINUTE, None, 9)
        assert [one.id for one in found] == [numbers[3], numbers[2], numbers[1]]
        assert found[0] == stored[3]
        assert [one.id for one in await tx.notable.page(T0, numbers[2], 1)] == [numbers[1]]
        changed = await tx.notable.changed(T0 + 2 * MINUTE, 9)
        assert changed == [(numbers[n], 1, T0 + n * MINUTE) for n in (2, 3)]
        assert len(await tx.notable.changed(T0, 1)) == 1
