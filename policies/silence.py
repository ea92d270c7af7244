"""Notices that a source has fallen silent, against what is usual for it at that hour of the week.

Must not listen: what was heard is handed in.
"""

from dataclasses import dataclass
from datetime import datetime

from policies.order_facts import Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of one tenant: when it last spoke, and how much it usually says.

    `events` and `weeks` are by hour of the week (UTC, Monday 00:00 is 0): how many events came
    in that hour in all, and in how many weeks it was watched. `kinds` are what it tells.
    """

    tenant_id: int
    source: str
    last_at: datetime
    first_at: datetime
    kinds: frozenset[str] = frozenset()
    events: tuple[int, ...] = (0,) * 168
    weeks: tuple[int, ...] = (0,) * 168
    silence: Silence | None = None
