"""Says what a breach costs in credits, as far as that is known before the order is priced.

Must not price anything: a share of fees is unknown here.
"""

from collections.abc import Mapping
from typing import Any

from policies.money.fees import Fees
from policies.money.remedy import credit_of
from policies.promise import SlaRule
from policies.records import ExceptionRecord


def credit_at_risk(rule: SlaRule | None, record: ExceptionRecord) -> int | None:
    """What the breach gives back; a share of fees is known only once the order is priced."""
    return credit_for(rule, record.facts)


def credit_for(rule: SlaRule | None, facts: Mapping[str, Any]) -> int | None:
    """The same for a promise that is not broken yet; `facts` are those that the order states."""
    credit = rule.remedy.credit if rule and rule.remedy else None
    if rule is None or rule.remedy is None or credit is None:
        return None
    if credit.pct_of not in (None, "order_value"):
        return None
    fees = Fees(pick_pack_cents=0, fulfilment_cents=0, total_cents=0)
    return credit_of(rule.remedy, fees, value_of(facts))


def value_of(facts: Mapping[str, Any]) -> int | None:
    """The order's value in cents, where the facts state one."""
    value = facts.get("order_value_cents")
    return value if isinstance(value, int) and not isinstance(value, bool) else None
