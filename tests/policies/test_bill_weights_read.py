"""The weights of a bill are each in the unit that its own cell or heading names."""

from decimal import Decimal

from policies.money.audit.lines import lines_of
from policies.money.audit.propose import propose
from policies.money.audit.table import Table


def test_weighed_and_billed_may_be_in_two_units() -> None:
    """72 ounces are 4.5 pounds, beside a weight that is billed in pounds."""
    heads = ("Tracking Number", "Weight (oz)", "Billed Weight (lb)", "Amount (USD)")
    rows = (heads, ("1Z1", "72", "5", "10.00"), ("1Z2", "72 oz", "5 lb", "10.00"))
    table = Table(rows=rows, numbers=(1, 2, 3))
    proposal = propose(table)
    for line in lines_of(table, proposal.heading, proposal.columns).lines:
        told = (line.weight, line.billed_weight, line.unit)
        assert told == (Decimal("4.5"), Decimal(5), "lb")
