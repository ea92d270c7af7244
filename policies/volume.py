"""Counts how many orders began in a window, from the instants at which orders began.

Must not read orders. An order that is created and paid within a window counts once, and in a
window that holds either of the two it counts.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from policies.instants import us_of

BEGINNINGS = frozenset({"order_created", "order_paid"})
"""Kinds of events with which an order begins."""
_MICROSECOND = timedelta(microseconds=1)


def volume_of(
    orders: Mapping[str, Iterable[datetime]],
) -> Callable[[datetime, timedelta], int]:
    """How many of these orders began in (moment - window, moment]; asked for any number of times.

    `orders` has for each order when it was created and paid, in any order.
    """
    instants = [sorted(map(us_of, moments)) for moments in orders.values()]
    began = sorted(us for moments in instants for us in moments)
    again = [pair for moments in instants for pair in pairwise(moments)]
    repeats: dict[int, tuple[list[int], list[int]]] = {}

    def volume(moment: datetime, window: timedelta) -> int:
        until, width = us_of(moment), window // _MICROSECOND
        if width not in repeats:
            short = [(first, then) for first, then in again if then - first < width]
            repeats[width] = sorted(first for first, _ in short), sorted(then for _, then in short)
        firsts, thens = repeats[width]
        since = until - width
        # A pair closer than the window that ends by `until` is within, or begins by `since`.
        twice = bisect_right(thens, until) - bisect_right(firsts, since)
        return bisect_right(began, until) - bisect_right(began, since) - twice

    return volume
