"""Warnings in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from policies.warnings import ClockName, LiveWarning
from storage.columns import storable
from storage.memory.state import MemoryState


class MemoryWarnings:
    """Warnings in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.warnings

    async def open(self, fresh: Sequence[LiveWarning]) -> None:
        """Keeps those that are new; what is known of the others stays."""
        for warning in fresh:
            kept = _kept(warning)
            self._rows.setdefault(kept.name, kept)

    async def get(self, name: ClockName) -> LiveWarning | None:
        """The one about that clock."""
        return self._rows.get(_name(name))

    async def among(self, names: Collection[ClockName]) -> list[LiveWarning]:
        """Those about these clocks, by name."""
        meant = sorted({_name(name) for name in names})
        return [self._rows[name] for name in meant if name in self._rows]

    async def save(self, warning: LiveWarning) -> None:
        """Replaces what is known of it."""
        kept = _kept(warning)
        self._rows[kept.name] = kept

    async def refresh_later(self, name: ClockName, at: datetime | None) -> None:
        """Has it drawn again at `at` (business time), or no more."""
        known = self._rows.get(_name(name))
        if known is not None:
            self._rows[known.name] = replace(known, refresh_at=at)

    async def stale(self, now: datetime, limit: int) -> list[LiveWarning]:
        """Those whose time to be drawn again has come, longest ago first."""
        due = [
            (one.refresh_at, one.name)
            for one in self._rows.values()
            if one.refresh_at is not None and one.refresh_at <= now
        ]
        return [self._rows[name] for _, name in sorted(due)[:limit]]


def _name(name: ClockName) -> ClockName:
    tenant_id, order_id, sla_id, subject = name
    return tenant_id, order_id, sla_id, storable(subject)


def _kept(warning: LiveWarning) -> LiveWarning:
    return replace(warning, subject=storable(warning.subject))
