"""Keeps what a model answered, by the hash of what it was asked.

Must not read an answer, and must not be given one with a person's data in it.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.asking import KeptAnswer
from storage.tables_models import model_answers


class SqlModelAnswers:
    """Answers in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, tenant_id: int, key: str) -> str | None:
        """The answer to that, or None where there is none or it was emptied."""
        mine = model_answers.c.tenant_id == tenant_id, model_answers.c.key == key
        found = await self._connection.execute(select(model_answers.c.answer).where(*mine))
        return found.scalar_one_or_none() or None

    async def put(self, answer: KeptAnswer, now: datetime) -> None:
        """Keeps it; a later answer to the same takes the place of the one before."""
        on_postgres = self._connection.dialect.name == "postgresql"
        insert = (postgres_insert if on_postgres else sqlite_insert)(model_answers)
        values = {
            "tenant_id": answer.tenant_id,
            "key": answer.key,
            "order_id": answer.order_id,
            "operation": answer.operation,
            "model": answer.model,
            "answer": answer.text,
            "answered_at": now,
        }
        later = {name: insert.excluded[name] for name in ("order_id", "model", "answer")}
        await self._connection.execute(
            insert.values(**values).on_conflict_do_update(
                index_elements=["tenant_id", "key"],
                set_={**later, "answered_at": insert.excluded.answered_at},
            )
        )

    async def clear(self, tenant_id: int) -> int:
        """Forgets all answers of a tenant; returns how many there were."""
        mine = delete(model_answers).where(model_answers.c.tenant_id == tenant_id)
        return (await self._connection.execute(mine)).rowcount
