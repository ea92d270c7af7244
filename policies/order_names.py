"""What else an order is called: the numbers by which vendors and carriers know it.

A name says whose number it is (`shopify:450789469`, `tracking:1Z999`), so that one vendor's number
never meets another's. Must not look anything up: what leads where is an argument.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from policies.facts import OrderEvent
from policies.records import OrderKey

TRACKING = "tracking"
NUMBERED_BY = ("shopify", "shiphero", "shipstation", TRACKING)
"""Whose numbers are known, in the order in which a number that somebody types is tried."""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}:\S.{0,94}")
LONGEST = 128
_SPACE = re.compile(r"\s+")


def name_of(whose: str, number: str | None) -> str | None:
    """The name that a number makes; None where it is none that could be kept.

    A tracking number is written as carriers print it: in capitals, without spaces.
    """
    if number is None:
        return None
    written = _SPACE.sub("", number).upper() if whose == TRACKING else number.strip()
    name = f"{whose}:{written}"
    return name if written and name.isprintable() and len(name) <= LONGEST else None


def may_be_name(order_id: str) -> bool:
    """Whether an order's id could be one of the names of another one."""
    return ":" in order_id


def names_told(
    order_id: str, names: Sequence[str | None], payload: Mapping[str, Any]
) -> tuple[str, ...]:
    """What an event tells of its order's names: those given, and its parcel's tracking number.

    A tracking number leads to an order and nothing leads to it: of a parcel alone we know no more.
    """
    stated = payload.get("tracking_number")
    if not (names or isinstance(stated, str)) or order_id.startswith(f"{TRACKING}:"):
        return ()
    number = name_of(TRACKING, stated) if isinstance(stated, str) else None
    told = (*names, number)
    return tuple(dict.fromkeys(name for name in told if name and name != order_id))


def order_of(name: str, leads: Mapping[str, str]) -> str:
    """Where a name leads in the end: itself where nothing is known of it.

    Names that lead to each other are one order, by the first of them.
    """
    way = [name]
    while (following := leads.get(way[-1])) is not None:
        if following in way:
            return min(way[way.index(following) :])
        way.append(following)
    return way[-1]


def names_in(
    events: Mapping[OrderKey, Sequence[OrderEvent]],
) -> dict[OrderKey, list[OrderKey]]:
    """The names under which something was told of each order, sorted."""
    return {
        key: [
            OrderKey(tenant_id=key.tenant_id, order_id=name)
            for name in sorted({event.order_id for event in told} - {key.order_id})
        ]
        for key, told in events.items()
    }


def names_meant(typed: str) -> tuple[str, ...]:
    """The names that somebody may mean who types a number alone."""
    return tuple(name for whose in NUMBERED_BY if (name := name_of(whose, typed)))
