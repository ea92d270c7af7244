"""What goes wrong with the news, not the goods: silence, late, repeated and swapped events.

Each function takes a healthy case and must not put more than one problem into its moments.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from demo.warehouse.floor_problems import odds
from demo.warehouse.flow import draw_minutes
from demo.warehouse.moments import amend, delay_from, drop_from, hold_back
from demo.warehouse.waves import MINUTE

if TYPE_CHECKING:
    from random import Random

    from demo.warehouse.floor_problems import Case
    from demo.warehouse.moments import Moment

CLOSE = 15 * MINUTE  # only neighbours this close are swapped: a swap is no late evidence
MOST_REPEATED = 3


def fall_silent(case: Case) -> list[Moment]:
    """Never say another word from some expected event on, mostly from the pick."""
    stops = ("pick_completed",) * 15 + ("pack_completed",) * 3 + ("manifested", "delivered")
    return drop_from(case.moments, case.rng.choice(stops))


def report_late(case: Case) -> list[Moment]:
    """Send the proof hours after the fact; in half of the cases the fact was late as well."""
    rng = case.rng
    proofs = ("pick_completed",) * 15 + ("pack_completed",) * 4 + ("delivered",)
    proof = rng.choice(proofs)
    moments = case.moments
    if odds(rng, 50):
        moments = delay_from(moments, proof, draw_minutes(rng, 20, 90))
    moments = amend(moments, proof, reason="scanner_offline")
    return hold_back(moments, proof, draw_minutes(rng, 190, 540))


def scramble(case: Case) -> list[Moment]:
    """Send some events again, or let neighbours overtake each other, or both."""
    way = case.rng.randrange(3)
    moments = case.moments
    if way != 1:
        moments = _repeat_some(case.rng, moments)
    if way != 0:
        moments = _swap_neighbours(case.rng, moments)
    return moments


def _repeat_some(rng: Random, moments: list[Moment]) -> list[Moment]:
    again = rng.sample(range(len(moments)), 1 + rng.randrange(MOST_REPEATED))
    return [
        replace(moment, repeats=(draw_minutes(rng, 0, 120),)) if index in again else moment
        for index, moment in enumerate(moments)
    ]


def _swap_neighbours(rng: Random, moments: list[Moment]) -> list[Moment]:
    close = [
        index for index, (one, other) in enumerate(pairwise(moments)) if other.at - one.at <= CLOSE
    ]
    first = rng.choice(close)
    overtaker = moments[first + 1]
    lag = overtaker.arrives_at + 30 - moments[first].at
    return [
        replace(moment, lag=lag) if index == first else moment
        for index, moment in enumerate(moments)
    ]
