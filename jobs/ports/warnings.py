"""What the jobs ask about warnings that stand in Slack, as a small Protocol that they own.

Must not name a concrete class: bot/wiring.py plugs it in.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from policies.warnings import ClockName, LiveWarning


class Warnings(Protocol):
    """Warnings before a breach, one a clock."""

    async def open(self, fresh: Sequence[LiveWarning]) -> None:
        """Keeps those that are new; what is known of the others stays."""
        ...

    async def get(self, name: ClockName) -> LiveWarning | None: ...

    async def among(self, names: Collection[ClockName]) -> list[LiveWarning]:
        """Those about these clocks, by name."""
        ...

    async def save(self, warning: LiveWarning) -> None:
        """Replaces what is known of it."""
        ...

    async def refresh_later(self, name: ClockName, at: datetime | None) -> None:
        """Has it drawn again at `at` (business time), or no more."""
        ...

    async def stale(self, now: datetime, limit: int) -> list[LiveWarning]:
        """Those whose refresh_at has come."""
        ...
