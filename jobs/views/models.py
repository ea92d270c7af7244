"""What people are shown of models, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks draws these.
"""

from dataclasses import dataclass
from datetime import datetime

from policies.model_budget import DailyLimits, ModelUsage, cents
from policies.records import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBudgetView:
    """A tenant's day: what its model used, and of how much. `resets_at` is its next midnight."""

    tenant: Tenant
    usage: ModelUsage
    limits: DailyLimits
    resets_at: datetime | None = None

    @property
    def used_tokens(self) -> int:
        """Those that are reserved for calls under way, too."""
        return max(0, self.usage.spent.tokens)

    @property
    def cost_cents(self) -> int:
        """Rounded up."""
        return max(0, cents(self.usage.spent.microcents))

    @property
    def used_pct(self) -> int:
        """Of the limit that is nearer; 0 where there is none."""
        return self.limits.used_pct(self.usage.spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitView:
    """How a breaker stands: closed, open or half_open; failures in a row; when it tries again."""

    name: str
    state: str
    failures: int
    since: datetime | None
    retry_at: datetime | None
