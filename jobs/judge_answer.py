"""Keeps what people thought of an answer, and shows leads what was no help.

Must not show an answer to somebody who may not see every client that it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.ports import Storage
from policies.questions.given import HELPED, NO_HELP, GivenAnswer, Wrong
from policies.questions.proposals import Proposal, proposals

_REVIEWED, _HELPFUL = 10, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was no help, judged last first, and what helped often enough to be written down."""

    no_help: tuple[GivenAnswer, ...]
    proposals: tuple[Proposal, ...]


async def seen_answer(
    answer_id: int, tenant_ids: Sequence[int], *, storage: Storage
) -> GivenAnswer | None:
    """The answer, where all its clients may be seen; else None."""
    async with storage.read() as tx:
        given = await tx.answers.get(answer_id)
    return given if given and set(given.tenants) <= set(tenant_ids) else None


async def judge_answer(
    given: GivenAnswer,
    *,
    helped: bool,
    person: str,
    storage: Storage,
    wall_now: datetime,
    why: Wrong | None = None,
    note: str | None = None,
) -> bool:
    """Keeps it; the last one who judges counts. False where the answer is gone."""
    judged = replace(
        given,
        verdict=HELPED if helped else NO_HELP,
        why=None if helped or why is None else why.value,
        note=None if helped else note,
        judged_by=person,
        judged_at=wall_now,
    )
    async with storage.write() as tx:
        return await tx.answers.judge(judged)


async def review_answers(tenant_ids: Sequence[int], *, storage: Storage) -> Review:
    """For leads: what to mend, and what to write down."""
    async with storage.read() as tx:
        bad = await tx.answers.judged(tenant_ids, NO_HELP, _REVIEWED)
        good = await tx.answers.judged(tenant_ids, HELPED, _HELPFUL)
    return Review(no_help=tuple(bad), proposals=proposals(good))
