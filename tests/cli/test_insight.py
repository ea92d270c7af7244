"""`e2a insight`: what stands out among a client's exceptions, in words and as JSON."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot.cli.insight
from policies.reasons import ReasonCode
from storage.engine import open_engines
from storage.transaction import SqlStorage
from tests.cli.conftest import Run
from tests.storage.builders import a_record

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)


@pytest.fixture
def flood(acme: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Twenty late parcels with UPS at noon, where two are usual; as of four."""
    monkeypatch.setattr(bot.cli.insight, "wall_now", lambda: NOW)
    hours = [NOW - timedelta(hours=3, weeks=week) for week in range(9, -1, -1)]
    opened = [at for at in hours for _ in range(2)] + [hours[-1]] * 20
    carriers = ["FedEx", "DHL"] * len(hours) + ["UPS"] * 20

    async def fill() -> None:
        storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{place}/e2a.db"))
        async with storage.write() as tx:
            tenant = await tx.tenants.by_name(acme)
            assert tenant is not None
            records = [
                a_record(
                    tenant.id,
                    f"SO-{number}",
                    opened_at=at,
                    reason_code=ReasonCode.CARRIER_ISSUE,
                    facts={"carrier": carrier},
                )
                for number, (at, carrier) in enumerate(zip(opened, carriers, strict=True))
            ]
            await tx.exceptions.open(records)
        await storage.close()

    asyncio.run(fill())
    return acme


def test_what_stands_out_is_printed(e2a: Run, flood: str) -> None:
    """The finding with its numbers and the words that list it, and the counts behind it."""
    ran = e2a("insight", "--tenant", flood)
    assert (ran.code, ran.err) == (0, "")
    assert "carrier UPS: 20 from 12:00 UTC to 16:00 UTC, usually none" in ran.out
    assert "/e2a exceptions all carrier UPS client acme since 2026-03-02T12:00Z" in ran.out
    assert "22 exceptions in the last 4 hours, usually 2" in ran.out


def test_the_same_as_json(e2a: Run, flood: str) -> None:
    """One object a finding, with its hours and its key."""
    line = e2a("insight", "--tenant", flood, "--json").json[0]
    assert (line["tenant"], line["kind"], line["count"], line["usual"]) == ("acme", "more", 20, 0.0)
    assert line["span"] == ["2026-03-02T12:00:00Z", "2026-03-02T16:00:00Z"]
    assert (line["key"], line["values"]) == ("more|carrier=ups", [["carrier", "UPS"]])


def test_where_nothing_is_known_that_is_said(e2a: Run, acme: str) -> None:
    """No finding, and no JSON."""
    assert "No exception is known yet" in e2a("insight", "--tenant", acme).out
    assert e2a("insight", "--tenant", acme, "--json").json == []
    assert "there is no tenant nobody" in e2a("insight", "--tenant", "nobody").complaint
