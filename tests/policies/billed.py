"""A line of UPS, its parcel, and what is said of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from policies.money.audit.contract import Contracts
from policies.money.audit.judge import Known, judge_bill
from policies.money.audit.lines import BilledLine
from policies.money.audit.shipment import Shipment
from policies.money.audit.verdict import Judged
from policies.money.parcels import Parcel
from tests.policies.contracts import a_contract

CONTRACTS = Contracts(known=(a_contract(),))
DAY = date(2026, 1, 13)
SENT = Shipment(
    order_id="SO-1",
    number="1Z1",
    labelled_on=DAY,
    carried=True,
    shipped_on=DAY,
    service="UPS Ground",
    origin="ATL1",
    zip="30301",
    parcel=Parcel(
        zone="5", weight_lb=Decimal("4.2"), size_in=(Decimal(10), Decimal(8), Decimal(6))
    ),
    residential=False,
    event_ids=("e1",),
)
LINE = BilledLine(
    row=2,
    cents=990,
    currency="USD",
    tracking="1Z1",
    service="UPS Ground",
    zone="5",
    billed_weight=Decimal(5),
    unit="lb",
    ship_date=DAY,
)
"""Zone 5, up to 5 lb: 1100 less 10 %."""


def judged(
    *lines: BilledLine, shipment: Shipment | None = SENT, known: dict[str, Any] | None = None
) -> tuple[Judged, ...]:
    """What is said of these lines of UPS."""
    shipments = {"1Z1": shipment, "1Z9": SENT} if shipment else {}
    told = {"contracts": CONTRACTS, "received": date(2026, 2, 1), "shipments": shipments}
    return judge_bill(lines, Known(**{**told, **(known or {})}))


def of_line(**changes: object) -> BilledLine:
    """The line above with something else."""
    return replace(LINE, **changes)  # type: ignore[arg-type]


def a_parcel(**changes: object) -> Shipment:
    """The parcel above with something else in it."""
    return replace(SENT, parcel=replace(SENT.parcel, **changes))  # type: ignore[arg-type]
