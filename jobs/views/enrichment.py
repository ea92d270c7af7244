"""What people are shown of enrichment, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks/enrichment.py draws these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from policies.enrichment import Enrichment
from policies.enrichment_figures import Cause, Figures, Goal, Group, Level, Measure
from policies.records import ExceptionRecord, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentAlarmView:
    """A figure that turned, or is well again (`level` ok), as it was noticed at `at` (wall)."""

    tenant: Tenant
    measure: Measure
    level: Level
    figure: Decimal
    records: int
    causes: tuple[Cause, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthView:
    """A tenant's figures of the last 24 hours, and what rings."""

    figures: Figures
    levels: Mapping[Measure, Level]

    @property
    def worst(self) -> Level:
        """The worst of them."""
        order = (Level.CRITICAL, Level.WARNING, Level.OK)
        return next(level for level in order if level in {*self.levels.values(), Level.OK})


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """The records that were begun in 24 hours that end at `until`."""

    since: datetime
    until: datetime
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """168 hours: figures, how the stages stand, what was aimed at, day by day."""

    figures: Figures
    groups: tuple[Group, ...]
    goals: tuple[Goal, ...]
    days: tuple[DayView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogView:
    """A page of what is incomplete, each with its exception, and the true number."""

    rows: Sequence[tuple[Enrichment, ExceptionRecord]]
    total: int
