"""The outbox and the work items in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

from policies.records import OutboxMessage, WorkItem
from storage.memory.state import HeldItem, HeldMessage, MemoryState
from storage.tables_work import DEAD, IN_FLIGHT, SENT, WAITING
from storage.work_items import WINDOW

_PENDING = (IN_FLIGHT, WAITING)


class MemoryOutbox:
    """Outbox messages in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.outbox, state.next_number

    async def put(self, messages: Sequence[OutboxMessage], now: datetime) -> None:
        """Adds them, merged by (tenant, kind, dedup key); of equal ones the first counts."""
        firsts = {_dedup(message): message for message in reversed(messages)}
        present = {_dedup(held.message): held for held in self._rows.values()}
        for message in messages:
            key = _dedup(message)
            if firsts.pop(key, None) is not None:
                self._put(message, present.get(key), now)

    def _put(self, message: OutboxMessage, held: HeldMessage | None, now: datetime) -> None:
        if held is not None and held.state in _PENDING:
            grown = replace(held.message, generation=held.message.generation + 1)
            self._rows[grown.id] = replace(held, message=grown)
            return
        number = held.message.id if held else self._number("outbox")
        generation = held.message.generation + 1 if held else 1
        fresh = replace(
            message,
            id=number,
            generation=generation,
            attempts=0,
            uncertain=False,
            lease=None,
            created_at=now,
        )
        self._rows[number] = HeldMessage(
            message=fresh, state=WAITING, available_at=now, created_at=now
        )

    async def claim(
        self, kind: str, now: datetime, lease: timedelta, limit: int
    ) -> list[OutboxMessage]:
        """Takes the head of every lane whose time has come, least priority then oldest first."""
        heads: dict[str, HeldMessage] = {}
        for held in sorted(self._rows.values(), key=_turn):
            if held.message.kind == kind and held.state in _PENDING:
                heads.setdefault(held.message.lane, held)
        due = [held for held in heads.values() if held.available_at <= now]
        token = secrets.token_hex(12)
        taken = [self._take(held, token, now + lease) for held in sorted(due, key=_age)[:limit]]
        return [held.message for held in taken]

    def _take(self, held: HeldMessage, token: str, until: datetime) -> HeldMessage:
        message = replace(
            held.message,
            lease=token,
            attempts=held.message.attempts + 1,
            uncertain=held.message.uncertain or held.state == IN_FLIGHT,
        )
        self._rows[message.id] = taken = HeldMessage(
            message=message,
            state=IN_FLIGHT,
            available_at=until,
            created_at=held.created_at,
            leased_generation=message.generation,
        )
        return taken

    async def done(self, message: OutboxMessage, now: datetime) -> bool:
        """Sent, or waiting again if it was asked for meanwhile; False when the lease was lost."""
        held = self._held(message)
        if held is None:
            return False
        grown = held.message.generation != held.leased_generation
        attempts = 0 if grown else held.message.attempts
        after = replace(held.message, attempts=attempts, uncertain=False)
        self._give_back(held, after, WAITING if grown else SENT, now)
        return True

    async def retry(
        self, message: OutboxMessage, at: datetime, error: str, *, uncertain: bool
    ) -> bool:
        """Waits until `at`; its lane waits with it."""
        del error
        held = self._held(message)
        if held is None:
            return False
        unsure = uncertain or held.message.uncertain
        self._give_back(held, replace(held.message, uncertain=unsure), WAITING, at)
        return True

    async def dead(self, message: OutboxMessage, now: datetime, error: str) -> bool:
        """Gives it up; the lane goes on."""
        del error
        held = self._held(message)
        if held is None:
            return False
        self._give_back(held, held.message, DEAD, now)
        return True

    async def mend(self, now: datetime, lease: timedelta, longest: timedelta) -> None:
        """Brings back what lies ahead because the clock was set back."""
        for number, held in self._rows.items():
            at = _mended(held.state, held.available_at, now, lease, longest)
            self._rows[number] = replace(held, available_at=at)

    def _held(self, message: OutboxMessage) -> HeldMessage | None:
        held = self._rows.get(message.id)
        return held if held and held.message.lease == message.lease is not None else None

    def _give_back(
        self, held: HeldMessage, message: OutboxMessage, state: str, at: datetime
    ) -> None:
        self._rows[message.id] = replace(
            held,
            message=replace(message, lease=None),
            state=state,
            available_at=at,
            leased_generation=None,
        )


