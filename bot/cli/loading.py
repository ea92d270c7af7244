"""Loads rows into the event log by the thousand and keeps what was rejected.

Must not read files: rows come in.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import BinaryIO, TypeVar

from bot.cli.app import CommandError
from bot.cli.event_rows import ROWS, Row, thousands
from bot.cli.output import say
from bot.clock import wall_now
from handlers.api.errors import Issue
from handlers.ingest.letters import Rejected, Sender, letter_of
from jobs.record_events import keep_rejected
from policies.queries import LetterFilter, Receipt
from policies.records import DeadLetter, Tenant
from storage.errors import DatabaseDownError, StorageBusyError
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

MOST_NAMED, MOST_LETTERS = 20, 1000
"""How many rejected rows are told one by one, and how many become dead letters."""
_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between tries while the database is busy or away."""
_CONFLICT = Issue(path="event_id", message="is known with other content, which stays")
Done = TypeVar("Done")
_SOURCE = "events"
"""As whose a dead letter is read again: a canonical event's."""


@dataclass(kw_only=True)
class Loaded:
    """What became of the rows. `line` is the last one of which all before it are settled."""

    receipts: Counter[Receipt] = field(default_factory=Counter)
    rejected: int = 0
    line: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many events were taken or known, and how many rows were rejected."""
        found = {receipt.value: self.receipts[receipt] for receipt in Receipt}
        return {**found, "rejected": self.rejected}

    @property
    def refused(self) -> int:
        """How many were not loaded and are not known."""
        return self.receipts[Receipt.CONFLICT] + self.rejected


class Loader:
    """Takes rows in and puts the bad ones aside: into a file, or among the dead letters.

    Args:
        storage: where dead letters go.
        writer: the event log, started.
        tenant: whose events they are.
        name: of the file, as people are told it.
        rejects: where rejected rows are written as they stand; None for dead letters.
        strict: whether the first bad row ends it.
    """

    def __init__(
        self,
        storage: SqlStorage,
        writer: GroupCommitWriter,
        tenant: Tenant,
        name: str,
        *,
        rejects: BinaryIO | None = None,
        strict: bool = False,
    ) -> None:
        self._storage, self._writer = storage, writer
        self._tenant, self._name = tenant, name
        self._rejects, self._strict = rejects, strict
        self._named = self._kept = 0
        self.loaded = Loaded()

    async def load(self, rows: Iterable[Row], step: Callable[[int], None]) -> Loaded:
        """Loads all of them; while a thousand is written the next one is read.

        Args:
            rows: in their order.
            step: hears up to which line all is settled.

        Raises:
            CommandError: strict and a row is bad, or none of the first thousand is an event.
            StorageError: the database is away for long; what was loaded stays loaded.
        """
        batches = thousands(rows)
        some = await asyncio.to_thread(next, batches, None)
        self._refuse_wrong_file(some or [])
        while some:
            taken, following = await asyncio.gather(
                self._take(some), asyncio.to_thread(next, batches, None), return_exceptions=True
            )
            if isinstance(taken, BaseException):
                raise taken
            step(self.loaded.line)
            if isinstance(following, BaseException):
                raise following
            some = following
        return self.loaded

    async def _take(self, some: Sequence[Row]) -> None:
        if self._strict:
            some = some[: next((n for n, row in enumerate(some, 1) if row.issues), len(some))]
        events = [event for row in some for event in row.events]
        receipts = iter(await _patiently(lambda: self._writer.record(events)))
        bad: list[Row] = []
        for row in some:
            mine = [next(receipts) for _ in row.events]
            self.loaded.receipts.update(mine)
            self.loaded.rejected += bool(row.issues)
            if row.issues or Receipt.CONFLICT in mine:
                bad.append(row if row.issues else replace(row, issues=(_CONFLICT,)))
        await self._put_aside(bad)
        self.loaded.line = some[-1].line
        if self._strict and bad:
            self.loaded.line -= bool(some[-1].issues)
            message = f"{self._told_of(bad[0])}; stopped there, as --strict asks"
            raise CommandError(message)

    async def _put_aside(self, bad: Sequence[Row]) -> None:
        for row in bad:
            if self._named < MOST_NAMED and not self._strict:
                say(self._told_of(row))
            elif self._named == MOST_NAMED:
                say(f"{self._name}: more rows are rejected; they are counted, not named")
            self._named += 1
        if self._rejects is not None:
            self._rejects.writelines(row.text + b"\n" for row in bad)
            return
        room = max(0, MOST_LETTERS - self._kept)
        self._kept += len(bad)
        letters = [self._letter(row) for row in bad[:room]]
        await _patiently(lambda: self._keep(letters))

    async def _keep(self, letters: Sequence[DeadLetter]) -> None:
        """Writes dead letters, but none that an earlier load of the file has left waiting."""
        new = []
        async with self._storage.read() as tx:
            for letter in letters:
                wanted = LetterFilter(
                    tenant_ids=(self._tenant.id,), kinds=("event",), subject=letter.subject
                )
                there = await tx.dead_letters.find(wanted)
                if all(other.payload != letter.payload for other in there):
                    new.append(letter)
        await keep_rejected(new, storage=self._storage, now=wall_now())

    def _letter(self, row: Row) -> DeadLetter:
        """Named by the event's id, or by the row's place where it tells none."""
        raw = row.raw if isinstance(row.raw, dict) else {}
        place = f"{PurePath(self._name).name[-100:]}:{row.line}"
        sender = Sender(tenant_id=self._tenant.id, source=_SOURCE, correlation_id=place)
        letter = letter_of(Rejected(raw=raw or row.text, issues=row.issues), sender)
        return letter if letter.subject == raw.get("event_id") else replace(letter, subject=place)

    def _told_of(self, row: Row) -> str:
        issues = "; ".join(f"{issue.path}: {issue.message}" for issue in row.issues)
        return f"{self._name}:{row.line}: {issues}"

    def _refuse_wrong_file(self, first: Sequence[Row]) -> None:
        if len(first) == ROWS and all(row.issues for row in first):
            message = (
                f"{self._told_of(first[0])}; none of the first {ROWS:,} rows is an event, and "
                "nothing was loaded. Is it the right file, or does it need --map?"
            )
            raise CommandError(message)


async def _patiently(work: Callable[[], Awaitable[Done]]) -> Done:
    """Waits for a database that is busy or away; what was stored after all is a duplicate then."""
    for wait in _WAITS:
        try:
            return await work()
        except (StorageBusyError, DatabaseDownError) as error:
            say(f"{error} Trying again in {wait:g} s.")
            await asyncio.sleep(wait)
    return await work()
