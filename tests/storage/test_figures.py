"""Figures are the same whether memory or a database counts, and what memory counts is plain."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from policies.questions.shape import (
    NOBODY,
    OPEN_ONES,
    SETTLED_ONES,
    Dated,
    Figures,
    Measure,
    Names,
    Only,
    Split,
    Window,
)
from policies.reasons import ReasonCode, Severity, Stage, Status
from policies.records import ExceptionRecord
from storage.memory import MemoryStorage
from tests.storage.builders import MINUTE, T0, a_record, an_entry
from tests.storage.conftest import World

CARRIERS = ("UPS", "ups", "FedEx", 'The "Q" & co', "a_b%", "\u00e9clair")
NOW = T0 + timedelta(days=3)
DAY = Window(since=T0, until=T0 + timedelta(days=1), words="the first day")
ASKED = {
    "all": Figures(measure=Measure.COUNT),
    "open": Figures(measure=Measure.COUNT, only=Only(statuses=OPEN_ONES)),
    "a day": Figures(measure=Measure.COUNT, window=DAY),
    "settled that day": Figures(
        measure=Measure.COUNT,
        window=DAY,
        dated=Dated.SETTLED,
        only=Only(statuses=SETTLED_ONES),
    ),
    "one carrier": Figures(measure=Measure.COUNT, only=Only(carriers=("UPS",))),
    "both spellings": Figures(measure=Measure.COUNT, only=Only(carriers=("UPS", "ups"))),
    "quotes": Figures(measure=Measure.COUNT, only=Only(carriers=('The "Q" & co', "a_b%"))),
    "accent": Figures(measure=Measure.COUNT, only=Only(carriers=("\u00e9clair",))),
    "site and severity": Figures(
        measure=Measure.WORST,
        only=Only(sites=("ATL1",), severities=(Severity.HIGH, Severity.CRITICAL)),
    ),
    "nobody's": Figures(measure=Measure.OLDEST, only=Only(owner=NOBODY)),
    "Maria's": Figures(measure=Measure.LIST, only=Only(owner="U0MARIA", snoozed=True)),
    "picks": Figures(
        measure=Measure.COUNT, only=Only(reasons=(ReasonCode.PICK_DELAY,), stages=(Stage.PICK,))
    ),
    "without UPS at ATL1": Figures(
        measure=Measure.WORST,
        only=Only(but=Names(carriers=("UPS", "ups"), sites=("ATL1",))),
        now=NOW,
    ),
    "longest over": Figures(measure=Measure.WORST, now=NOW),
    "long over": Figures(measure=Measure.COUNT, only=Only(over_minutes=600), now=NOW),
}


def _records(tenant_id: int, seed: int, count: int = 60) -> list[ExceptionRecord]:
    """Exceptions of two orders' worth of variety, the same in every run."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    made = []
    for number in range(count):
        status = chance.choice(list(Status))
        opened = T0 + MINUTE * chance.randrange(3000)
        ended = opened + MINUTE * chance.randrange(500)
        facts = {"warehouse": chance.choice(("ATL1", "DAL2")), "carrier": chance.choice(CARRIERS)}
        made.append(
            replace(
                a_record(tenant_id, order_id=f"SO-{chance.randrange(30)}", sla_id=f"rule-{number}"),
                status=status,
                severity=chance.choice(list(Severity)),
                reason_code=chance.choice((ReasonCode.PICK_DELAY, ReasonCode.CARRIER_ISSUE)),
                stage=chance.choice(list(Stage)),
                opened_at=opened,
                deadline_at=opened - MINUTE * chance.randrange(60),
                resolved_at=ended if status in SETTLED_ONES else None,
                stopped_at=ended if chance.random() < 0.2 else None,
                assignee=chance.choice((None, "U0MARIA")),
                snoozed_until=NOW if chance.random() < 0.3 else None,
                facts=facts | ({"order_value_cents": number} if number % 3 else {}),
            )
        )
    return made


async def _fill(storage: object, records: list[ExceptionRecord]) -> None:
    async with storage.write() as tx:  # type: ignore[attr-defined]
        opened = await tx.exceptions.open(records)
        entries = [
            replace(
                an_entry(record.tenant_id),
                subject=f"exception:{record.id}",
                action="acknowledge" if record.deadline_at.minute % 2 else "open",
                actor="slack:U0MARIA",
                at=record.opened_at + MINUTE * record.deadline_at.minute,
            )
            for record in opened
        ]
        await tx.audit.append(entries)


@pytest.mark.parametrize("name", ASKED)
async def test_every_store_counts_alike(world: World, name: str) -> None:
    """Counts, lists, splits and spreads of a database equal those counted by hand in memory."""
    asked, ids, plain = ASKED[name], [world.tenant.id], MemoryStorage()
    for storage in (world.storage, plain):
        await _fill(storage, _records(world.tenant.id, 7))
    async with world.storage.read() as one, plain.read() as other:
        assert await one.figures.count(ids, asked) == await other.figures.count(ids, asked)
        found, expected = [await tx.figures.find(ids, asked, 9) for tx in (one, other)]
        assert [record.sla_id for record in found] == [record.sla_id for record in expected]
        for by in (Split.CARRIER, Split.SITE, Split.REASON, Split.OWNER, Split.CLIENT):
            assert await one.figures.shares(ids, asked, by) == await other.figures.shares(
                ids, asked, by
            )
        assert await one.figures.quarters(ids, asked) == await other.figures.quarters(ids, asked)
        for way in ("settling", "answering"):
            here, there = [await getattr(tx.figures, way)(ids, asked) for tx in (one, other)]
            assert here == there
        assert await one.figures.delays(ids, asked, NOW) == await other.figures.delays(
            ids, asked, NOW
        )
        assert await one.figures.repeated(ids, asked, 5) == await other.figures.repeated(
            ids, asked, 5
        )
        assert await one.figures.values(ids, asked) == await other.figures.values(ids, asked)


async def test_a_count_is_what_one_would_count(world: World) -> None:
    """Splits sum to the count, and a filter by carrier counts its spelling alone."""
    records = _records(world.tenant.id, 3)
    await _fill(world.storage, records)
    counted = Counter(str(record.facts["carrier"]) for record in records)
    async with world.storage.read() as tx:
        shares = await tx.figures.shares([world.tenant.id], ASKED["all"], Split.CARRIER)
        assert {share.name: share.count for share in shares} == counted
        assert await tx.figures.count([world.tenant.id], ASKED["one carrier"]) == counted["UPS"]
        known = await tx.figures.known([world.tenant.id], T0)
        assert set(known.carriers) == set(counted)
        assert set(known.sites) == {"ATL1", "DAL2"}


async def test_the_worst_are_longest_over(world: World) -> None:
    """What ended counts up to its end: an old deadline that was missed briefly is not the worst."""
    await _fill(world.storage, _records(world.tenant.id, 3))
    async with world.storage.read() as tx:
        found = await tx.figures.find([world.tenant.id], ASKED["longest over"], 60)
    late = [record.delay_at(NOW) for record in found]
    assert late == sorted(late, reverse=True)
    assert len(late) == 60


async def test_other_tenants_are_never_counted(world: World) -> None:
    """What is asked for one tenant counts none of another's, and none at all for nobody."""
    await _fill(world.storage, _records(world.tenant.id, 3))
    async with world.storage.read() as tx:
        assert await tx.figures.count([world.tenant.id + 1], ASKED["all"]) == 0
        assert await tx.figures.shares([], ASKED["all"], Split.SITE) == []
        assert (
            await tx.figures.known([world.tenant.id + 1], T0)
            == type(await tx.figures.known([], T0))()
        )