class MemoryWorkItems:
    """Work items in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._clocks, self._number = state.work, state.clocks, state.next_number

    async def put(self, items: Sequence[WorkItem], available_at: datetime) -> None:
        """Asks for them, merged by (tenant, kind, subject)."""
        present = {_subject(held.item): held for held in self._rows.values()}
        for key, item in sorted({_subject(item): item for item in items}.items()):
            self._put(item, present.get(key), available_at)

    def _put(self, item: WorkItem, held: HeldItem | None, at: datetime) -> None:
        if held is None:
            number = self._number("work")
            fresh = replace(item, id=number, generation=1, attempts=0, lease=None)
            fresh = replace(fresh, created_at=item.created_at or at)
            self._rows[number] = HeldItem(item=fresh, state=WAITING, available_at=at)
            return
        dead = held.state == DEAD
        again = replace(
            held.item,
            generation=held.item.generation + 1,
            attempts=0 if dead else held.item.attempts,
            correlation_id=item.correlation_id or held.item.correlation_id,
        )
        sooner = min(at, held.available_at) if held.state == WAITING else held.available_at
        self._rows[again.id] = replace(
            held,
            item=again,
            state=WAITING if dead else held.state,
            available_at=at if dead else sooner,
        )

    async def put_due_orders(self, business_now: datetime, wall_now: datetime, limit: int) -> int:
        """Asks for orders with a clock whose check_at has come and that nobody asked for."""
        held = {_subject(one.item): one for one in self._rows.values()}
        due = sorted(
            (row.check_at, row.tenant_id, row.order_id)
            for row in self._clocks.values()
            if row.check_at is not None and row.check_at <= business_now
        )
        seen = [(held.get((tenant, "evaluate", order)), tenant, order) for _, tenant, order in due]
        alive = [each for each in seen if each[0] is None or each[0].state != DEAD]
        fresh = [
            (tenant, order)
            for one, tenant, order in alive[: WINDOW * limit]
            if one is None or (one.state == WAITING and one.available_at > wall_now)
        ]
        orders = sorted(set(fresh[:limit]))
        await self.put(
            [
                WorkItem(tenant_id=tenant, kind="evaluate", subject=order)
                for tenant, order in orders
            ],
            wall_now,
        )
        return len(orders)

    async def claim(self, kind: str, now: datetime, lease: timedelta, limit: int) -> list[WorkItem]:
        """Takes what is available, longest available first; also what another one's lease lost."""
        due = [
            held
            for held in self._rows.values()
            if held.item.kind == kind and held.state in _PENDING and held.available_at <= now
        ]
        due.sort(key=lambda held: (held.available_at, held.item.id))
        token = secrets.token_hex(12)
        taken = [self._take(held, token, now + lease) for held in due[:limit]]
        return sorted(taken, key=attrgetter("created_at", "id"))

    def _take(self, held: HeldItem, token: str, until: datetime) -> WorkItem:
        item = replace(held.item, lease=token, attempts=held.item.attempts + 1)
        self._rows[item.id] = HeldItem(
            item=item, state=IN_FLIGHT, available_at=until, leased_generation=item.generation
        )
        return item

    async def done(self, items: Sequence[WorkItem], now: datetime) -> bool:
        """Deletes them, or sets those free that were asked for again; False: a lease was lost."""
        settled = 0
        for item in items:
            held = self._held(item)
            if held is None:
                continue
            settled += 1
            if held.item.generation == held.leased_generation:
                del self._rows[item.id]
            else:
                self._free(replace(held.item, attempts=0), WAITING, now)
        return settled == len(items)

    async def retry(self, item: WorkItem, at: datetime, error: str) -> bool:
        """Sets it free to be taken again at `at`."""
        del error
        held = self._held(item)
        return held is not None and self._free(held.item, WAITING, at)

    async def dead(self, item: WorkItem, now: datetime, error: str) -> bool:
        """Parks it until somebody asks for it again."""
        del error
        held = self._held(item)
        return held is not None and self._free(held.item, DEAD, now)

    async def mend(self, now: datetime, lease: timedelta, longest: timedelta) -> None:
        """Brings back what lies ahead because the clock was set back."""
        for number, held in self._rows.items():
            at = _mended(held.state, held.available_at, now, lease, longest)
            self._rows[number] = replace(held, available_at=at)

    def _held(self, item: WorkItem) -> HeldItem | None:
        held = self._rows.get(item.id)
        return held if held and held.item.lease == item.lease is not None else None

    def _free(self, item: WorkItem, state: str, at: datetime) -> bool:
        self._rows[item.id] = HeldItem(item=replace(item, lease=None), state=state, available_at=at)
        return True


def _mended(
    state: str, at: datetime, now: datetime, lease: timedelta, longest: timedelta
) -> datetime:
    if state == WAITING and at > now + longest:
        return now
    return min(at, now + lease) if state == IN_FLIGHT else at


def _dedup(message: OutboxMessage) -> tuple[int, str, str]:
    return (message.tenant_id, message.kind, message.dedup_key)


def _subject(item: WorkItem) -> tuple[int, str, str]:
    return (item.tenant_id, item.kind, item.subject)


def _age(held: HeldMessage) -> tuple[int, datetime, int]:
    return (held.message.priority, held.created_at, held.message.id)


def _turn(held: HeldMessage) -> tuple[bool, int, datetime, int]:
    return (held.state != IN_FLIGHT, *_age(held))
