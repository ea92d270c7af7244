"""What an order was charged for which part of the work, so that credits can be shares of it.

Must not know what broke a promise.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from policies.money.cents import EXACT, half_up
from policies.money.order_lines import operation_lines
from policies.money.pricing import price, work_lines
from policies.money.tariff import Tariff
from policies.money.usage import Usage

_PICK_PACK = frozenset({"pick", "pack"})
_NO_FULFILMENT = frozenset({"storage_days", "returns", "returned_items", "parcels"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What was charged: for picking and packing, for fulfilment, and in all (each in the next).

    Fulfilment is everything but storage, returns and what a carrier asks.
    """

    pick_pack_cents: int
    fulfilment_cents: int
    total_cents: int


def fees_of(usage: Usage, tariff: Tariff) -> Fees:
    """The parts of what is charged for one order.

    Minimum, multipliers and discount are shared out in proportion to the prices of the work,
    rounded half up, so that nobody gets back more than was charged. Of the tariff's `lines` those
    count that price counted work; discounts, freight and dated surcharges of theirs do not.
    """
    lines = work_lines(usage, tariff)
    per = {one.code: one.per for one in tariff.prices}
    whole = sum(line.amount_cents for line in lines)
    pick_pack = sum(line.amount_cents for line in lines if per[line.code] in _PICK_PACK)
    others = sum(line.amount_cents for line in lines if per[line.code] in _NO_FULFILMENT)
    charged = price(usage, tariff).amount_cents
    added = [(per, line.amount_cents) for per, line in operation_lines(usage, tariff)]
    return Fees(
        pick_pack_cents=_part(charged, pick_pack, whole)
        + sum(cents for per, cents in added if per in _PICK_PACK),
        fulfilment_cents=_part(charged, whole - others, whole)
        + sum(cents for per, cents in added if per not in _NO_FULFILMENT),
        total_cents=charged + sum(cents for _, cents in added),
    )


def _part(charged: int, part: int, whole: int) -> int:
    if whole == 0:
        return 0
    with localcontext(EXACT):
        return half_up(Decimal(charged) * part / whole)
