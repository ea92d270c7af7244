"""What was tried to settle an exception by itself, and how it ended.

Must not decide what is tried: resolution.py does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from policies.records import ExceptionRecord, JsonObject


class AttemptState(StrEnum):
    """Where an attempt stands."""

    ASKED = "asked"
    """Waits for a person's approval."""
    DUE = "due"
    """May be carried out."""
    STARTED = "started"
    """Is being carried out; found again after a restart, it is repeated with the same key."""
    WAITING = "waiting"
    """Was carried out; whether it helped is to be seen."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REHEARSED = "rehearsed"
    """A dry run: nothing was done."""
    DECLINED = "declined"
    DROPPED = "dropped"
    """Not needed or not wanted any more; says nothing about the action."""


UNENDED = frozenset(
    {AttemptState.ASKED, AttemptState.DUE, AttemptState.STARTED, AttemptState.WAITING}
)
OUTCOMES = (AttemptState.SUCCEEDED, AttemptState.FAILED)
"""The only two that a success rate is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of one action for one exception.

    `number` counts from 1 within (exception, action); `key` is what a receiver tells a repetition
    by. `request` is what is sent or posted, fixed when it was chosen. `proved_by` are kinds of
    events that prove it within `within_minutes` of being carried out; `prove_by` is that moment.
    `status` is an HTTP status; `response` what was answered, cut and without secrets. `undoes` is
    the attempt that it takes back. Times are business times.
    """

    id: int
    tenant_id: int
    exception_id: int
    order_id: str
    action: str
    number: int
    key: str
    state: AttemptState
    asked_at: datetime
    dry_run: bool = False
    within_minutes: int = 60
    proved_by: tuple[str, ...] = ()
    request: JsonObject = field(default_factory=dict)
    approved_by: str | None = None
    approved_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    prove_by: datetime | None = None
    status: int | None = None
    response: str | None = None
    undoes: int | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state not in UNENDED

    @property
    def real(self) -> bool:
        """Whether it was to do something and was not called off before it did."""
        never = (AttemptState.DECLINED, AttemptState.DROPPED)
        return not self.dry_run and self.state not in never


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often an action helped, from outcomes alone. `share` is None without any outcome."""

    action: str
    succeeded: int
    failed: int

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        whole = self.succeeded + self.failed
        return self.succeeded / whole if whole else None


def rates_of(counted: Iterable[tuple[str, AttemptState, int]]) -> tuple[Rate, ...]:
    """Rates by action, in the order of their names; what has no outcome yet is not counted."""
    found: dict[str, dict[AttemptState, int]] = {}
    for action, state, count in counted:
        if state in OUTCOMES:
            found.setdefault(action, {})[state] = found.get(action, {}).get(state, 0) + count
    return tuple(_rate(action, found[action]) for action in sorted(found))


def _rate(action: str, by_state: Mapping[AttemptState, int]) -> Rate:
    return Rate(
        action=action,
        succeeded=by_state.get(AttemptState.SUCCEEDED, 0),
        failed=by_state.get(AttemptState.FAILED, 0),
    )


def key_of(record: ExceptionRecord, action: str, number: int, now: datetime) -> str:
    """What a receiver tells a repetition by: another one for each attempt, and only for that."""
    return f"e2a-{record.id}-{action}-{number}-{int(now.timestamp()):x}"
