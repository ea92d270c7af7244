"""Keeps answers that were given, and what people thought of them. Must not judge them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.questions.given import GivenAnswer
from storage.tables_answers import answers

_FIELDS = tuple(field.name for field in fields(GivenAnswer) if field.name != "id")
_JUDGED = ("verdict", "why", "note", "judged_by", "judged_at")
_MOST_SPOKEN = 6
_SLICE = 4
"""Rows that are read for each one wanted: those of clients that the reader does not see go."""


class SqlAnswers:
    """Answers in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, given: GivenAnswer) -> GivenAnswer:
        """Keeps it; returns it with its number."""
        made = await self._connection.execute(insert(answers).values(_row(given, _FIELDS)))
        return replace(given, id=made.inserted_primary_key[0])  # type: ignore[index]

    async def get(self, answer_id: int) -> GivenAnswer | None:
        """That one, or None."""
        mine = select(answers).where(answers.c.id == answer_id)
        row = (await self._connection.execute(mine)).one_or_none()
        return _given(row) if row else None

    async def spoken(
        self, channel_id: str | None, thread_ts: str | None, person: str, since: datetime
    ) -> list[GivenAnswer]:
        """What was said in that thread, else to that person in that place, newest first."""
        table = answers.c
        here = select(answers).where(table.channel_id == channel_id, table.asked_at >= since)
        here = (
            here.where(table.thread_ts == thread_ts)
            if thread_ts is not None
            else here.where(table.asked_by == person)
        )
        rows = await self._connection.execute(here.order_by(table.id.desc()).limit(_MOST_SPOKEN))
        return [_given(row) for row in rows]

    async def judge(self, judged: GivenAnswer) -> bool:
        """Keeps what somebody thought of it; False where there is no such answer."""
        mine = update(answers).where(
            answers.c.id == judged.id, answers.c.tenant_id == judged.tenant_id
        )
        done = await self._connection.execute(mine.values(_row(judged, _JUDGED)))
        return done.rowcount == 1

    async def judged(
        self, tenant_ids: Sequence[int], verdict: int, limit: int
    ) -> list[GivenAnswer]:
        """Those with that verdict whose every client is among these, judged last first."""
        table = answers.c
        statement = (
            select(answers)
            .where(table.tenant_id.in_(sorted(tenant_ids)), table.verdict == verdict)
            .order_by(table.judged_at.desc(), table.id.desc())
            .limit(limit * _SLICE)
        )
        found = [_given(row) for row in await self._connection.execute(statement)]
        return [one for one in found if set(one.tenants) <= set(tenant_ids)][:limit]


def _row(given: GivenAnswer, names: Sequence[str]) -> Mapping[str, Any]:
    return {name: getattr(given, name) for name in names}


def _given(row: Row[Any]) -> GivenAnswer:
    known = row._asdict()
    return GivenAnswer(
        **known
        | {
            "tenants": tuple(row.tenants),
            "before": tuple(row.before),
            "sources": tuple((label, ref) for label, ref in row.sources),
            "passages": tuple(row.passages),
        }
    )
