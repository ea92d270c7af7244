"""What the jobs ask of durable work: outbox, work items, dead letters, fires, deliveries seen.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from policies.queries import LetterCount, LetterFilter
from policies.records import DeadLetter, JsonObject, OutboxMessage, WorkItem
from policies.routing import Subscription


class Outbox(Protocol):
    """What is to be told to the outside (kinds slack, http, index)."""

    async def put(self, messages: Sequence[OutboxMessage], now: datetime) -> None:
        """Adds them, merged by dedup key.

        Waiting: generation grows, nothing else. In flight: generation grows, so that
        `done` puts it back to waiting. Sent or dead: waits again with attempts 0.
        """
        ...

    async def claim(
        self, kind: str, now: datetime, lease: timedelta, limit: int
    ) -> list[OutboxMessage]:
        """Takes the head of every free lane; one in flight per lane.

        A head that waits for its back-off blocks its lane. A lease that ran out is
        taken again and comes back `uncertain`.
        """
        ...

    async def done(self, message: OutboxMessage, now: datetime) -> bool:
        """Sent, or waiting again if its generation grew; False when the lease was lost."""
        ...

    async def retry(
        self, message: OutboxMessage, at: datetime, error: str, *, uncertain: bool
    ) -> bool: ...

    async def dead(self, message: OutboxMessage, now: datetime, error: str) -> bool: ...

    async def mend(self, now: datetime, lease: timedelta, longest: timedelta) -> None:
        """Brings back what lies further ahead than `longest`: the clock was set back.

        What is in flight gets a lease from now.
        """
        ...


class WorkItems(Protocol):
    """What E2A owes itself (kind evaluate: orders to be judged)."""

    async def put(self, items: Sequence[WorkItem], available_at: datetime) -> None:
        """As Outbox.put: merged by (tenant, kind, subject)."""
        ...

    async def put_due_orders(self, business_now: datetime, wall_now: datetime, limit: int) -> int:
        """Asks for evaluation of orders with a clock whose check_at has passed; returns how many.

        One statement over the index; orders that are already asked for are left alone.
        """
        ...

    async def claim(
        self, kind: str, now: datetime, lease: timedelta, limit: int
    ) -> list[WorkItem]: ...

    async def done(self, items: Sequence[WorkItem], now: datetime) -> bool:
        """Deletes them, or sets those free whose generation grew; False when a lease was lost.

        Called in the transaction of the work's effects: on False, roll back.
        """
        ...

    async def retry(self, item: WorkItem, at: datetime, error: str) -> bool: ...

    async def dead(self, item: WorkItem, now: datetime, error: str) -> bool:
        """Parks it: it is not claimed and not asked for by the sweep until `put` again."""
        ...

    async def mend(self, now: datetime, lease: timedelta, longest: timedelta) -> None:
        """As Outbox.mend."""
        ...


class DeadLetters(Protocol):
    """What failed, with its reason."""

    async def add(self, letters: Sequence[DeadLetter], now: datetime) -> list[int]: ...

    async def find(self, wanted: LetterFilter) -> list[DeadLetter]: ...

    async def count(self, tenant_ids: Sequence[int], states: Sequence[str]) -> int: ...

    async def tally(self, wanted: LetterFilter) -> list[LetterCount]:
        """How many fit of each kind and reason; order and limit do not matter."""
        ...

    async def due(self, now: datetime, limit: int) -> list[DeadLetter]:
        """Those in state retrying whose next_retry_at has come."""
        ...

    async def move(
        self, wanted: LetterFilter, state: str, *, reason: str | None = None
    ) -> list[DeadLetter]:
        """Moves those that fit, returns them as they are now, oldest first.

        One statement decides by the row's state and changes it, so that of two who move the same
        letter out of a state only one gets it. Their next automatic try is called off.
        """
        ...

    async def save(self, letter: DeadLetter) -> None: ...


class Subscriptions(Protocol):
    """Which channel asked to be told what: a kind (alerts, digest, ...), a client, and filters.

    Whether the channel may still see the client is asked when something is told (routing.py).
    """

    async def add(
        self,
        kind: str,
        channel_id: str,
        tenant_ids: Sequence[int],
        actor: str,
        now: datetime,
        *,
        filters: JsonObject | None = None,
        channel: str = "",
    ) -> bool:
        """False when the channel was subscribed so for all of these tenants already.

        `channel` is its name where it is a default channel that is known by name.
        """
        ...

    async def remove(
        self,
        kind: str,
        channel_id: str,
        *,
        tenant_ids: Collection[int] | None = None,
        filters: JsonObject | None = None,
        number: int | None = None,
    ) -> list[Subscription]:
        """Takes away what the channel has of that kind and fits; returns what that was."""
        ...

    async def change(self, number: int, filters: JsonObject) -> bool:
        """Narrows it otherwise; False where there is none, or another one is the same then."""
        ...

    async def get(self, number: int) -> Subscription | None: ...

    async def find(
        self,
        *,
        kinds: Collection[str] = (),
        tenant_ids: Collection[int] | None = None,
        channel_id: str | None = None,
    ) -> list[Subscription]:
        """By number; what is not given does not narrow."""
        ...

    async def channels(self, kind: str) -> Mapping[str, Sequence[int]]:
        """The subscribed channels, each with its tenants in order."""
        ...


class Fires(Protocol):
    """The ledger of scheduled fires, so that replicas never fire twice."""

    async def begin(self, job: str, slot: str, now: datetime) -> bool:
        """False when that (job, slot) was begun before."""
        ...

    async def end(self, job: str, slot: str, now: datetime, outcome: str) -> None: ...

    async def take_back(self, jobs: Collection[str], after: datetime) -> None:
        """Drops fires of these jobs that began after: that time is yet to come again."""
        ...

    async def forget(self, before: datetime) -> None:
        """Drops fires that began before; nobody asks for their slots again."""
        ...

    async def last(self, job: str) -> tuple[str, datetime, str | None] | None:
        """Slot, begin and outcome of the latest fire."""
        ...


class Seen(Protocol):
    """Deliveries (Slack signatures, event ids) that were handled before."""

    async def first_time(self, key: str, now: datetime) -> bool: ...

    async def forget(self, before: datetime) -> None: ...
