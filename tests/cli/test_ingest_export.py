"""`e2a export`: everything out as JSON lines, in a form that goes in again."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from policies.records import Alert, DeadLetter
from storage.engine import open_engines
from storage.export import EXPORTS
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter
from tests.cli.conftest import Ran, Run
from tests.cli.files import event, write
from tests.storage.builders import a_message, a_record, an_entry, an_event, clocks_of, received


def totals(ran: Ran) -> str:
    """What ingest says of it all."""
    return next(line for line in ran.err.splitlines() if line.startswith("accepted "))


async def fill(url: str) -> None:
    """One record of every kind for the first tenant."""
    storage, now = SqlStorage(open_engines(url)), datetime(2026, 3, 2, tzinfo=UTC)
    writer = GroupCommitWriter(storage.engines)
    await writer.start()
    await writer.record([received(1, an_event())])
    await writer.stop()
    letter = DeadLetter(tenant_id=1, kind="event", subject="evt-1", reason="no", payload={})
    alert = Alert(
        id=0, tenant_id=1, kind="exception", channel="#a", exception_ids=(1,), created_at=now
    )
    async with storage.write() as tx:
        await tx.clocks.save([(1, clock) for clock in clocks_of(an_event(), now=now)], now)
        await tx.exceptions.open([a_record(1)])
        await tx.alerts.open([alert])
        await tx.outbox.put([a_message(1, "key")], now)
        await tx.dead_letters.add([letter], now)
        await tx.audit.append([an_entry(1)])
    await storage.close()


def test_every_kind_is_exported_as_json_lines(e2a: Run, acme: str, place: Path) -> None:
    """Each kind of record comes out as one JSON object a line and nothing else."""
    asyncio.run(fill(f"sqlite+aiosqlite:///{place}/e2a.db"))
    for what in EXPORTS:
        ran = e2a("export", what, "--json")
        assert (ran.code, ran.err) == (0, "")
        assert {row["tenant"] for row in ran.json} == {acme}, what
    (exception,) = e2a("export", "exceptions").json
    assert (exception["id"], exception["status"]) == (1, "OPEN")
    assert exception["explanation"]["label"] == "Pick late"


def test_an_event_is_exported_in_its_canonical_form(e2a: Run, acme: str, tmp_path: Path) -> None:
    """What went in comes out, with the tenant and when it came, and can go in again."""
    given = event(payload={"wave": "W1"}, correlation_id="c-1")
    e2a("ingest", write(tmp_path / "e.jsonl", given), "--tenant", acme)
    ran = e2a("export", "events")
    (row,) = ran.json
    assert {name: row[name] for name in given} == given
    assert row["received_at"].endswith("Z")
    assert set(row) == {*given, "tenant", "received_at"}
    e2a("tenant", "add", "globex")
    back = write(tmp_path / "out.jsonl", ran.out.strip())
    assert totals(e2a("ingest", back, "--tenant", "globex")).startswith("accepted 1,")


def test_one_tenants_export_is_that_tenants(e2a: Run, acme: str, tmp_path: Path) -> None:
    """--tenant leaves every other tenant out."""
    e2a("tenant", "add", "globex")
    file = write(tmp_path / "e.jsonl", event())
    for tenant in (acme, "globex"):
        e2a("ingest", file, "--tenant", tenant)
    assert len(e2a("export", "events").json) == 2
    assert [row["tenant"] for row in e2a("export", "events", "--tenant", "globex").json] == [
        "globex"
    ]
