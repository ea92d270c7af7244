"""Keeps what is to be told to the outside, written with the change that causes it.

Must not send anything.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import OutboxMessage
from storage import leases
from storage.bulk import bulk_insert
from storage.columns import storable_or_none, to_json
from storage.instants import micros
from storage.tables_work import IN_FLIGHT, SENT, WAITING, outbox

_REVIVED = (
    "payload",
    "lane",
    "priority",
    "correlation_id",
    "attempts",
    "available_at",
    "created_at",
    "state",
)
"""What a message that was sent or dead takes on when it is asked for again; whether an earlier
attempt may have arrived stays as it was."""
_COLUMNS = ("tenant_id", "kind", "dedup_key", "generation", "updated_at", "uncertain", *_REVIVED)
_IF_OVER = ", ".join(
    f"{name} = CASE WHEN outbox.state IN ('sent', 'dead') "
    f"THEN excluded.{name} ELSE outbox.{name} END"
    for name in _REVIVED
)
_PUT = bulk_insert(
    outbox,
    _COLUMNS,
    "ON CONFLICT (tenant_id, kind, dedup_key) DO UPDATE SET "
    f"generation = outbox.generation + 1, updated_at = excluded.updated_at, {_IF_OVER}",
)
_ONE_CLAIM_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7243002, hashtext(:kind))")


class SqlOutbox:
    """Outbox messages in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.asked = False
        """Whether something was put, so that who sends can be woken after the commit."""

    async def put(self, messages: Sequence[OutboxMessage], now: datetime) -> None:
        """Adds them, merged by (tenant, kind, dedup key); of equal ones the first counts."""
        self.asked = self.asked or bool(messages)
        firsts: dict[tuple[int, str, str], OutboxMessage] = {}
        for message in messages:
            firsts.setdefault((message.tenant_id, message.kind, message.dedup_key), message)
        stored = micros(now)
        await _PUT.run(self._connection, [_row(message, stored) for message in firsts.values()])

    async def claim(
        self, kind: str, now: datetime, lease: timedelta, limit: int
    ) -> list[OutboxMessage]:
        """Takes the head of every lane whose time has come, least priority then oldest first."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_ONE_CLAIM_AT_A_TIME, {"kind": kind})
        picked = (
            select(outbox.c.id)
            .where(outbox.c.id.in_(_heads(kind)), outbox.c.available_at <= now)
            .order_by(outbox.c.priority, outbox.c.created_at, outbox.c.id)
            .limit(limit)
        )
        was_in_flight = case((outbox.c.state == IN_FLIGHT, True), else_=outbox.c.uncertain)
        rows = await leases.claim(
            self._connection, outbox, picked, now + lease, uncertain=was_in_flight
        )
        rows = sorted(rows, key=lambda row: (row.priority, row.created_at, row.id))
        return [_message(row) for row in rows]

    async def done(self, message: OutboxMessage, now: datetime) -> bool:
        """Sent, or waiting again if it was asked for meanwhile; False when the lease was lost."""
        return await self._give_back(
            message,
            state=leases.unless_grown(outbox, SENT, WAITING),
            attempts=leases.unless_grown(outbox, outbox.c.attempts, 0),
            uncertain=False,
            error=None,
            available_at=now,
            updated_at=now,
        )

    async def waiting(self) -> int:
        """How many are neither finished nor given up."""
        counted = select(func.count()).select_from(outbox).where(leases.pending("outbox"))
        return (await self._connection.execute(counted)).scalar_one()

    async def release_all(self) -> None:
        """Ends every lease, when the process that held them is known to be gone."""
        await leases.release_all(self._connection, outbox)

    async def mend(self, now: datetime, lease: timedelta, longest: timedelta) -> None:
        """Brings back what lies ahead because the clock was set back."""
        await leases.mend(self._connection, outbox, now, lease, longest)

    async def retry(
        self, message: OutboxMessage, at: datetime, error: str, *, uncertain: bool
    ) -> bool:
        """Waits until `at`; its lane waits with it."""
        unsure = uncertain or message.uncertain
        return await self._give_back(message, **leases.retried(at, error), uncertain=unsure)

    async def dead(self, message: OutboxMessage, now: datetime, error: str) -> bool:
        """Gives it up; the lane goes on."""
        return await self._give_back(message, **leases.buried(error), updated_at=now)

    async def _give_back(self, message: OutboxMessage, **changes: Any) -> bool:  # noqa: ANN401 - columns
        return await leases.give_back(
            self._connection, outbox, message.id, message.lease, **changes
        )


def _heads(kind: str) -> Any:  # noqa: ANN401 - a scalar subquery per lane
    """The id of every lane's head: what is in flight, else least priority, then oldest.

    The state sorts first because "in_flight" stands before "waiting".
    """
    lanes = select(outbox.c.lane).where(outbox.c.kind == kind, leases.pending("outbox")).distinct()
    lane = lanes.subquery("lanes")
    mine = outbox.alias("mine")
    head = (
        select(mine.c.id)
        .where(mine.c.kind == kind, mine.c.lane == lane.c.lane, leases.pending("mine"))
        .order_by(mine.c.state, mine.c.priority, mine.c.created_at, mine.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(func.coalesce(head, 0)).select_from(lane)


def _row(message: OutboxMessage, now: int) -> tuple[Any, ...]:
    return (
        message.tenant_id,
        message.kind,
        message.dedup_key,
        1,
        now,
        False,
        to_json(message.payload),
        message.lane,
        message.priority,
        storable_or_none(message.correlation_id),
        0,
        now,
        now,
        WAITING,
    )


def _message(row: Row[Any]) -> OutboxMessage:
    return OutboxMessage(
        id=row.id,
        tenant_id=row.tenant_id,
        kind=row.kind,
        lane=row.lane,
        dedup_key=row.dedup_key,
        payload=row.payload,
        priority=row.priority,
        correlation_id=row.correlation_id,
        generation=row.generation,
        attempts=row.attempts,
        uncertain=row.uncertain,
        lease=row.lease,
        created_at=row.created_at,
    )
