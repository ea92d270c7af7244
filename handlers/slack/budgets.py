"""Looks up what the model of the visible clients cost today, where there is one.

Must not draw it.
"""

from handlers.slack.desk import Desk
from jobs.model_budget import show_budget
from jobs.views.models import ModelBudgetView


async def budgets_of(desk: Desk) -> tuple[ModelBudgetView, ...]:
    """What each visible client's model used on its day so far; nothing without a model."""
    services = desk.services
    if services.asking is None:
        return ()
    return await show_budget(
        desk.tenant_ids,
        storage=services.storage,
        limits=services.asking.limits,
        wall_now=services.wall_now(),
    )
