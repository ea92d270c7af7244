"""Between stores and handlers: keys remembered briefly, errors with the names handlers know."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.seams import NamedEventLog, StoredKeys, WakingStorage
from jobs.errors import TemporarilyUnavailableError
from policies.queries import Receipt
from policies.records import ReceivedEvent, Tenant
from storage.engine import open_engines
from storage.errors import (
    DatabaseDownError,
    StorageBusyError,
    StorageError,
    StorageFullError,
    TooManyPendingError,
)
from storage.memory import MemoryTransaction
from storage.memory.state import MemoryState
from storage.transaction import SqlStorage
from tests.storage.builders import T0, a_message, an_event, an_item, received

ERRORS = [StorageBusyError, StorageFullError, DatabaseDownError, TooManyPendingError]


class Ring:
    """The key ring over a database, with the clock in the test's hands."""

    def __init__(self, storage: SqlStorage) -> None:
        self.storage = storage
        self.seconds = 0.0
        self.keys = StoredKeys(
            storage, lambda: self.seconds, lambda: T0 + timedelta(seconds=self.seconds)
        )

    async def create(self, scope: str = "ingest") -> str:
        """A new key of the one tenant."""
        async with self.storage.write() as tx:
            owner = await tx.tenants.by_name("acme")
            owner = owner or await tx.tenants.add(Tenant(id=0, name="acme"))
            plain, _ = await tx.keys.create(owner.id, {scope}, T0)
        return plain

    async def revoke(self, key_id: int) -> None:
        """Revokes it, on another replica perhaps."""
        async with self.storage.write() as tx:
            assert await tx.keys.revoke(key_id, T0)


@pytest.fixture
def ring(stored: SqlStorage) -> Ring:
    """No key yet."""
    return Ring(stored)


async def test_a_key_is_known_and_others_are_not(ring: Ring) -> None:
    """The right secret finds its record; a changed, a foreign and an empty one do not."""
    plain = await ring.create("read")
    key = await ring.keys.authenticate(plain)
    assert key is not None
    assert (key.scopes, key.tenant_id) == (frozenset({"read"}), 1)
    for wrong in (plain[:-1], plain + "x", plain.upper(), "", "e2a_", "\0", "é" * 40):
        assert await ring.keys.authenticate(wrong) is None


async def test_a_revoked_key_is_refused_after_the_memory_time(ring: Ring) -> None:
    """However often it is used meanwhile, a revoked key is refused within five seconds."""
    plain = await ring.create()
    key = await ring.keys.authenticate(plain)
    assert key is not None
    await ring.revoke(key.id)
    for _ in range(10):
        ring.seconds += 0.31
        await ring.keys.authenticate(plain)
    assert await ring.keys.authenticate(plain) is None


async def test_an_unknown_key_is_known_as_soon_as_it_is_made(ring: Ring) -> None:
    """That a key is unknown is not remembered."""
    assert await ring.keys.authenticate("e2a_000000000000_nothing") is None
    plain = await ring.create()
    assert await ring.keys.authenticate(plain) is not None


async def test_when_a_key_was_last_used_is_noted(ring: Ring) -> None:
    """The first use is noted, and later ones once a minute."""
    plain = await ring.create()
    noted = []
    for second in (10, 40, 75):
        ring.seconds = float(second)
        await ring.keys.authenticate(plain)
        await ring.keys.note_uses()
        async with ring.storage.read() as tx:
            (key,) = await tx.keys.all()
        noted.append(key.last_used_at)
    assert noted == [T0 + timedelta(seconds=second) for second in (10, 10, 75)]


async def test_a_key_ring_without_database_asks_for_patience(tmp_path: Path) -> None:
    """While the database is no use nobody is let in, and everybody is asked to come again."""
    storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{tmp_path}/empty.db"))
    keys = StoredKeys(storage, lambda: 0.0, lambda: T0)
    for ask in (keys.authenticate("e2a_000000000000_secret"), keys.hook("h")):
        with pytest.raises(TemporarilyUnavailableError) as caught:
            await ask
        assert caught.value.after > 0
    await storage.close()


class Troubled:
    """Transactions that fail at their beginning or at their commit."""

    def __init__(self, error: StorageError, *, at_commit: bool) -> None:
        self._error, self._at_commit = error, at_commit

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        """Fails."""
        if self._at_commit:
            yield MemoryTransaction(MemoryState())
        raise self._error

    read = write


async def _write(storage: WakingStorage) -> None:
    async with storage.write() as tx:
        await tx.tenants.all()


async def _read(storage: WakingStorage) -> None:
    async with storage.read() as tx:
        await tx.tenants.all()


async def _ask_and_break(storage: WakingStorage) -> None:
    async with storage.write() as tx:
        await tx.work.put([an_item(1)], T0)
        raise ZeroDivisionError


@pytest.mark.parametrize("use", [_write, _read])
@pytest.mark.parametrize("at_commit", [False, True])
@pytest.mark.parametrize("error", ERRORS)
async def test_a_storage_error_is_temporary_to_handlers(
    use: Callable[[WakingStorage], Awaitable[None]], *, at_commit: bool, error: type[StorageError]
) -> None:
    """Whatever the database says and when, handlers hear that it is worth trying again."""
    woken: list[str] = []
    troubled = cast("SqlStorage", Troubled(error(), at_commit=at_commit))
    with pytest.raises(TemporarilyUnavailableError) as caught:
        await use(WakingStorage(troubled, woken.append))
    assert isinstance(caught.value.__cause__, error)
    assert woken == []


async def test_a_commit_wakes_whom_it_concerns(ring: Ring) -> None:
    """New work wakes the evaluator, a new message the sender, anything else nobody."""
    await ring.create()
    woken: list[str] = []
    storage = WakingStorage(ring.storage, woken.append)
    await _read(storage)
    await _write(storage)
    assert woken == []
    async with storage.write() as tx:
        await tx.work.put([an_item(1)], T0)
        assert woken == []
    assert woken == ["evaluate"]
    async with storage.write() as tx:
        await tx.outbox.put([a_message(1, "key")], T0)
    assert woken == ["evaluate", "send"]


async def test_what_is_rolled_back_wakes_nobody(ring: Ring) -> None:
    """Work that was never committed is nobody's."""
    await ring.create()
    woken: list[str] = []
    with pytest.raises(ZeroDivisionError):
        await _ask_and_break(WakingStorage(ring.storage, woken.append))
    assert woken == []


class Log:
    """An event log that takes everything or fails."""

    def __init__(self, error: StorageError | None = None) -> None:
        self._error = error

    async def record(self, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        """Receipts, or the error."""
        if self._error:
            raise self._error
        return [Receipt.ACCEPTED] * len(events)


async def test_a_full_log_is_temporary_to_handlers() -> None:
    """An event that cannot be taken now is told as such; one that can gets its receipt."""
    event = received(1, an_event())
    assert await NamedEventLog(Log()).record([event]) == [Receipt.ACCEPTED]
    for error in ERRORS:
        with pytest.raises(TemporarilyUnavailableError):
            await NamedEventLog(Log(error())).record([event])
