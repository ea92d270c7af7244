"""Values of what is drawn about a model's budget."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from handlers.blocks.home import home
from handlers.blocks.model_budget import model_budget
from handlers.blocks.status import status
from jobs.ports.slack import Message
from jobs.views.models import ModelBudgetView
from policies.model_budget import DailyLimits, ModelUsage, Spent
from policies.records import Tenant
from tests.slack import enrichment_values
from tests.slack.home_values import UNSET, calm_home
from tests.slack.values import ACME, GLOBEX, status_view


def budget(
    tokens: int, microcents: int, limits: DailyLimits, tenant: Tenant = ACME
) -> ModelBudgetView:
    """A client's day."""
    spent = Spent(tokens=tokens, microcents=microcents)
    usage = ModelUsage(tenant_id=tenant.id, day=date(2026, 3, 2), spent=spent, calls=90)
    return ModelBudgetView(tenant=tenant, usage=usage, limits=limits)


BOTH = DailyLimits(tokens=200_000, cents=2_000)
LOW = budget(152_000, 310_400_000, BOTH)
SPARE = budget(4_000, 9_400_000, BOTH, GLOBEX)
DRAWINGS: dict[str, Callable[[], Message]] = {
    **enrichment_values.DRAWINGS,
    "model_budget_low": partial(model_budget, LOW),
    "model_budget_used_up": partial(
        model_budget, budget(190_000, 2_000_400_000, DailyLimits(cents=2_000))
    ),
    "status_budget": lambda: status(replace(status_view(), budgets=(LOW,))),
    "status_budget_no_limit": lambda: status(
        replace(status_view(), budgets=(budget(4_000, 9_400_000, DailyLimits()),))
    ),
}
HOMES: dict[str, Callable[[], dict[str, Any]]] = {
    **enrichment_values.HOMES,
    "home_budget": lambda: home(replace(calm_home(), budgets=(LOW,)), UNSET),
    "home_budget_of_two": lambda: home(replace(calm_home(), budgets=(SPARE, LOW)), UNSET),
}
