"""What an exception is compared with, in memory.

Must not promise more or less than the SQL one: one suite holds them to it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from policies.past_cases import PastCase
from policies.queries import ClockRow
from policies.reasons import ClockState, ReasonCode
from policies.records import ExceptionRecord
from storage.comparisons import DECIDED, MOST_CASES, MOST_CLOCKS, PAGE, SETTLED
from storage.memory.state import MemoryState


class MemoryComparisons:
    """Clocks and exceptions in memory, as others are compared with them."""

    def __init__(self, state: MemoryState) -> None:
        self._clocks, self._records = state.clocks, state.exceptions

    async def beside(
        self, tenant_id: int, sla_id: str, at: datetime, each_way: int
    ) -> list[ClockRow]:
        """The clocks of a rule with the nearest deadlines up to `at` and after it, by deadline."""
        mine = self._of_rule(tenant_id, sla_id)
        before = [row for row in mine if row.deadline_at <= at]
        after = [row for row in mine if row.deadline_at > at]
        return before[max(0, len(before) - each_way) :] + after[:each_way]

    async def stopped(
        self,
        tenant_id: int,
        sla_id: str,
        windows: Sequence[tuple[datetime, datetime]],
        horizon: timedelta,
    ) -> list[int | None]:
        """How many clocks stopped in each [since, until); None where too many are to be read."""
        return [self._stopped(tenant_id, sla_id, window, horizon) for window in windows]

    def _stopped(
        self, tenant_id: int, sla_id: str, window: tuple[datetime, datetime], horizon: timedelta
    ) -> int | None:
        since, until = window
        near = [
            row.stopped_at
            for row in self._of_rule(tenant_id, sla_id)
            if row.state in DECIDED and since - horizon <= row.deadline_at < until + horizon
        ]
        if len(near) > MOST_CLOCKS:
            return None
        return sum(at is not None and since <= at < until for at in near)

    async def elapsed(
        self, tenant_id: int, sla_id: str, client: str, until: datetime, limit: int
    ) -> list[float]:
        """Counted minutes of a client's clocks that stopped and were due before `until`."""
        done = [
            row.elapsed_minutes
            for row in self._of_rule(tenant_id, sla_id)
            if row.client == client
            and row.deadline_at < until
            and row.state in DECIDED
            and row.stopped_at is not None
        ]
        return done[::-1][:limit]

    async def due(
        self, tenant_id: int, sla_id: str, since: datetime, until: datetime, limit: int
    ) -> list[tuple[datetime, str]]:
        """Deadlines in (since, until] of running clocks of a rule with their orders, next first."""
        waiting = [
            (row.deadline_at, row.order_id)
            for row in self._of_rule(tenant_id, sla_id)
            if since < row.deadline_at <= until
            and (row.state, row.verdict) == (ClockState.RUNNING, None)
        ]
        return waiting[:limit]

    async def past_cases(
        self, tenant_id: int, reason: ReasonCode, since: datetime
    ) -> tuple[list[PastCase], datetime]:
        """Settled exceptions of that reason opened since then, and since when these are all."""
        pages = {status: self._page(tenant_id, status) for status in SETTLED}
        starts = [page[-1].opened_at for page in pages.values() if len(page) == PAGE]
        since = max([since, *starts])
        found: list[PastCase] = []
        opened = [since]
        for page in pages.values():
            some = [
                _case(record, record.resolved_at)
                for record in page
                if record.reason_code is reason
                and record.opened_at >= since
                and record.resolved_at is not None
            ][:MOST_CASES]
            if len(some) == MOST_CASES:
                opened.append(min(case.opened_at for case in some))
            found += some
        since = max(opened)
        return [case for case in found if case.opened_at >= since], since

    def _page(self, tenant_id: int, status: str) -> list[ExceptionRecord]:
        mine = (
            record
            for record in self._records.values()
            if (record.tenant_id, record.status.value) == (tenant_id, status)
        )
        return sorted(mine, key=attrgetter("id"), reverse=True)[:PAGE]

    def _of_rule(self, tenant_id: int, sla_id: str) -> list[ClockRow]:
        mine = (
            row
            for row in self._clocks.values()
            if (row.tenant_id, row.sla_id) == (tenant_id, sla_id)
        )
        return sorted(mine, key=attrgetter("deadline_at", "order_id", "subject"))


def _case(record: ExceptionRecord, resolved_at: datetime) -> PastCase:
    return PastCase(
        facts=record.facts,
        cause=record.explanation.cause if record.explanation else None,
        resolution=record.resolution,
        opened_at=record.opened_at,
        resolved_at=resolved_at,
    )
