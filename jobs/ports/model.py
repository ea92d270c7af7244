"""What asking a model needs of the world: the model, what it used, what it answered, who counts.

Must not name a concrete class: bot/ plugs those in.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from jobs.views.models import CircuitView
from policies.asking import Answer, KeptAnswer, Prompt
from policies.model_budget import DailyLimits, ModelUsage, Spent


class LanguageModel(Protocol):
    """A model at some address, behind its circuit breaker."""

    @property
    def model(self) -> str:
        """Its name there."""
        ...

    def lets_through(self) -> bool:
        """Whether asking is worth it just now; False while it is left alone."""
        ...

    async def ask(self, prompt: Prompt) -> Answer:
        """What it says, in bounded time and size; raises a ModelError (policies/asking.py)."""
        ...


class ModelUses(Protocol):
    """What tenants' models used, by tenant and local day. What is reserved counts."""

    async def reserve(
        self, tenant_id: int, day: date, wanted: Spent, limits: DailyLimits, now: datetime
    ) -> bool:
        """Takes it from the day's limits; False where it does not fit, and nothing is taken."""
        ...

    async def settle(self, tenant_id: int, day: date, more: Spent, *, failed: bool) -> None:
        """Corrects what was reserved by what it really was: `more` is the difference."""
        ...

    async def of(self, tenant_ids: Sequence[int], days: Sequence[date]) -> list[ModelUsage]: ...

    async def alarm(self, tenant_id: int, day: date, now: datetime) -> bool:
        """Notes that somebody is told of that day; False when it had been noted before."""
        ...


class ModelAnswers(Protocol):
    """What models answered, by the hash of all that they were asked with."""

    async def get(self, tenant_id: int, key: str) -> str | None: ...

    async def put(self, answer: KeptAnswer, now: datetime) -> None: ...

    async def clear(self, tenant_id: int) -> int:
        """Forgets all of a tenant's; returns how many there were."""
        ...


class ModelObserver(Protocol):
    """Is told how asking went; turns it into metrics."""

    def asked(self, model: str, operation: str, status: str) -> None:
        """A call ended; `status` is ok or a ModelError's reason."""
        ...

    def spent(self, model: str, spent: Spent) -> None:
        """What a call took."""
        ...

    def fell_back(self, reason: str) -> None:
        """There is no answer of a model; `reason` is mode, budget or a ModelError's."""
        ...

    def stated(self, confidence: float) -> None:
        """A model said how sure it is of an explanation, from 0 to 1."""
        ...

    def looked_up(self, cache: str, *, found: bool) -> None:
        """A cache was asked."""
        ...


class SilentModelObserver:
    """Observes nothing; for tests and tools."""

    def asked(self, model: str, operation: str, status: str) -> None:
        """Ignores it."""

    def spent(self, model: str, spent: Spent) -> None:
        """Ignores it."""

    def fell_back(self, reason: str) -> None:
        """Ignores it."""

    def stated(self, confidence: float) -> None:
        """Ignores it."""

    def looked_up(self, cache: str, *, found: bool) -> None:
        """Ignores it."""


class Circuits(Protocol):
    """The circuit breakers of this process."""

    def all(self) -> Sequence[CircuitView]:
        """How each of them stands."""
        ...

    def reset(self, name: str) -> CircuitView | None:
        """Closes one; None where there is none of that name."""
        ...


class NoCircuits:
    """There are none."""

    def all(self) -> Sequence[CircuitView]:
        """None."""
        return ()

    def reset(self, name: str) -> None:
        """There is none of that name."""
        del name
