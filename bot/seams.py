"""Between the stores and their users: gives errors the names that handlers know, wakes workers.

Must not store anything itself.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from jobs.errors import TemporarilyUnavailableError
from jobs.ports import EventLog, Storage, Transaction
from policies.personal_settings import PersonalSettings
from policies.queries import Receipt
from policies.records import ApiKey, AuditEntry, Hook, ReceivedEvent
from policies.roles import RoleGrant
from storage.errors import StorageError
from storage.transaction import SqlStorage, SqlTransaction

_ASK_AGAIN_SECONDS = 1.0
_NOTE_USE_EVERY = timedelta(minutes=1)
_KEY_REMEMBERED_SECONDS, _KEY_LONGEST_SECONDS = 3.0, 4.5
"""How long a key is taken for known, and while one request looks it up again by the others.

A revoked key is refused everywhere within five seconds (reliability.md, Security).
"""


def _nobody(_exception_ids: Collection[int]) -> None:
    """Nobody wants to hear."""


class WakingStorage:
    """A storage that wakes a worker after the commit that has something for it.

    Args:
        storage: the stores.
        wake: wakes the worker of that name, `evaluate` or `send`.
        explained: hears of exceptions whose explanation was replaced.
    """

    def __init__(
        self,
        storage: SqlStorage,
        wake: Callable[[str], None],
        explained: Callable[[Collection[int]], None] = _nobody,
    ) -> None:
        self._storage = storage
        self._wake = wake
        self._explained = explained

    def of(self, tenant_ids: Collection[int]) -> "WakingStorage":
        """The same, behind the wall of these tenants."""
        return WakingStorage(self._storage.of(tenant_ids), self._wake, self._explained)

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
        if tx.exceptions.explained:
            self._explained(tx.exceptions.explained)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """As the storage's own; raises TemporarilyUnavailableError when it cannot."""
        try:
            async with self._storage.read() as tx:
                yield tx
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error


class NamedStorage:
    """A storage whose refusals handlers and the sender know: they come again.

    Args:
        storage: the stores.
    """

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTransaction]:
        """As the storage's own; raises TemporarilyUnavailableError when it cannot."""
        try:
            async with self._storage.write() as tx:
                yield tx
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
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
        self._asking: set[bytes] = set()
        self._used: dict[int, datetime] = {}
        self._noted: dict[int, datetime] = {}

    async def authenticate(self, secret: str) -> ApiKey | None:
        """The key's record, or None when it is unknown or revoked."""
        name = hashlib.sha256(secret.encode()).digest()  # so that no look-up depends on the secret
        remembered = self._known.get(name)
        if remembered is not None:
            age, asking = self._clock() - remembered[0], name in self._asking
            if age < (_KEY_LONGEST_SECONDS if asking else _KEY_REMEMBERED_SECONDS):
                return remembered[1]
        self._asking.add(name)
        try:
            async with self._storage.read() as tx:
                key = await tx.keys.verify(secret)
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error
        finally:
            self._asking.discard(name)
        if key is not None:
            self._known[name] = (self._clock(), key)
            self._used[key.id] = self._now()
        return key

    async def note_uses(self) -> int:
        """Notes when keys were last used; a worker's to call, for a request waits for no lock."""
        used, self._used = self._used, {}
        due = {
            key_id: at
            for key_id, at in used.items()
            if key_id not in self._noted or abs(at - self._noted[key_id]) >= _NOTE_USE_EVERY
        }
        if due:
            async with self._storage.write() as tx:
                for key_id, at in due.items():
                    await tx.keys.touch(key_id, at)
            self._noted.update(due)
        return 0

    async def hook(self, hook_id: str) -> Hook | None:
        """The hook's record, or None."""
        if not hook_id.isascii() or not hook_id.isprintable():
            return None  # no database needs to be asked
        try:
            async with self._storage.read() as tx:
                return await tx.hooks.get(hook_id)
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error


class StoredPersonal:
    """People's own settings, for all tenants. Reads what is stored each time: it is one row."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def of(self, user_id: str) -> PersonalSettings:
        """Theirs, or the usual ones."""
        async with self._storage.read() as tx:
            return await tx.people.settings(user_id)

    async def keep(self, settings: PersonalSettings, now: datetime) -> None:
        """Keeps them in the place of any before."""
        async with self._storage.write() as tx:
            await tx.people.set_settings(settings, now)


class StoredAuthority:
    """Roles that were given, remembered for a few seconds.

    Args:
        storage: where they are kept, for all tenants.
        clock: monotonic seconds.
    """

    def __init__(self, storage: Storage, clock: Callable[[], float]) -> None:
        self._storage = storage
        self._clock = clock
        self._known: tuple[float, Sequence[RoleGrant]] = (float("-inf"), ())

    async def grants(self) -> Sequence[RoleGrant]:
        """Every grant, in the order of being given."""
        at, known = self._known
        if self._clock() - at >= _KEY_REMEMBERED_SECONDS:
            async with self._storage.read() as tx:
                known = await tx.roles.all()
            self._known = (self._clock(), known)
        return known

    async def give(self, grant: RoleGrant, *, trail: Sequence[int], now: datetime) -> bool:
        """Gives a role; False where it was given before."""
        async with self._storage.write() as tx:
            fresh = await tx.roles.give(grant, now)
            if fresh:
                words = f"{grant.principal} {grant.role.value}"
                await tx.audit.append(_on_trail(trail, grant.granted_by, "give_role", words, now))
        self._known = (float("-inf"), ())
        return fresh

    async def take(
        self,
        principal: str,
        tenant_id: int | None,
        *,
        actor: str,
        trail: Sequence[int],
        now: datetime,
    ) -> int:
        """Takes back all that a principal was given for a client; returns how many those were."""
        async with self._storage.write() as tx:
            taken = await tx.roles.take(principal, None, tenant_id)
            if taken:
                await tx.audit.append(_on_trail(trail, actor, "take_roles", principal, now))
        self._known = (float("-inf"), ())
        return taken


def _on_trail(
    trail: Sequence[int], actor: str, action: str, note: str, now: datetime
) -> list[AuditEntry]:
    return [
        AuditEntry(
            tenant_id=tenant_id, at=now, actor=actor, action=action, subject="roles", note=note
        )
        for tenant_id in trail
    ]
