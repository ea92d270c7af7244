"""Tenants, keys, hooks, audit, fires and seen deliveries in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

from policies.records import ApiKey, AuditEntry, Hook, Tenant
from policies.routing import Showing
from storage.audit_chain import START, entry_hash, first_broken
from storage.errors import NameTakenError
from storage.key_secrets import draw_key, fits, split_key
from storage.memory.state import Fire, HeldEntry, HeldKey, MemoryState

_newest_first = attrgetter("id")


class MemoryTenants:
    """Tenants in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.tenants, state.next_number
        self._shown = state.showings

    async def all(self) -> list[Tenant]:
        """Every tenant, synthetic ones too, by number."""
        return list(self._rows.values())

    async def get(self, tenant_id: int) -> Tenant | None:
        """The tenant of that number."""
        return self._rows.get(tenant_id)

    async def by_name(self, name: str) -> Tenant | None:
        """The tenant of exactly that name."""
        return next((tenant for tenant in self._rows.values() if tenant.name == name), None)

    async def add(self, tenant: Tenant) -> Tenant:
        """Inserts it and returns it with its number.

        Raises:
            NameTakenError: A tenant of that name exists.
        """
        if await self.by_name(tenant.name) is not None:
            raise NameTakenError
        added = replace(tenant, id=self._number("tenants"))
        self._rows[added.id] = added
        return added

    async def move(self, tenant_id: int, workspace_id: str | None) -> None:
        """Says in which Slack workspace the tenant's channel is; further channels go."""
        for key in [key for key in self._shown if key[0] == tenant_id]:
            del self._shown[key]
        if tenant_id in self._rows:
            self._rows[tenant_id] = replace(self._rows[tenant_id], workspace_id=workspace_id)

    async def set_channel(self, tenant_id: int, channel: str, channel_id: str | None) -> None:
        """Where the tenant's alerts go from now on."""
        told = replace(self._rows[tenant_id], channel=channel, channel_id=channel_id)
        self._rows[tenant_id] = told

    async def show_in(self, tenant_id: int, channel_id: str, actor: str, now: datetime) -> bool:
        """Lets a further channel see the tenant; False where it does already."""
        fresh = Showing(tenant_id=tenant_id, channel_id=channel_id, shown_by=actor, shown_at=now)
        return self._shown.setdefault((tenant_id, channel_id), fresh) is fresh

    async def hide_from(self, tenant_id: int, channel_id: str) -> bool:
        """The further channel sees the tenant no more; False where it did not."""
        return self._shown.pop((tenant_id, channel_id), None) is not None

    async def showings(self, tenant_ids: Collection[int] | None = None) -> list[Showing]:
        """The further channels of these tenants, or of all, by tenant and channel."""
        return [
            self._shown[key]
            for key in sorted(self._shown)
            if tenant_ids is None or key[0] in tenant_ids
        ]

    async def learn_channel_id(self, tenant_id: int, channel_id: str) -> None:
        """Notes Slack's id of the tenant's channel."""
        if tenant_id in self._rows:
            self._rows[tenant_id] = replace(self._rows[tenant_id], channel_id=channel_id)


class MemoryKeys:
    """API keys in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.keys, state.next_number

    async def create(
        self, tenant_id: int, scopes: Iterable[str], now: datetime
    ) -> tuple[str, ApiKey]:
        """Draws a key; the plain text is returned here and nowhere else."""
        new = draw_key()
        key = ApiKey(
            id=self._number("keys"),
            tenant_id=tenant_id,
            prefix=new.prefix,
            scopes=frozenset(scopes),
            created_at=now,
        )
        self._rows[key.id] = HeldKey(key=key, secret_hash=new.secret_hash)
        return new.plain, key

    async def verify(self, plain: str) -> ApiKey | None:
        """The key that was presented, or None when it is unknown, wrong or revoked."""
        prefix, secret = split_key(plain) or ("", "")
        for held in self._rows.values():
            if held.key.prefix == prefix and fits(secret, held.secret_hash):
                return held.key if held.key.revoked_at is None else None
        return None

    async def revoke(self, key_id: int, now: datetime) -> bool:
        """Refuses it from now on; False when there is none or it was revoked before."""
        held = self._rows.get(key_id)
        if held is None or held.key.revoked_at is not None:
            return False
        self._rows[key_id] = replace(held, key=replace(held.key, revoked_at=now))
        return True

    async def all(self, tenant_id: int | None = None) -> list[ApiKey]:
        """The keys of one tenant or of all, revoked ones too, by number."""
        keys = (held.key for held in self._rows.values())
        return [key for key in keys if tenant_id in (None, key.tenant_id)]

    async def touch(self, key_id: int, now: datetime) -> None:
        """Notes that it was used, once a minute at most."""
        held = self._rows.get(key_id)
        if held is None:
            return
        last = held.key.last_used_at
        if last is None or last <= now - timedelta(minutes=1):
            self._rows[key_id] = replace(held, key=replace(held.key, last_used_at=now))


class MemoryHooks:
    """Hooks in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.hooks

    async def add(self, tenant_id: int, source: str, secret: str, now: datetime) -> Hook:
        """A new address for that tenant's source."""
        del now
        hook = Hook(id=secrets.token_hex(12), tenant_id=tenant_id, source=source, secrets=(secret,))
        self._rows[hook.id] = hook
        return hook

    async def get(self, hook_id: str) -> Hook | None:
        """The hook of that address."""
        return self._rows.get(hook_id)

    async def all(self, tenant_id: int | None = None) -> list[Hook]:
        """The hooks of one tenant or of all, oldest first."""
        return [hook for hook in self._rows.values() if tenant_id in (None, hook.tenant_id)]

    async def rotate(self, hook_id: str, secret: str) -> Hook | None:
        """Adds a new secret; the one before stays valid, older ones do not."""
        hook = self._rows.get(hook_id)
        if hook is None:
            return None
        live = (secret, *(old for old in hook.secrets if old != secret))[:2]
        self._rows[hook_id] = replace(hook, secrets=live)
        return self._rows[hook_id]

    async def remove(self, hook_id: str) -> bool:
        """Closes the address; False when there is none."""
        return self._rows.pop(hook_id, None) is not None


