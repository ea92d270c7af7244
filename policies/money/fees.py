"""What an order was charged for which part of the work, so that credits can be shares of it.

Must not know what broke a promise.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from policies.money.cents import EXACT, half_up
from policies.money.pricing import price, work_lines
from policies.money.tariff import Tariff
from policies.money.usage import Usage

_PICK_PACK = frozenset({"pick", "pack"})
_NO_FULFILMENT = frozenset({"storage_days", "returns"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What was charged: for picking and packing, for fulfilment, and in all (each in the next).

    Fulfilment is everything but storage and returns.
    """

    pick_pack_cents: int
    fulfilment_cents: int
    total_cents: int


def fees_of(usage: Usage, tariff: Tariff) -> Fees:
    """The parts of what is charged for one order.

    Minimum, multipliers and discount are shared out in proportion to the prices of the work,
    rounded half up, so that nobody gets back more than was charged.
    """
    lines = work_lines(usage, tariff)
    per = {one.code: one.per for one in tariff.prices}
    whole = sum(line.amount_cents for line in lines)
    pick_pack = sum(line.amount_cents for line in lines if per[line.code] in _PICK_PACK)
    others = sum(line.amount_cents for line in lines if per[line.code] in _NO_FULFILMENT)
    charged = price(usage, tariff).amount_cents
    return Fees(
        pick_pack_cents=_part(charged, pick_pack, whole),
        fulfilment_cents=_part(charged, whole - others, whole),
        total_cents=charged,
    )


def _part(charged: int, part: int, whole: int) -> int:
    if whole == 0:
        return 0
    with localcontext(EXACT):
        return half_up(Decimal(charged) * part / whole)
