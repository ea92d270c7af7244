"""`e2a ingest` and `e2a export`: events in bulk, once each, and everything out as JSON lines."""

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
    """The last line of what ingest tells."""
    return ran.err.strip().splitlines()[-1]


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


def test_loading_twice_loads_once(e2a: Run, acme: str, tmp_path: Path) -> None:
    """The second load of a file finds everything known and changes nothing."""
    file = write(tmp_path / "e.jsonl", event(), "", event(event_id="evt-2"))
    assert totals(e2a("ingest", file, "--tenant", acme)) == "accepted 2, duplicate 0, conflict 0"
    again = e2a("ingest", file, "--tenant", acme)
    assert (again.code, again.out) == (0, "")
    assert totals(again) == "accepted 0, duplicate 2, conflict 0"
    assert len(e2a("export", "events").json) == 2


def test_a_file_of_thousands_is_loaded_whole(e2a: Run, acme: str, tmp_path: Path) -> None:
    """More lines than fit one batch are all loaded."""
    file = write(tmp_path / "e.jsonl", *[event(event_id=f"evt-{n}") for n in range(2_500)])
    ran = e2a("ingest", file, "--tenant", acme)
    assert totals(ran) == "accepted 2500, duplicate 0, conflict 0"


def test_a_known_id_with_other_content_is_a_failure(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A conflict is counted, told and ends with 1; the first content stays."""
    e2a("ingest", write(tmp_path / "a.jsonl", event()), "--tenant", acme)
    changed = write(tmp_path / "b.jsonl", event(order_id="SO-12"))
    ran = e2a("ingest", changed, "--tenant", acme)
    assert ran.code == 1
    assert totals(ran) == "e2a: 1 events have a known id and other content"
    assert [row["order_id"] for row in e2a("export", "events").json] == ["SO-11"]


def test_a_bad_line_is_named_and_its_thousand_left_out(e2a: Run, acme: str, tmp_path: Path) -> None:
    """The first line that is no event stops the load; nothing of its thousand is stored."""
    file = write(tmp_path / "e.jsonl", event(), {**event(), "occurred_at": "soon"})
    ran = e2a("ingest", file, "--tenant", acme)
    assert (ran.code, ran.out) == (1, "")
    assert totals(ran).startswith(f"e2a: {file}:2: occurred_at: ")
    assert e2a("export", "events").json == []


def test_an_absent_file_is_one_line(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A file that is not there is told by its name."""
    absent = tmp_path / "absent.jsonl"
    assert e2a("ingest", absent, "--tenant", acme).complaint.endswith(f"no file {absent}")


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