class MemoryAudit:
    """The audit trail in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.audit, state.next_number

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Adds them to the chains of their tenants."""
        for entry in entries:
            chain = self._chain(entry.tenant_id)
            seq, previous = (chain[-1].seq, chain[-1].entry_hash) if chain else (0, START)
            number = self._number("audit")
            self._rows[number] = HeldEntry(
                seq=seq + 1,
                entry=replace(entry, id=number),
                previous_hash=previous,
                entry_hash=entry_hash(previous, seq + 1, entry),
            )

    async def of_subject(self, tenant_id: int, subject: str) -> list[AuditEntry]:
        """All about that subject, oldest first."""
        chain = self._chain(tenant_id)
        return [held.entry for held in chain if held.entry.subject == subject]

    async def find(
        self, tenant_ids: Sequence[int], *, before_id: int | None = None, limit: int = 50
    ) -> list[AuditEntry]:
        """Newest first."""
        entries = [
            held.entry
            for held in self._rows.values()
            if held.entry.tenant_id in tenant_ids
            and (before_id is None or held.entry.id < before_id)
        ]
        return sorted(entries, key=_newest_first, reverse=True)[:limit]

    async def first_broken(self, tenant_id: int) -> int | None:
        """The `seq` of the first entry of a tenant that does not fit its chain; None is well."""
        chain = self._chain(tenant_id)
        return first_broken(
            (held.seq, held.entry, held.previous_hash, held.entry_hash) for held in chain
        )

    def _chain(self, tenant_id: int) -> list[HeldEntry]:
        return [held for held in self._rows.values() if held.entry.tenant_id == tenant_id]


class MemoryFires:
    """Fires in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.fires

    async def begin(self, job: str, slot: str, now: datetime) -> bool:
        """False when that (job, slot) was begun before."""
        return self._rows.setdefault((job, slot), fire := Fire(begun_at=now)) is fire

    async def end(self, job: str, slot: str, now: datetime, outcome: str) -> None:
        """Notes how it ended."""
        del now
        if (job, slot) in self._rows:
            self._rows[job, slot] = replace(self._rows[job, slot], outcome=outcome)

    async def take_back(self, jobs: Collection[str], after: datetime) -> None:
        """Drops fires of these jobs that began after: a time that is yet to come again."""
        for key, fire in list(self._rows.items()):
            if key[0] in jobs and fire.begun_at > after:
                del self._rows[key]

    async def forget(self, before: datetime) -> None:
        """Drops fires that began before."""
        for key in [key for key, fire in self._rows.items() if fire.begun_at < before]:
            del self._rows[key]

    async def last(self, job: str) -> tuple[str, datetime, str | None] | None:
        """Slot, begin and outcome of the latest fire."""
        mine = [(fire.begun_at, slot) for (name, slot), fire in self._rows.items() if name == job]
        if not mine:
            return None
        begun_at, slot = max(mine)
        return slot, begun_at, self._rows[job, slot].outcome


class MemorySeen:
    """Seen deliveries in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.seen

    async def first_time(self, key: str, now: datetime) -> bool:
        """Whether nobody said that of this key before."""
        first = key not in self._rows
        self._rows.setdefault(key, now)
        return first

    async def forget(self, before: datetime) -> None:
        """Forgets what was seen before `before`."""
        for key in [key for key, at in self._rows.items() if at < before]:
            del self._rows[key]
