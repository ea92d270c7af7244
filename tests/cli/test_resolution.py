"""`e2a resolution`: a dry run says what would be done, a run does it, a list says how it ended."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from storage.engine import open_engines
from storage.transaction import SqlStorage
from tests.cli.conftest import Run
from tests.storage.builders import a_record

RULES = """
version: "1"
resolution:
  PICK_DELAY: [{do: message, text: "{order_id} is late", limit: {per_order: 1}}]
"""


@pytest.fixture
def late(acme: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A late order of acme, and a policy that posts a line about it."""
    folder = place / "policies" / "tenants" / acme
    folder.mkdir(parents=True)
    (folder / "resolution.yaml").write_text(RULES)
    monkeypatch.setenv("POLICIES_DIR", str(place / "policies"))

    async def fill() -> None:
        storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{place}/e2a.db"))
        async with storage.write() as tx:
            tenant = await tx.tenants.by_name(acme)
            assert tenant is not None
            await tx.exceptions.open([a_record(tenant.id, "SO-1")])
        await storage.close()

    asyncio.run(fill())
    return acme


def test_a_dry_run_does_nothing(e2a: Run, late: str) -> None:
    """It says what would be done to what, and the next one says the same."""
    for _ in range(2):
        ran = e2a("resolution", "run", "--dry-run", "--tenant", late, "--json")
        (row,) = ran.json
        assert (row["order_id"], row["action"]) == ("SO-1", "message")
        assert row["request"] == {"text": "SO-1 is late"}
    assert e2a("resolution", "list", "--json").json == []


def test_a_run_does_it_and_the_list_says_so(e2a: Run, late: str) -> None:
    """Done once; what is under way is not done again."""
    assert "1 carried out" in e2a("resolution", "run").err
    assert "0 carried out" in e2a("resolution", "run").err
    (row,) = e2a("resolution", "list", "--tenant", late, "--json").json
    assert (row["tenant"], row["state"], row["number"]) == (late, "waiting", 1)
    listed = e2a("resolution", "list")
    assert "SO-1 message" in listed.out
    assert "1 under way, 0 exceptions blocked." in listed.err


def test_the_job_can_be_run_by_its_name(e2a: Run, late: str) -> None:
    """`e2a jobs run` is the same run."""
    del late
    assert "1 carried out" in e2a("jobs", "run", "resolve_exceptions").err


def test_a_policy_that_cannot_be_read_stops_it(e2a: Run, late: str, place: Path) -> None:
    """With file and line, before anything is done."""
    file = place / "policies" / "tenants" / late / "resolution.yaml"
    file.write_text('version: "1"\nresolution:\n  any: [{do: hold_order}]\n')
    assert "resolution.yaml:3" in e2a("resolution", "run").complaint


def test_a_claim_file_is_printed(e2a: Run, late: str, place: Path) -> None:
    """What was made for a carrier can be read again; where there is none, that is said."""
    assert "there is no claim file of #1" in e2a("resolution", "claim", "1").complaint
    rules = 'version: "1"\nresolution: {PICK_DELAY: [{do: claim_file}]}\n'
    (place / "policies" / "tenants" / late / "resolution.yaml").write_text(rules)
    shipped = {"carrier": "UPS", "tracking_number": "1Z999AA10123456784"}

    async def ship() -> None:
        storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{place}/e2a.db"))
        async with storage.write() as tx:
            (record,) = await tx.exceptions.among([1])
            known = replace(record, facts=shipped, version=record.version + 1)
            assert await tx.exceptions.save(known, was=record.version)
        await storage.close()

    asyncio.run(ship())
    (row,) = e2a("resolution", "run", "--dry-run", "--json").json
    assert row["request"] == {"file": "claim-1-1.txt"}
    assert "1 carried out" in e2a("resolution", "run").err
    printed = e2a("resolution", "claim", "1")
    assert (printed.code, "Against: UPS" in printed.out, "SO-1" in printed.out) == (0, True, True)
    (row,) = e2a("resolution", "list", "--json").json
    assert (row["action"], row["state"]) == ("claim_file", "waiting")
    assert row["response"] == "claim-1-1.txt with 0 events, on its way to Slack"
