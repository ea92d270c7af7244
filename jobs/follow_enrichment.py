"""Brings the stages of each exception up to what was done, and asks for what is still owed.

Must not do that work: orders are judged, models asked and policies carried out by others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobs.enriching import Enriching
from jobs.gather_enrichment import EVALUATE, in_storm, known_of
from jobs.improvements import IMPROVE
from jobs.ports import Transaction
from policies.enrichment import Enrichment, EnrichmentState
from policies.enrichment_states import SOON, Known, Look, begun, look
from policies.records import ExceptionRecord, Tenant, WorkItem

LATELY = timedelta(hours=3)
"""Business time in which a run looks for exceptions that are new; longer ones are others'."""
_PAGE, _MOST_PAGES = 200, 25
_LOOKS, _MOST_LOOKS = 100, 20
"""Exceptions a transaction, and transactions a run: events that come in wait for none of them."""
_ASKS = 50
"""Questions a run; a slow model answers that many meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a run did: exceptions that are new to it, looked at, and asked about."""

    begun: int
    looked: int
    asked: int


async def follow_enrichment(
    enriching: Enriching, *, now: datetime, wall_now: datetime, lately: timedelta = LATELY
) -> Followed:
    """One run.

    Args:
        enriching: what it needs.
        now: business time, in which exceptions open.
        wall_now: by which retries, and everything else about our own work, are counted.
        lately: how far back exceptions are looked for that are not followed yet.
    """
    new = await begin_opened(enriching, now - lately, wall_now)
    looked, asked = 0, list[Enrichment]()
    for _ in range(_MOST_LOOKS):
        looks = await _look(enriching, _ASKS - len(asked), wall_now)
        looked += len(looks)
        asked += [one.enrichment for one in looks if one.ask]
        if len(looks) < _LOOKS:
            break
    await _ask(asked, enriching, now, wall_now)
    return Followed(begun=new, looked=looked, asked=len(asked))


async def begin_opened(enriching: Enriching, since: datetime, wall_now: datetime) -> int:
    """Follows exceptions that opened since then and are not followed yet; returns how many."""
    done = 0
    for tenant in await served(enriching):
        for _ in range(_MOST_PAGES):
            async with enriching.storage.read() as tx:
                if not await tx.enrichments.opened_without(tenant.id, since, 1):
                    break
            async with enriching.storage.write() as tx:
                found = await tx.enrichments.opened_without(tenant.id, since, _PAGE)
                await begin(tx, found, wall_now)
            done += len(found)
    return done


async def served(enriching: Enriching) -> Sequence[Tenant]:
    """The tenants whose exceptions are followed: all but the reserved ones."""
    async with enriching.storage.read() as tx:
        return [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]


async def begin(tx: Transaction, records: Sequence[ExceptionRecord], wall_now: datetime) -> None:
    """Follows them from here on."""
    await tx.enrichments.save([begun(record, wall_now) for record in records])


async def _look(enriching: Enriching, most_asks: int, wall_now: datetime) -> list[Look]:
    """Looks at some that are due, and has orders judged that nothing explains."""
    async with enriching.storage.write() as tx:
        due = await tx.enrichments.due(wall_now, _LOOKS)
        records = await tx.exceptions.among([one.exception_id for one in due])
        known = await known_of(tx, records, enriching)
        looks: list[Look] = []
        for was in due:
            seen = await _seen(tx, was, known[was.exception_id], wall_now)
            if seen.ask and sum(one.ask for one in looks) == most_asks:
                seen = Look(enrichment=replace(was, next_at=wall_now + SOON))  # in a later run
            count_failures(was, seen.enrichment, enriching)
            looks.append(seen)
        await tx.enrichments.save([one.enrichment for one in looks])
        numbers = {one.enrichment.exception_id for one in looks if one.evaluate}
        await tx.work.put([_judging(one) for one in records if one.id in numbers], wall_now)
    return looks


async def _seen(tx: Transaction, was: Enrichment, known: Known, wall_now: datetime) -> Look:
    """The stages as they stand; who is in a storm is asked only before a model is."""
    seen = look(was, known, wall_now)
    return look(was, await in_storm(tx, known), wall_now) if seen.ask else seen


def count_failures(was: Enrichment, seen: Enrichment, enriching: Enriching) -> None:
    """Tells the stages that failed since."""
    for stage, note in seen.stages.items():
        again = was.stages[stage].state is EnrichmentState.FAILED and seen.tries <= was.tries
        if note.state is EnrichmentState.FAILED and not again:
            enriching.observe(stage.value)


async def _ask(
    asked: Sequence[Enrichment], enriching: Enriching, now: datetime, wall_now: datetime
) -> None:
    """Puts the questions on the list of whoever asks; what is around an order is looked at first.

    A crash in between loses nothing: what was not asked counts as lost, and is asked again.
    """
    for one in asked:
        await enriching.explain(one.exception_id, now)
    items = [
        WorkItem(tenant_id=one.tenant_id, kind=IMPROVE, subject=str(one.exception_id))
        for one in asked
    ]
    if items:
        async with enriching.storage.write() as tx:
            await tx.work.put(items, wall_now)


def _judging(record: ExceptionRecord) -> WorkItem:
    return WorkItem(tenant_id=record.tenant_id, kind=EVALUATE, subject=record.order_id)
