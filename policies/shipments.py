"""Takes an order apart into its shipments. Must not judge them."""

import re
from collections.abc import Mapping
from typing import Any

from policies.facts import Timeline

SHIPMENT, NUMBER = "shipment", "tracking_number"
"""Payload keys that name a shipment, the surer one first."""
_LONGEST = 128
_SPACE = re.compile(r"\s+")


def shipments_in(timeline: Timeline) -> dict[str, Timeline]:
    """A timeline for each shipment, in the order in which they were first told of.

    What names no shipment belongs to all of them. An order that names none is one shipment
    with the empty name. A tracking number that was told together with a shipment is that one.
    """
    stated = [
        (_text(event.payload, SHIPMENT), _text(event.payload, NUMBER), event)
        for event in timeline.events
    ]
    owners: dict[str, str] = {}
    for shipment, number, _ in stated:
        if shipment and number:
            owners.setdefault(_plain(number), shipment)
    for shipment, number, _ in stated:
        if number and not shipment:
            owners.setdefault(_plain(number), number)
    named = [
        (shipment or owners.get(_plain(number), ""), event) for shipment, number, event in stated
    ]
    names = dict.fromkeys(name for name, _ in named if name)
    if not names:
        return {"": timeline}
    return {
        name: Timeline(
            order_id=timeline.order_id,
            events=tuple(event for theirs, event in named if theirs in ("", name)),
        )
        for name in names
    }


def _text(payload: Mapping[str, Any], key: str) -> str:
    found = payload.get(key)
    if not isinstance(found, str):
        return ""
    return "".join(letter for letter in found if letter.isprintable())[:_LONGEST]


def _plain(number: str) -> str:
    """A tracking number however it was written."""
    return _SPACE.sub("", number).upper()
