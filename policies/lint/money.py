"""Looks at what a broken promise costs: credits, caps, exclusions, percentages.

Must not compute a credit.
"""

from collections.abc import Iterator
from decimal import Decimal

from policies.book.model_book import Target
from policies.lint.check import Check, PolicyCheck, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level
from policies.yaml_text import Step

_CREDIT = ("remedy", "credit", "amount", "value")
_CAP = ("remedy", "cap", "pct_of_invoice")


def cap_below_credit(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A cap that cuts the first credit already."""
    remedy = written.rule.remedy
    if remedy is None or remedy.cap is None or remedy.credit is None:
        return
    most, one = remedy.cap.cents, remedy.credit.cents
    if most is not None and one is not None and most < one:
        message = f"the cap of {most} cents is lower than one credit of {one} cents"
        yield Spot(message, "Raise the cap, or lower the credit to it", ("remedy", "cap"))


def no_credit(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A remedy that gives nothing."""
    remedy = written.rule.remedy
    if remedy is not None and remedy.credit is None:
        message = "this remedy has no credit, so a late order costs nothing"
        yield Spot(message, "Add `credit: {cents: 500}`, or remove the remedy", ("remedy",))


def no_forecast(draft: Draft, written: Written) -> Iterator[Spot]:
    """An exclusion by a forecast that the policy does not have."""
    for place, item in enumerate(written.model.exclude):
        if item.volume_over_forecast_pct is not None and draft.model.forecast is None:
            message = "without a forecast nothing is ever over it: this excludes no order"
            remedy = "Add `forecast: {orders_per_day: 500}` to the policy"
            yield Spot(message, remedy, ("exclude", place))


def idle_exclusions(_draft: Draft, written: Written) -> Iterator[Spot]:
    """An exclusion that names nothing."""
    for place, item in enumerate(written.model.exclude):
        if item.fault is None and item.volume_over_forecast_pct is None:
            message = "this exclusion names neither fault nor volume"
            remedy = "Write `fault: carrier` or `volume_over_forecast_pct: 20`, or remove it"
            yield Spot(message, remedy, ("exclude", place))


def share_for_percent(draft: Draft, written: Written) -> Iterator[Spot]:
    """A share such as 0.05 in a rule where percent are meant."""
    remedy = written.model.remedy
    amount = remedy.credit.amount if remedy and remedy.credit else None
    cap = remedy.cap if remedy else None
    for steps, value in (
        (_CREDIT, amount.value if amount else None),
        (_CAP, cap.pct_of_invoice if cap else None),
    ):
        if value is not None and _doubtful(value, draft.text(*written.steps, *steps)):
            yield _share(value, steps)


def share_for_percent_in_targets(draft: Draft) -> Iterator[Spot]:
    """The same in the alarms and tiers of targets."""
    for place, target in enumerate(draft.model.targets):
        for steps, value in _percentages(target):
            if _doubtful(value, draft.text("targets", place, *steps)):
                yield _share(value, ("targets", place, *steps))


def _percentages(target: Target) -> Iterator[tuple[tuple[Step, ...], Decimal]]:
    for place, value in enumerate(target.budget_alert):
        yield ("budget_alert", place), value
    for place, (_, pct) in enumerate(target.remedy.tiered if target.remedy else ()):
        yield ("remedy", "tiered", place, 1), pct


def _doubtful(value: Decimal, text: str) -> bool:
    return 0 < value < 1 and "%" not in text


def _share(value: Decimal, steps: tuple[Step, ...]) -> Spot:
    message = f"{value} here means {value} percent, not a share of the whole"
    remedy = f'Write {f"{value * 100:f}".rstrip("0").rstrip(".")}, or "{value}%" if it is meant'
    return Spot(message, remedy, steps)


CHECKS: tuple[Check, ...] = (
    RuleCheck("cap-below-credit", Level.NOTE, cap_below_credit),
    RuleCheck("remedy-without-credit", Level.NOTE, no_credit),
    RuleCheck("forecast-missing", Level.WARNING, no_forecast),
    RuleCheck("idle-exclusion", Level.WARNING, idle_exclusions),
    RuleCheck("share-for-percent", Level.WARNING, share_for_percent),
    PolicyCheck("share-for-percent", Level.WARNING, share_for_percent_in_targets),
)
