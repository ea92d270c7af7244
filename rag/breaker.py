"""A circuit breaker: after some failures in a row nobody asks for a while, then one tries.

Must not call anything and has no clock: the time is an argument.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class CircuitState(StrEnum):
    """Whether calls go through: all, none, or one that tries."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """How a breaker stands. `failures` are those in a row; `since` is when the state began."""

    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    since: datetime | None = None
    probe_until: datetime | None = None
    generation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """Leave for one call. Only an outcome of the same generation says anything of now."""

    generation: int


class Breaker:
    """One breaker, for one process.

    Args:
        threshold: failures in a row that open it.
        recovery: how long it stays open, and how long a probe may be without an outcome.
    """

    def __init__(self, threshold: int, recovery: timedelta) -> None:
        self._threshold = threshold
        self._recovery = recovery
        self.circuit = Circuit()

    def retry_at(self) -> datetime | None:
        """When the next call may try; None where it may now."""
        circuit = self.circuit
        if circuit.state is CircuitState.OPEN and circuit.since is not None:
            return circuit.since + self._recovery
        return circuit.probe_until if circuit.state is CircuitState.HALF_OPEN else None

    def lets_through(self, now: datetime) -> bool:
        """Whether `admit` would give leave."""
        at, since = self.retry_at(), self.circuit.since
        return at is None or now >= at or (since is not None and now < since)

    def admit(self, now: datetime) -> Permit | None:
        """Leave to call, or None. In an open circuit whose time is over, one gets it as a probe.

        A clock that was set back opens the way at once: nobody waits for a time that was never.
        """
        if not self.lets_through(now):
            return None
        if self.circuit.state is not CircuitState.CLOSED:
            self._become(CircuitState.HALF_OPEN, now, probe_until=now + self._recovery)
        return Permit(generation=self.circuit.generation)

    def succeeded(self, permit: Permit, now: datetime) -> None:
        """The call came through: the circuit is closed."""
        if permit.generation != self.circuit.generation:
            return
        if self.circuit.state is CircuitState.CLOSED:
            self.circuit = Circuit(since=self.circuit.since, generation=permit.generation)
        else:
            self._become(CircuitState.CLOSED, now)

    def failed(self, permit: Permit, now: datetime) -> None:
        """The call failed: enough of them in a row, or a failed probe, open the circuit."""
        circuit = self.circuit
        if permit.generation != circuit.generation:
            return
        failures = circuit.failures + 1
        if circuit.state is CircuitState.HALF_OPEN or failures >= self._threshold:
            self._become(CircuitState.OPEN, now, failures=failures)
        else:
            self.circuit = Circuit(
                failures=failures, since=circuit.since, generation=circuit.generation
            )

    def withdrew(self, permit: Permit, now: datetime) -> None:
        """The call was given up by who made it: that says nothing; a probe's place is free."""
        circuit = self.circuit
        if permit.generation == circuit.generation and circuit.state is CircuitState.HALF_OPEN:
            self._become(CircuitState.OPEN, now - self._recovery, failures=circuit.failures)

    def reset(self, now: datetime) -> None:
        """A person says that it is well again."""
        self._become(CircuitState.CLOSED, now)

    def _become(
        self,
        state: CircuitState,
        since: datetime,
        *,
        failures: int | None = None,
        probe_until: datetime | None = None,
    ) -> None:
        """A new generation: outcomes of calls from before say nothing any more."""
        kept = self.circuit.failures if state is CircuitState.HALF_OPEN else 0
        self.circuit = Circuit(
            state=state,
            failures=kept if failures is None else failures,
            since=since,
            probe_until=probe_until,
            generation=self.circuit.generation + 1,
        )
