"""Between the stores and their users: gives errors the names that handlers know, wakes workers.

Must not store anything itself.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from jobs.errors import TemporarilyUnavailableError
from jobs.ports import EventLog, Transaction
from policies.queries import Receipt
from policies.records import ApiKey, Hook, ReceivedEvent
from storage.errors import StorageError
from storage.transaction import SqlStorage

_ASK_AGAIN_SECONDS = 1.0
_NOTE_USE_EVERY = timedelta(minutes=1)
_KEY_REMEMBERED_SECONDS = 3.0
"""A revoked key is refused everywhere within five seconds (reliability.md, Security)."""


class WakingStorage:
    """A storage that wakes a worker after the commit that has something for it.

    Args:
        storage: the stores.
        wake: wakes the worker of that name, `evaluate` or `send`.
    """

    def __init__(self, storage: SqlStorage, wake: Callable[[str], None]) -> None:
        self._storage = storage
        self._wake = wake

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """As the storage's own; raises TemporarilyUnavailableError when it cannot."""
        try:
            async with self._storage.write() as tx:
                yield tx
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error
        if tx.work.asked:
            self._wake("evaluate")
        if tx.outbox.asked:
            self._wake("send")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """As the storage's own; raises TemporarilyUnavailableError when it cannot."""
        try:
            async with self._storage.read() as tx:
                yield tx
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error


class NamedEventLog:
    """An event log whose refusals handlers can answer with 503."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def record(self, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        """As the log's own; raises TemporarilyUnavailableError when it cannot."""
        try:
            return await self._log.record(events)
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error


class StoredKeys:
    """API keys and hooks, remembered for a few seconds so that a flood costs no look-ups.

    Args:
        storage: where they are kept.
        clock: monotonic seconds.
        now: wall time, for the note of last use.
    """

    def __init__(
        self, storage: SqlStorage, clock: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._now = now
        self._known: dict[bytes, tuple[float, ApiKey]] = {}
        self._noted: dict[int, datetime] = {}

    async def authenticate(self, secret: str) -> ApiKey | None:
        """The key's record, or None when it is unknown or revoked."""
        name = hashlib.sha256(secret.encode()).digest()  # so that no look-up depends on the secret
        remembered = self._known.get(name)
        if remembered and self._clock() - remembered[0] < _KEY_REMEMBERED_SECONDS:
            return remembered[1]
        try:
            async with self._storage.read() as tx:
                key = await tx.keys.verify(secret)
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error
        if key is not None:
            self._known[name] = (self._clock(), key)
            await self._note_use(key)
        return key

    async def _note_use(self, key: ApiKey) -> None:
        """Notes when it was last used; that this cannot be noted is no reason to refuse it."""
        now, noted = self._now(), self._noted.get(key.id)
        if noted is not None and now - noted < _NOTE_USE_EVERY:
            return
        self._noted[key.id] = now
        with suppress(StorageError):
            async with self._storage.write() as tx:
                await tx.keys.touch(key.id, now)

    async def hook(self, hook_id: str) -> Hook | None:
        """The hook's record, or None."""
        if not hook_id.isascii() or not hook_id.isprintable():
            return None  # no database needs to be asked
        try:
            async with self._storage.read() as tx:
                return await tx.hooks.get(hook_id)
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error
