"""Gathers what somebody may want to ask about just now. Must not word the questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.ports import Storage
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES

_AT_RISK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """What is open for a person: how much is `mine`, nobody's, about to break, silent.

    `latest` is the order whose exception is theirs, or else nobody's, with the earliest deadline.
    """

    latest: str | None
    mine: int
    unowned: int
    at_risk: int
    silent: int


async def show_openings(
    user_id: str, tenant_ids: Sequence[int], *, storage: Storage, now: datetime
) -> Openings:
    """Of these clients, as of `now` (business time)."""
    active = ExceptionFilter(
        tenant_ids=tuple(tenant_ids), statuses=ACTIVE_STATUSES, soonest_first=True, limit=20
    )
    own, free = replace(active, assignee=user_id), replace(active, unowned=True)
    async with storage.read() as tx:
        found = [*await tx.exceptions.find(own), *await tx.exceptions.find(free)]
        awake = [one for one in found if one.snoozed_until is None or one.snoozed_until <= now]
        voices = await tx.feeds.voices(tenant_ids)
        return Openings(
            latest=awake[0].order_id if awake else None,
            mine=await tx.exceptions.count(own),
            unowned=await tx.exceptions.count(free),
            at_risk=len(await tx.clocks.at_risk(tenant_ids, _AT_RISK)),
            silent=sum(one.silence is not None and one.silence.ended_at is None for one in voices),
        )
