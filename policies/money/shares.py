"""Shares an amount out so that the parts sum to it exactly, by the largest remainders.

Must not round a part by itself.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext

from policies.money.cents import EXACT


def shared_out(amount: int, weights: Sequence[Decimal]) -> tuple[int, ...]:
    """The parts of an amount in proportion to weights, in their order.

    No part is a whole unit or more away from its exact share. Of equal remainders the earlier
    part gets the unit. Weights may be negative, as lines of a bill are, if their sum is not 0.

    Raises:
        ValueError: there is an amount and nothing to share it by.
    """
    with localcontext(EXACT):
        whole = sum(weights, start=Decimal(0))
        if whole == 0:
            if amount == 0:
                return (0,) * len(weights)
            message = f"{amount} cannot be shared out: the weights sum to 0"
            raise ValueError(message)
        exact = [amount * weight / whole for weight in weights]
        floors = [share.to_integral_value(ROUND_FLOOR) for share in exact]
        left = int(amount - sum(floors))
        by_rest = sorted(range(len(exact)), key=lambda place: floors[place] - exact[place])
        more = set(by_rest[:left])
    return tuple(int(floor) + (place in more) for place, floor in enumerate(floors))
