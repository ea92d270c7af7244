"""What an order was charged and is worth, as far as its events tell.

Must not know what broke a promise.
"""

from functools import lru_cache
from typing import NamedTuple

from policies.facts import Timeline
from policies.money.fees import Fees, fees_of
from policies.money.operations import operations_of
from policies.money.tariff import Tariff
from policies.money.usage import Usage


class Worth(NamedTuple):
    """What one order was charged, and what it is worth where that is known."""

    fees: Fees
    value_cents: int | None
    units: int


class Pricer:
    """Prices orders by a tariff, without the volume discount: that is known at a month's end."""

    def __init__(self, tariff: Tariff) -> None:
        self.currency = tariff.currency

        @lru_cache(maxsize=4096)
        def fees(operations: tuple[tuple[str, int], ...], flags: frozenset[str]) -> Fees:
            return fees_of(Usage(operations=dict(operations), flags=flags), tariff)

        self._fees = fees

    def worth(self, timeline: Timeline) -> Worth:
        """The worth of an order by its events."""
        usage = operations_of(timeline)
        value = timeline.known("order_value_cents")
        known = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return Worth(
            fees=self._fees(tuple(usage.operations.items()), usage.flags),
            value_cents=value if known else None,
            units=max(1, usage.count("pick")),
        )
