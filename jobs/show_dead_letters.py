"""Gathers the dead letters that wait, and what a replay of some of them would take along.

Must not change anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.ports import Storage
from policies.letter_reasons import counted_together
from policies.queries import LetterCount, LetterFilter
from policies.records import DeadLetter

_LATEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersView:
    """What waits: counts by kind and reason, greatest first, and the latest few.

    `now` is business time, by which deliveries are dated; `wall_now` dates failed work.
    """

    counts: tuple[LetterCount, ...]
    latest: tuple[DeadLetter, ...]
    now: datetime
    wall_now: datetime

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(one.count for one in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayView:
    """What fits a wish to replay: counts of all, and the last one that one go would take.

    `going` says how many that are, oldest first.
    """

    counts: tuple[LetterCount, ...]
    total: int
    going: int
    newest: int


async def show_letters(
    tenant_ids: Sequence[int], *, storage: Storage, now: datetime, wall_now: datetime
) -> LettersView:
    """The dead letters of these tenants that nobody has dealt with."""
    wanted = LetterFilter(tenant_ids=tuple(tenant_ids), limit=_LATEST)
    async with storage.read() as tx:
        counts = await tx.dead_letters.tally(wanted)
        latest = await tx.dead_letters.find(wanted)
    return LettersView(
        counts=tuple(counted_together(counts)),
        latest=tuple(latest),
        now=now,
        wall_now=wall_now,
    )


async def preview_letters(wanted: LetterFilter, *, storage: Storage) -> ReplayView:
    """What a replay would take; the filter's limit is the most that one go takes."""
    async with storage.read() as tx:
        counts = await tx.dead_letters.tally(wanted)
        going = await tx.dead_letters.find(replace(wanted, oldest_first=True))
    return ReplayView(
        counts=tuple(counted_together(counts)),
        total=sum(one.count for one in counts),
        going=len(going),
        newest=going[-1].id if going else 0,
    )
