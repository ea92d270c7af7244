"""The table of problems, and the deck that deals them out evenly.

It must not say what a problem does: that is written in the three other files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.warehouse import floor_problems, news_problems, road_problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from demo.warehouse.floor_problems import Case
    from demo.warehouse.moments import Moment

MISSED_PICKUP = "missed_pickup"
DEALT: dict[str, Callable[[Case], list[Moment]]] = {
    "delayed_fulfillment": floor_problems.delay_fulfillment,
    "inventory_shortage": floor_problems.run_short,
    "shipping_delay": road_problems.delay_shipping,
    "payment_issue": floor_problems.fail_payment,
    "address_validation": floor_problems.reject_address,
    "damaged_package": floor_problems.damage_parcel,
    "customer_unavailable": road_problems.miss_customer,
    "silence": news_problems.fall_silent,
    "late_evidence": news_problems.report_late,
    "disorder": news_problems.scramble,
}
PROBLEMS = {**DEALT, MISSED_PICKUP: road_problems.miss_pickup}
BLOCK = 10


def missed_wave_share(problem_rate: float) -> float:
    """Return the share of waves to miss, so that each kind hits equally many orders."""
    return problem_rate / len(PROBLEMS)


class Deck:
    """Deals problems: every ten orders hold their exact share, every ten problems all kinds."""

    def __init__(self, rng: Random, problem_rate: float) -> None:
        """Take the dice and the share of orders with a problem, missed pick-ups included."""
        missed = missed_wave_share(problem_rate)
        self._share = (problem_rate - missed) / (1 - missed)
        self._rng = rng
        self._owed = 0.0
        self._block: list[str] = []
        self._kinds: list[str] = []

    def deal(self) -> str:
        """Return the next order's problem, or the empty string."""
        if not self._block:
            self._owed += BLOCK * self._share
            count = min(BLOCK, int(self._owed))
            self._owed -= count
            self._block = [self._next_kind() for _ in range(count)] + [""] * (BLOCK - count)
            self._rng.shuffle(self._block)
        return self._block.pop()

    def _next_kind(self) -> str:
        if not self._kinds:
            self._kinds = list(DEALT)
            self._rng.shuffle(self._kinds)
        return self._kinds.pop()
