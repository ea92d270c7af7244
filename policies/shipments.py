"""Takes an order apart into its shipments. Must not judge them."""

from policies.facts import Timeline

KEYS = ("shipment", "tracking_number")
"""Payload keys that name a shipment, the surer one first."""
_LONGEST = 128


def shipments_in(timeline: Timeline) -> dict[str, Timeline]:
    """A timeline for each shipment, in the order in which they were first told of.

    What names no shipment belongs to all of them. An order that names none is one shipment
    with the empty name.
    """
    named = [(_shipment(event.payload), event) for event in timeline.events]
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


def _shipment(payload: object) -> str:
    if not isinstance(payload, dict):
        return ""
    found = next((payload[key] for key in KEYS if isinstance(payload.get(key), str)), "")
    return "".join(letter for letter in str(found) if letter.isprintable())[:_LONGEST]
