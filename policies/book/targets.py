"""Turns a target as written into its value. Must not measure anything."""

from policies.book.compile_rule import when_of
from policies.book.model_book import Target as TargetModel
from policies.matching import When
from policies.money.remedy import Tier, TieredRemedy
from policies.targets import Target

_TRAILING = "trailing_"


def compile_target(model: TargetModel) -> Target:
    """The target's value."""
    days = None
    if model.window.startswith(_TRAILING):
        days = int(model.window.removeprefix(_TRAILING).removesuffix("d"))
    remedy = None
    if model.remedy is not None:
        tiers = tuple(Tier(at_least=least, pct=pct) for least, pct in model.remedy.tiered)
        remedy = TieredRemedy(tiers=tiers, pct_of=model.remedy.pct_of)
    return Target(
        sla_id=model.sla,
        at_least=model.at_least,
        trailing_days=days,
        allowance=model.allowance,
        when=when_of(model.when) or When(),
        remedy=remedy,
        alarms=tuple(sorted(model.budget_alert)),
    )
