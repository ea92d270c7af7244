"""What is shown of resolution by itself: for one exception, and how it went as a whole.

Must not draw or look anything up.
"""

from dataclasses import dataclass
from datetime import datetime

from policies.attempts import Attempt, Rate
from policies.records import ExceptionRecord, Tenant
from policies.resolution import ResolutionRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionView:
    """What may run by itself for an exception, and what was tried, oldest first.

    `undoable` is the action that would take the last one back; None where there is none.
    """

    tenant: Tenant
    record: ExceptionRecord
    rules: tuple[ResolutionRule, ...]
    attempts: tuple[Attempt, ...]
    now: datetime
    undoable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesView:
    """How often what helped in the last `days`; `blocked` and `under_way` are counts of now."""

    tenants: tuple[Tenant, ...]
    rates: tuple[Rate, ...]
    blocked: int
    under_way: int
    days: int
    now: datetime
