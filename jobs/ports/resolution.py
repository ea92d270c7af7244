"""What resolution asks of the world: where attempts are kept, and who calls out.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from policies.attempts import Attempt, AttemptState
from policies.http_actions import HttpAction
from policies.records import ExceptionRecord, JsonObject, OrderKey


class Attempts(Protocol):
    """Attempts; at most one under way for each exception."""

    async def eligible(
        self, tenant_id: int, reasons: Collection[str] | None, after: int, limit: int
    ) -> Sequence[ExceptionRecord]:
        """Exceptions by number behind `after` that may be tried and have nothing under way.

        `reasons` are codes; None is all of them.
        """
        ...

    async def add(self, attempt: Attempt) -> Attempt | None:
        """Keeps a new one; None where the exception has one under way, or had that number."""
        ...

    async def get(self, attempt_id: int) -> Attempt | None: ...

    async def save(self, attempt: Attempt, *, was: AttemptState) -> bool:
        """Keeps how it stands now, if it still stands as it was read."""
        ...

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[Attempt]]:
        """All of these orders, oldest first."""
        ...

    async def latest(self, tenant_ids: Collection[int], limit: int) -> Sequence[Attempt]:
        """The newest of these tenants, newest first."""
        ...

    async def unended(self, after: int, limit: int) -> Sequence[Attempt]:
        """Those under way behind that number, by number."""
        ...

    async def since(self, tenant_id: int, moment: datetime) -> Mapping[str, int]:
        """How many of each action were asked for after that moment and not called off."""
        ...

    async def tally(
        self, tenant_ids: Collection[int], since: datetime
    ) -> Sequence[tuple[str, AttemptState, int]]:
        """How many real ones asked for since then stand how, by action."""
        ...

    async def blocked(self, tenant_id: int) -> int:
        """How many active exceptions nothing is done about by itself any more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back of a call. `again`: nobody knows whether it was done, or it may work later.

    `status` is None where nothing answered; `words` is what is kept of the answer.
    """

    status: int | None
    words: str
    done: bool
    again: bool = False


class Caller(Protocol):
    """Makes the calls of configured actions."""

    def refusal(self, url: str) -> str | None:
        """Why an address is not called at all, as far as it can be told without calling."""
        ...

    async def call(
        self, action: HttpAction, request: JsonObject, key: str, wall_now: datetime
    ) -> Answered:
        """Calls once, signed, with that key; never raises for what the other side does."""
        ...
