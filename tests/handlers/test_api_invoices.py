"""Invoices and notes over HTTP: shown to their tenant only, decided once, never one's own."""

from collections.abc import AsyncIterator

import pytest

from policies.money.invoice_values import Wanted
from tests.handlers.world import World, open_world
from tests.jobs.books import AFTER, Books, shipped, tariffs


@pytest.fixture
async def billed() -> AsyncIterator[World]:
    """Two invoices of the first tenant, and a proposal on the first."""
    async with open_world() as world:
        books = Books(storage=world.storage, log=world.log, tariffs=tariffs(), tenant=world.tenant)
        await books.hear([*shipped("SO-1", picks=30), *shipped("SO-2")])
        await books.run()
        await propose(world, -600, "e2a")
        yield world


async def propose(world: World, cents: int, who: str) -> None:
    """Somebody wants the first invoice corrected."""
    books = Books(storage=world.storage, tariffs=tariffs(), tenant=world.tenant)
    key = f"{who} {cents}"
    wanted = Wanted(key=key, invoice_id=1, amount_cents=cents, cause="rate", proposed_by=who)
    await books.propose(wanted, now=AFTER)


async def test_invoices_are_listed_and_shown(billed: World) -> None:
    """Newest first in pages, by month, by id or number; the lines sum to the total."""
    status, page = await billed.call("GET", "/api/invoices?limit=2", key="read")
    assert status == 200
    assert [one["number"] for one in page["items"]] == ["INV-000003", "INV-000002"]
    path = f"/api/invoices?cursor={page['next_cursor']}"
    _, rest = await billed.call("GET", path, key="read")
    [first] = rest["items"]
    assert (first["kind"], first["order_id"], first["tenant"]) == ("order", "SO-1", "acme")
    assert first["total_cents"] == sum(line["amount_cents"] for line in first["lines"]) == 935
    assert first["lines"][0]["event_ids"] == ["SO-1/pick_completed/01090000"]
    for name in ("1", "INV-000001"):
        assert await billed.call("GET", f"/api/invoices/{name}", key="read") == (200, first)
    assert (await billed.call("GET", "/api/invoices?period=2026-09", key="read"))[1]["items"] == []
    assert (await billed.call("GET", "/api/invoices?period=2026-13", key="read"))[0] == 422


async def test_what_is_not_theirs_is_not_there(billed: World) -> None:
    """Foreign and unknown invoices and notes look the same; a key to read decides nothing."""
    for path in ("/api/invoices/1", "/api/invoices/99", "/api/invoices/x"):
        status, _ = await billed.call("GET", path, key="other-read")
        assert status == 404, path
    for page in ("/api/invoices", "/api/adjustments"):
        assert (await billed.call("GET", page, key="other-read"))[1]["items"] == []
    assert (await billed.send({}, "/api/adjustments/1/approve", key="other-admin"))[0] == 404
    assert (await billed.send({}, "/api/adjustments/1/approve", key="read"))[0] == 403


async def test_a_note_is_approved_once(billed: World) -> None:
    """Approving issues it; approved again it is the same note, and turning it down is too late."""
    _, page = await billed.call("GET", "/api/adjustments?status=proposed", key="read")
    [note] = page["items"]
    assert (note["id"], note["status"], note["number"], note["amount_cents"]) == (
        1,
        "proposed",
        None,
        -600,
    )
    status, issued = await billed.send(
        {"note": "agreed"}, "/api/adjustments/1/approve", key="admin"
    )
    assert (status, issued["status"], issued["number"]) == (200, "issued", "CN-000001")
    assert issued["decided_by"].startswith("api:")
    assert await billed.send({}, "/api/adjustments/1/approve", key="admin") == (200, issued)
    status, body = await billed.send({}, "/api/adjustments/1/reject", key="admin")
    assert (status, body["error"]) == (409, "decided")
    async with billed.storage.read() as tx:
        trail = await tx.audit.of_subject(billed.tenant.id, "adjustment:1")
    assert [(one.action, one.note) for one in trail] == [("propose", None), ("issue", "agreed")]


async def test_nobody_approves_their_own_note(billed: World) -> None:
    """Whoever proposed it takes it back or waits for somebody else."""
    _, page = await billed.send({}, "/api/adjustments/1/reject", key="admin")
    await propose(billed, -700, page["decided_by"])
    status, body = await billed.send({}, "/api/adjustments/2/approve", key="admin")
    assert (status, body["error"]) == (403, "not_yours")
    assert (await billed.send({}, "/api/adjustments/2/reject", key="admin"))[0] == 200
