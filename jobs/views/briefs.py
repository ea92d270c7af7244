"""What a handover and a morning brief show, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks draws these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from jobs.views import SilenceView
from policies.briefs import ChartAs
from policies.queries import ClockRow
from policies.records import ExceptionRecord, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """What one person owns that is open, by severity, worst first; nobody's where `owner` is None.

    `ending` says that they work the shift that ends.
    """

    owner: str | None
    counts: tuple[tuple[str, int], ...]
    ending: bool = False

    @property
    def total(self) -> int:
        """All of them."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Promises that break if nothing happens: how many, and the soonest of them.

    `more` where there may be more than were counted.
    """

    total: int = 0
    soonest: tuple[ClockRow, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftDone:
    """What a shift did; `ack_minutes` is the median of the `acknowledged` ones."""

    opened: int = 0
    settled: int = 0
    breached: int = 0
    acknowledged: int = 0
    ack_minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverView:
    """A shift that ends, as of `now`: what it leaves, what comes, what it did.

    `key` names the run; `next` is the shift that takes over until `until`. `names` are of owners.
    """

    key: str
    shift: str
    sites: tuple[str, ...]
    ends_at: datetime
    next: str | None
    until: datetime
    tenants: tuple[Tenant, ...]
    open: tuple[tuple[str, int], ...]
    owners: tuple[Owned, ...]
    coming: Coming
    waking: tuple[ExceptionRecord, ...]
    done: ShiftDone
    silent: tuple[SilenceView, ...]
    held: int
    now: datetime
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def to_take(self) -> int:
        """How many of the open ones belong to people of the shift that ends."""
        return sum(one.total for one in self.owners if one.ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A day's number and what is usual: the mean of `days` earlier ones, where there are any."""

    value: int
    usual: float | None = None
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a client's promise did on a day: kept and late, by deadline."""

    tenant: Tenant
    sla_id: str
    met: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueHour:
    """Promises that are due in the hour that begins at `at` and are not kept yet."""

    at: datetime
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    """A morning in one time zone, as of `now`: yesterday, the night, and what the day brings.

    `orders` is None where sites cannot be told apart. Figures of `night` are from local midnight.
    """

    zone: str
    yesterday: date
    tenants: tuple[Tenant, ...]
    sites: tuple[str, ...]
    orders: Figure | None
    opened: Figure
    settled: Figure
    kept: tuple[Kept, ...]
    due: tuple[DueHour, ...]
    coming: Coming
    night_opened: int
    night_settled: int
    held: int
    open: tuple[tuple[str, int], ...]
    unowned: int
    oldest: tuple[ExceptionRecord, ...]
    silent: tuple[SilenceView, ...]
    credit_cents: int
    value_cents: int
    now: datetime
    chart: ChartAs = ChartAs.NATIVE
