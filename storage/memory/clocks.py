"""Clocks in memory. Must not promise more or less than the SQL ones: one suite holds them to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from policies.clock import Clock
from policies.queries import ClockRow, Peers, Tally
from policies.reasons import ClockState, ClockVerdict
from policies.records import OrderKey
from storage.clock_rows import ledger_rows, row_of_clock
from storage.clocks import clock_key, tally_of
from storage.instants import micros
from storage.memory.state import MemoryState, by_order

_place = attrgetter("order_id", "sla_id", "instance", "subject")


class MemoryClocks:
    """Clocks in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._ledger = state.clocks, state.ledger

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ClockRow]]:
        """The clocks of these orders by rule and instance."""
        return by_order(keys, sorted(self._rows.values(), key=_place))

    async def save(self, tenant_clocks: Sequence[tuple[int, Clock]], now: datetime) -> None:
        """Writes the clocks and adds to the ledger what it does not hold yet."""
        for tenant_id, clock in tenant_clocks:
            row = row_of_clock(tenant_id, clock)
            self._rows[clock_key(row)] = row
            for note in ledger_rows(tenant_id, clock, micros(now)):
                self._ledger.setdefault(note[:8], note)

    async def retire(self, rows: Sequence[ClockRow]) -> None:
        """Calls off clocks whose rule is no longer in force, so that no sweep finds them."""
        for row in rows:
            held = self._rows.get(clock_key(row))
            if held is not None:
                off = replace(held, state=ClockState.CANCELLED.value, verdict=None, check_at=None)
                self._rows[clock_key(row)] = off

    async def peers(self, tenant_id: int, sla_id: str, at_most: int | None = None) -> Peers:
        """Orders whose clock of that rule has not stopped: going on, and over its deadline."""
        orders: dict[str, set[str]] = {}
        for row in self._rows.values():
            if (row.tenant_id, row.sla_id, row.stopped_at) == (tenant_id, sla_id, None):
                orders.setdefault(row.state, set()).add(row.order_id)
        counts = {state: min(len(some), at_most or len(some)) for state, some in orders.items()}
        going_on = (ClockState.RUNNING, ClockState.PAUSED)
        return Peers(
            running=sum(counts.get(state, 0) for state in going_on),
            breached=counts.get(ClockState.BREACHED, 0),
        )

    async def at_risk(self, tenant_ids: Sequence[int], limit: int) -> list[ClockRow]:
        """Running clocks that were past their warning when last judged, next deadline first."""
        waiting = [
            (row.check_at, row.tenant_id, row.order_id, row)
            for row in self._rows.values()
            if row.tenant_id in tenant_ids and _at_risk(row)
        ]
        return [entry[-1] for entry in sorted(waiting, key=lambda entry: entry[:-1])][:limit]

    async def tally(
        self,
        tenant_id: int,
        sla_id: str,
        since: datetime,
        until: datetime,
        *,
        clients: Sequence[str] = (),
        channels: Sequence[str] = (),
    ) -> Tally:
        """How the clocks stand whose deadline is in [since, until); empty lists do not restrict."""
        meant = [
            row
            for row in self._rows.values()
            if (row.tenant_id, row.sla_id, row.excluded) == (tenant_id, sla_id, False)
            and since <= row.deadline_at < until
            and (not clients or row.client in clients)
            and (not channels or row.channel in channels)
        ]
        every = Counter((row.state, row.verdict) for row in meant)
        warned = Counter((row.state, row.verdict) for row in meant if _at_risk(row))
        return tally_of({key: (number, warned[key]) for key, number in every.items()})

    async def decided(
        self, tenant_id: int, sla_id: str, until: datetime, limit: int
    ) -> list[ClockRow]:
        """Met and breached clocks whose deadline was before `until`, latest deadline first."""
        found = self._due(tenant_id, sla_id, until, (ClockState.MET, ClockState.BREACHED))
        return sorted(found, key=attrgetter("deadline_at"), reverse=True)[:limit]

    async def running(
        self, tenant_id: int, sla_id: str, until: datetime, limit: int
    ) -> list[ClockRow]:
        """Running clocks that are due before `until`, next deadline first; not those of no data."""
        found = self._due(tenant_id, sla_id, until, (ClockState.RUNNING,))
        known = [row for row in found if row.verdict is None]
        return sorted(known, key=attrgetter("deadline_at"))[:limit]

    def _due(
        self, tenant_id: int, sla_id: str, until: datetime, states: Sequence[ClockState]
    ) -> list[ClockRow]:
        """Of equal deadlines those of the first order come first, however they are sorted."""
        return [
            row
            for row in sorted(self._rows.values(), key=attrgetter("order_id", "subject"))
            if (row.tenant_id, row.sla_id) == (tenant_id, sla_id)
            and row.state in states
            and row.deadline_at < until
        ]

    async def waiting_for(self, tenant_id: int, sla_ids: Sequence[str], limit: int) -> list[str]:
        """Orders with a clock of these rules of which nothing is known, by id."""
        unknown = (tenant_id, ClockVerdict.NO_DATA)
        found = {
            row.order_id
            for row in self._rows.values()
            if (row.tenant_id, row.verdict) == unknown and row.sla_id in sla_ids
        }
        return sorted(found)[:limit]


def _at_risk(row: ClockRow) -> bool:
    return (
        row.state == ClockState.RUNNING
        and row.verdict is None
        and row.check_at is not None
        and row.check_at > row.at_risk_at
    )
