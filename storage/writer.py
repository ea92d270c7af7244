"""Writes events in groups: one transaction takes all that wait, and only then they are answered.

Must not check before it inserts: the unique key decides what is new, the receipt in the
row tells whose row it is.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from policies.queries import Receipt
from policies.records import ReceivedEvent
from storage.engine import Engines
from storage.errors import (
    StorageBusyError,
    StorageError,
    StorageRefusedError,
    TooManyPendingError,
    WriterStoppedError,
)
from storage.instants import micros
from storage.writer_rows import PreparedRow, prepare, store

Answer = asyncio.Future[list[Receipt]]
Request = tuple[list[PreparedRow], Answer]


class GroupCommitWriter:
    """The event log. One task writes; requests wait for the commit that holds their rows."""

    def __init__(
        self,
        engines: Engines,
        *,
        settle: timedelta = timedelta(milliseconds=250),
        patience: float = 30.0,
        max_pending: int = 20_000,
        max_group: int = 2_000,
        on_commit: Callable[[], None] | None = None,
        wall_now: Callable[[], datetime] | None = None,
    ) -> None:
        """Prepares it; `start` sets it going.

        An order rests for `settle` after an event before it is evaluated. A request waits for
        `patience` seconds. With `max_pending` rows waiting `record` refuses; a transaction takes
        `max_group` rows, more only of one request. `on_commit` is called after a commit with new
        events, to wake who evaluates.
        """
        self._engines = engines
        self._settle, self._patience = settle, patience
        self._max_pending, self._max_group = max_pending, max_group
        self._on_commit, self._wall_now = on_commit, wall_now
        self._waiting: deque[Request] = deque()
        self._pending = self._written = 0
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._open = False

    @property
    def written(self) -> int:
        """How many rows were committed so far; it grows while events come in."""
        return self._written

    @property
    def pending(self) -> int:
        """How many rows wait for a transaction."""
        return self._pending

    async def start(self) -> None:
        """Begins to write."""
        self._open = True
        self._task = asyncio.create_task(self._run(), name="event writer")

    async def stop(self) -> None:
        """Takes no more, writes what waits, and ends."""
        self._open = False
        self._arrived.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def record(self, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        """Stores new events durably and asks for their orders' evaluation, one receipt each.

        Raises:
            TooManyPendingError: Too many rows wait already.
            WriterStoppedError: It was not started, or is being stopped.
            StorageBusyError: It took too long; the rows still wait, and are duplicates when
                they are handed in again.
            StorageError: The database could not commit; nothing of this request is stored.
        """
        if not self._open:
            raise WriterStoppedError
        if self._pending >= self._max_pending:
            raise TooManyPendingError
        if not events:
            return []
        rows = [prepare(event) for event in events]
        answer: Answer = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, answer))
        self._pending += len(rows)
        self._arrived.set()
        try:
            async with asyncio.timeout(self._patience):
                return await answer
        except TimeoutError as error:
            raise StorageBusyError from error

    async def _run(self) -> None:
        while self._waiting or self._open:
            if not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            await self._write(self._next_group())

    def _next_group(self) -> list[Request]:
        group, size = [self._waiting.popleft()], 0
        size = len(group[0][0])
        while self._waiting and size + len(self._waiting[0][0]) <= self._max_group:
            group.append(self._waiting.popleft())
            size += len(group[-1][0])
        self._pending -= size
        return group

    async def _write(self, group: list[Request]) -> None:
        """Answers every request of the group, whatever happens; one bad value harms no other."""
        try:
            receipts = iter(await self._commit([row for rows, _ in group for row in rows]))
        except StorageRefusedError as error:
            if len(group) == 1:
                _refuse(group, error)
                return
            for request in group:
                await self._write([request])
        except Exception as error:  # noqa: BLE001 - the task must outlive any failure of a group
            _refuse(group, error)
        else:
            for rows, answer in group:
                mine = [next(receipts) for _ in rows]
                if not answer.done():
                    answer.set_result(mine)

    async def _commit(self, rows: Sequence[PreparedRow]) -> list[Receipt]:
        now = micros(self._wall_now()) if self._wall_now else None
        try:
            async with self._engines.write({row.tenant_id for row in rows}) as connection:
                receipts = await store(connection, rows, self._settle, now)
        except (UnicodeError, OverflowError) as error:
            raise StorageRefusedError from error
        self._written += len(rows)
        if self._on_commit is not None and Receipt.ACCEPTED in receipts:
            self._on_commit()
        return receipts


def _refuse(group: list[Request], error: Exception) -> None:
    told = error if isinstance(error, StorageError) else StorageError()
    told.__cause__ = error.__cause__ if told is error else error
    for _, answer in group:
        if not answer.done():
            answer.set_exception(told)
