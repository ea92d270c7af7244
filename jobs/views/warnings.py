"""What a channel is shown of a promise before it is broken, and of what became of it.

Must not hold blocks or markup: handlers/blocks draws these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from policies.reasons import ClockKind, Fault, Severity
from policies.records import Tenant
from policies.risk import Outlook
from policies.storms import Thread
from policies.warnings import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningView:
    """A promise that was about to be broken, as of `now` (business time).

    `severity` is what its breach would be. `left_minutes` are counted minutes; `spare_minutes`
    how long before the deadline it was kept. `hold` is why it stands still. `thread` tells of the
    breach, None where nothing was opened.
    """

    order_id: str
    tenant: Tenant
    promise: str
    sla_id: str
    rule_version: str
    deadline_at: datetime
    now: datetime
    standing: Standing = Standing.RUNNING
    severity: Severity = Severity.MEDIUM
    kind: ClockKind = ClockKind.SLA
    fault: Fault | None = None
    next_kind: str = ""
    left_minutes: float = 0.0
    spare_minutes: float = 0.0
    hold: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    credit_cents: int | None = None
    outlook: Outlook | None = None
    thread: Thread | None = None
