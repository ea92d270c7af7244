"""Waves: orders of one warehouse that are released, picked and handed to one truck together.

A wave must not depend on more than the seed and its own id, nor on the order of asking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from demo.warehouse.clients import CARRIERS

if TYPE_CHECKING:
    from demo.warehouse.clients import Warehouse

MINUTE = 60
HOUR = 3_600
WAVE_EVERY = 40 * MINUTE
TRUCK_EVERY = 4 * HOUR
FLOOR_TIME = 3 * HOUR  # release to staged, at the longest of a healthy order
NEXT_TRUCK_HOURS = (26, 34)  # a day late: more than 24 h after any packing of the wave


@dataclass(frozen=True, kw_only=True, slots=True)
class Wave:
    """One release of picks; times are seconds since 1970."""

    wave_id: str
    carrier: str
    released_at: int
    truck_at: int
    missed: bool
    truck_delay: int


class Waves:
    """All waves of a run, made when first asked for."""

    def __init__(self, *, seed: int, missed_share: float) -> None:
        """Keep the seed and the share of waves whose truck does not come."""
        self._seed = seed
        self._missed_share = missed_share
        self._known: dict[tuple[str, int], Wave] = {}

    def next_after(self, warehouse: Warehouse, ready_at: int) -> Wave:
        """Return the first wave of `warehouse` that is released after `ready_at`."""
        offset = warehouse.wave_offset_minutes * MINUTE
        released_at = ((ready_at - offset) // WAVE_EVERY + 1) * WAVE_EVERY + offset
        key = (warehouse.code, released_at)
        if key not in self._known:
            self._known[key] = self._draw(warehouse.code, released_at)
        return self._known[key]

    def _draw(self, warehouse: str, released_at: int) -> Wave:
        stamp = datetime.fromtimestamp(released_at, UTC).strftime("%y%m%d-%H%M")
        wave_id = f"{warehouse}-{stamp}"
        rng = Random(f"{self._seed}/{wave_id}")
        return Wave(
            wave_id=wave_id,
            carrier=rng.choice(CARRIERS),
            released_at=released_at,
            truck_at=-(-(released_at + FLOOR_TIME) // TRUCK_EVERY) * TRUCK_EVERY,
            missed=rng.random() < self._missed_share,
            truck_delay=rng.randrange(NEXT_TRUCK_HOURS[0] * HOUR, NEXT_TRUCK_HOURS[1] * HOUR),
        )
