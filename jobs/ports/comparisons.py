"""What explanations ask of the stores: what one exception is compared with.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from policies.past_cases import PastCase
from policies.queries import ClockRow
from policies.reasons import ReasonCode


class Comparisons(Protocol):
    """Clocks and exceptions as others are compared with them; each answer is bounded."""

    async def beside(
        self, tenant_id: int, sla_id: str, at: datetime, each_way: int
    ) -> list[ClockRow]:
        """The clocks of a rule with the nearest deadlines up to `at` and after it, by deadline."""
        ...

    async def stopped(
        self,
        tenant_id: int,
        sla_id: str,
        windows: Sequence[tuple[datetime, datetime]],
        horizon: timedelta,
    ) -> list[int | None]:
        """How many clocks stopped in each [since, until); None where too many are to be read.

        Those count whose deadline is no further than `horizon` before or after the window.
        """
        ...

    async def elapsed(
        self, tenant_id: int, sla_id: str, client: str, until: datetime, limit: int
    ) -> list[float]:
        """Counted minutes of a client's clocks that stopped and were due before `until`."""
        ...

    async def due(
        self, tenant_id: int, sla_id: str, since: datetime, until: datetime, limit: int
    ) -> list[tuple[datetime, str]]:
        """Deadlines in (since, until] of running clocks of a rule with their orders, next first."""
        ...

    async def past_cases(
        self, tenant_id: int, reason: ReasonCode, since: datetime
    ) -> tuple[list[PastCase], datetime]:
        """Settled exceptions of that reason opened since then, and since when these are all."""
        ...
