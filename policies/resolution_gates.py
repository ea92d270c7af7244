"""Who is left to be resolved by itself: attempts, the maximum, what blocks, what a model states.

Must not choose an action: resolution.py does.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from policies.reasons import Status
from policies.records import ExceptionRecord

ELIGIBLE = frozenset({Status.OPEN, Status.IN_PROGRESS})
BLOCKS_BELOW, LEAST_CONFIDENCE, LEAST_SUCCESS = 0.3, 0.7, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a model said of an exception; None where it said nothing."""

    confidence: float | None = None
    success: float | None = None


def eligible(record: ExceptionRecord) -> bool:
    """Open or in progress, not blocked, attempts left."""
    left = record.resolution_attempts < record.max_resolution_attempts
    return record.status in ELIGIBLE and not record.resolution_blocked and left


def too_unsure(stated: Stated) -> str | None:
    """Why it is blocked at once, where the model itself is too unsure."""
    if stated.confidence is None or stated.confidence >= BLOCKS_BELOW:
        return None
    return f"AI confidence too low ({stated.confidence:.2f}) - manual review required"


def sure_enough(stated: Stated) -> bool:
    """Whether what a model stated lets anything run; what it did not state keeps nothing back."""
    confident = stated.confidence is None or stated.confidence >= LEAST_CONFIDENCE
    return confident and (stated.success is None or stated.success >= LEAST_SUCCESS)


def stated_of(record: ExceptionRecord) -> Stated:
    """What the model that explained it said; rules state nothing."""
    told = record.explanation
    return Stated(confidence=told.confidence if told and told.source == "ai" else None)


def maximum_reached(record: ExceptionRecord) -> str:
    """Why it is blocked after the last attempt."""
    return f"Maximum resolution attempts ({record.max_resolution_attempts}) reached"


def model_failed(why: str) -> str:
    """Why it is blocked after a model failed again and again."""
    return f"Repeated AI analysis failures: {why}"


def counted(record: ExceptionRecord, now: datetime) -> ExceptionRecord:
    """The record with one more attempt begun."""
    return replace(
        record,
        resolution_attempts=record.resolution_attempts + 1,
        version=record.version + 1,
        updated_at=now,
    )


def blocked(record: ExceptionRecord, reason: str, now: datetime) -> ExceptionRecord:
    """The record that nothing happens to by itself any more."""
    return replace(
        record,
        resolution_blocked=True,
        resolution_block_reason=reason,
        version=record.version + 1,
        updated_at=now,
    )


def used_up(record: ExceptionRecord) -> bool:
    """Whether it is to be blocked: it is not settled and its last attempt has ended."""
    left = record.resolution_attempts < record.max_resolution_attempts
    return record.active and not record.resolution_blocked and not left
