"""Draws how clients' budgets for a model stand: the one notice of a day, and a figure of today.

Must not count: the figures come counted.
"""

from collections.abc import Sequence

from handlers.blocks.elements import Block, message, section
from handlers.blocks.text import counted, data, joined
from jobs.ports.slack import Message
from jobs.views.home import Tile
from jobs.views.models import ModelBudgetView
from policies.money.cents import money


def model_budget(view: ModelBudgetView) -> Message:
    """How much of the day is used, of what, and what happens when it is all used."""
    name = f"AI budget \u00b7 {data(view.tenant.name, 60)}"
    said = f"{min(view.used_pct, 100)} % of {view.usage.day:%-d %B} used"
    return message(
        f"{name}: {said}",
        [section(f"*{name}*: {said}", joined(_tokens(view), _cost(view)), _then(view))],
    )


def budget_tile(views: Sequence[ModelBudgetView]) -> Tile | None:
    """What these clients used today; of several, the share of the one that used most of its own."""
    if not views:
        return None
    most = max(views, key=lambda view: view.used_pct)
    limited = bool(most.limits.tokens or most.limits.cents)
    share = f"{min(most.used_pct, 100)} %" if limited else money(most.cost_cents)
    if len(views) == 1:
        used = joined(_tokens(most), _cost(most) if limited else None)
        return Tile(name="of the AI budget" if limited else "AI today", figure=share, note=used)
    tokens, cents = (sum(view.used_tokens for view in views), sum(v.cost_cents for v in views))
    if not limited:
        share = money(cents)
    name = f"of the AI budget ({most.tenant.name[:20]})" if limited else "AI today"
    whole = joined(f"{tokens:,} tokens", money(cents) if limited else None)
    return Tile(name=name, figure=share, note=f"{whole}, {counted(len(views), 'client')}")


def budget_block(views: Sequence[ModelBudgetView]) -> Block | None:
    """The same as a line."""
    tile = budget_tile(views)
    if tile is None:
        return None
    return section(joined(f"*{data(tile.figure, 40)}* {data(tile.name, 60)}", data(tile.note, 120)))


def _tokens(view: ModelBudgetView) -> str:
    limit = f" of {view.limits.tokens:,}" if view.limits.tokens else ""
    return f"{view.used_tokens:,}{limit} tokens"


def _cost(view: ModelBudgetView) -> str:
    spent = money(view.cost_cents)
    if not view.limits.cents:
        return spent
    return f"{spent.rpartition(' ')[0]} of {money(view.limits.cents)}"


def _then(view: ModelBudgetView) -> str:
    zone = data(view.tenant.timezone, 40)
    used_up = view.used_pct >= 100  # noqa: PLR2004 - percent
    now = "Explanations are" if used_up else "When it is used up, explanations are"
    return f"{now} by rules until midnight ({zone})."
