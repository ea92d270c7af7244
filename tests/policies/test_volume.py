"""How many orders began in a window, against counting one by one."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.order_facts import DAY, HOUR
from policies.volume import volume_of
from tests.policies.builders import at

_MINUTES = st.integers(0, 3000)
_ORDERS = st.dictionaries(st.text("ab", max_size=3), st.lists(_MINUTES, max_size=4), max_size=12)


@given(_ORDERS, st.lists(_MINUTES, min_size=1, max_size=8), st.sampled_from([HOUR, DAY]))
def test_an_order_counts_once_in_each_window(
    orders: dict[str, list[int]], asked: list[int], window: timedelta
) -> None:
    """An order counts once in every window, open at its start, that holds any of its beginnings."""
    began = {order: [at(minute) for minute in minutes] for order, minutes in orders.items()}
    volume = volume_of(began)
    for minute in asked:
        moment = at(minute)
        assert volume(moment, window) == counted(began, moment, window)


def counted(began: dict[str, list[datetime]], moment: datetime, window: timedelta) -> int:
    """The same, the slow way."""
    return sum(any(moment - window < one <= moment for one in began[order]) for order in began)
