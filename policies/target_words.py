"""Says a target over a period in plain words. Must not measure it."""

from policies.in_words import FEES
from policies.money.remedy import TieredRemedy
from policies.targets import Target


def target_in_words(target: Target) -> str:
    """`pick: 99 % a month, else 5 % of the fulfilment fees`."""
    days = target.trailing_days
    period = f"over the last {days} days" if days else "a month"
    whose = [f"{key} {' or '.join(sorted(values))}" for key, values in target.when.values]
    only = f" for {', '.join(whose)}" if whose else ""
    free = f", {target.allowance} late ones are free" if target.allowance else ""
    remedy = f"; {_tiers(target, target.remedy)}" if target.remedy else ""
    return f"{target.sla_id}: {_pct(target.at_least)} % {period}{only}{free}{remedy}"


def _tiers(target: Target, remedy: TieredRemedy) -> str:
    """What is given back, from the best tier to the worst."""
    fees = f"of {FEES[remedy.pct_of]} of that month's orders"
    tiers = sorted(remedy.tiers, key=lambda tier: -tier.at_least)
    if len(tiers) > 1 and tiers[0].at_least == target.at_least and not tiers[0].pct:
        tiers = tiers[1:]
    *better, worst = tiers
    said = [f"from {_pct(tier.at_least)} % {_pct(tier.pct)} %" for tier in better]
    return f"else {', '.join([*said, f'{_below(bool(said))}{_pct(worst.pct)} %'])} {fees}"


def _below(several: bool) -> str:  # noqa: FBT001 - whether there is a tier before
    return "below that " if several else ""


def _pct(value: object) -> str:
    text = f"{value}"
    return text.rstrip("0").rstrip(".") if "." in text else text
