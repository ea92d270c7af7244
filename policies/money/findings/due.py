"""What an order is to be charged, by what was done for it.

Must not read events: the work is handed in.
"""

from collections.abc import Sequence
from dataclasses import replace

from policies.money.billed_tenant import BilledTenant
from policies.money.findings.orders import Due
from policies.money.findings.prices import counts_of
from policies.money.invoice_values import OrderWork
from policies.money.lines import TAX
from policies.money.order_lines import taxes
from policies.money.pricing import ChargeLine


def due_of(
    billed: BilledTenant, work: OrderWork, charged: Sequence[ChargeLine], monthly_orders: int = 0
) -> Due:
    """What is due for that work.

    Args:
        billed: whose order it is.
        work: what was done.
        charged: what it costs without tax, by itself or within its month.
        monthly_orders: of the tenant, where it is charged within its month.
    """
    tariff = billed.tariff(work.day)
    taxed = [
        ChargeLine(code=TAX + name, quantity=1, unit_cents=cents, unit="tax", tax_class=name)
        for name, cents in taxes(charged, tariff).items()
    ]
    by_operation = {one.operation: one.event_ids for one in work.done}
    return Due(
        order_id=work.order_id,
        usage=replace(work.usage, monthly_orders=max(monthly_orders, work.usage.monthly_orders)),
        tariff=tariff,
        lines=(*charged, *taxed),
        evidence={
            code: by_operation[per]
            for code, per in counts_of(tariff).items()
            if per in by_operation
        },
        events=tuple(one.event_id for one in work.accounts),
    )
