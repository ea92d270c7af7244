"""Words an account of an exception as a colleague would: for operations, and for the client.

Must not add a fact: each figure, time and event comes from the values handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from prompts.render import render

WHAT = {
    "order_created": "Ordered",
    "order_paid": "Paid",
    "order_edited": "Edited",
    "order_cancelled": "Cancelled",
    "order_held": "Put on hold",
    "order_released": "Released",
    "allocated": "Stock allocated",
    "pick_started": "Picking started",
    "pick_completed": "Picked",
    "pack_started": "Packing started",
    "pack_completed": "Packed",
    "label_created": "Label printed",
    "label_voided": "Label voided",
    "manifested": "Manifested",
    "staged": "Staged",
    "carrier_picked_up": "Picked up by the carrier",
    "carrier_scan": "Scanned by the carrier",
    "in_transit": "In transit",
    "out_for_delivery": "Out for delivery",
    "delivery_attempted": "Delivery attempted",
    "delivered": "Delivered",
    "order_fulfilled": "Marked fulfilled",
    "stock_short": "Stock found short",
    "payment_failed": "Payment failed",
    "address_invalid": "Address found invalid",
    "package_damaged": "Package found damaged",
    "exception_reported": "Trouble reported",
}
CAUSE = {
    "stock": "Stock was found short",
    "payment": "The payment failed",
    "address": "The address was found invalid",
    "damage": "The package was found damaged",
    "hold": "The order was put on hold",
    "attempt": "A delivery attempt failed",
    "reported": "The floor reported trouble",
}
PLAIN_CAUSE = {
    "stock": "An item is missing on the shelf.",
    "payment": "The payment has not gone through.",
    "address": "The delivery address needs a correction.",
    "damage": "The package was damaged and is being replaced or repacked.",
    "hold": "It was put on hold.",
    "attempt": "The carrier tried to deliver it and could not.",
}
LABEL = {
    "PICK_DELAY": "Picking is late",
    "PACK_DELAY": "Packing is late",
    "CARRIER_ISSUE": "The parcel has not left",
    "MISSING_SCAN": "The pack scan is missing",
    "FIRST_SCAN_MISSING": "The carrier's first scan is missing",
    "TRANSIT_STALL": "The parcel stands still",
    "DELIVERY_DELAY": "Delivery is late",
}
MISSING = {
    "PICK_DELAY": "no pick scan",
    "PACK_DELAY": "no pack scan",
    "CARRIER_ISSUE": "no sign that the carrier took it",
    "MISSING_SCAN": "no pack scan",
    "FIRST_SCAN_MISSING": "no first scan by the carrier",
    "TRANSIT_STALL": "no further scan by the carrier",
    "DELIVERY_DELAY": "no delivery",
}
PLAIN_STATE = {
    "PICK_DELAY": "paid and still waits to be collected from the shelf, later than agreed",
    "PACK_DELAY": "collected and still waits to be packed, later than agreed",
    "CARRIER_ISSUE": "packed and still waits for the carrier, later than agreed",
    "MISSING_SCAN": "collected, and we are checking whether it is packed already",
    "FIRST_SCAN_MISSING": "handed over, and the carrier has not scanned it yet, later than agreed",
    "TRANSIT_STALL": "on its way, and the carrier has reported nothing new for longer than agreed",
    "DELIVERY_DELAY": "with the carrier and will arrive later than agreed",
}
PLAIN_DONE = {
    "PICK_DELAY": "collected from the shelf",
    "PACK_DELAY": "packed",
    "CARRIER_ISSUE": "handed to the carrier",
    "MISSING_SCAN": "packed",
    "FIRST_SCAN_MISSING": "scanned by the carrier",
    "TRANSIT_STALL": "moving again",
    "DELIVERY_DELAY": "delivered",
}
NEXT = {
    "PICK_DELAY": "Ask the floor lead to pick {order} next; an empty shelf is reported short.",
    "PACK_DELAY": "Find {order} between picking and packing and have it packed next.",
    "CARRIER_ISSUE": "Check the dock for {order}; if it is there, ask the carrier for a pick-up.",
    "MISSING_SCAN": "Look for {order} at the pack stations: it is lost, or packed without a scan.",
    "FIRST_SCAN_MISSING": "Look for {order} at the dock; if it left, ask the carrier for a scan.",
    "TRANSIT_STALL": "Ask the carrier where {order} is, and for a trace if they cannot say.",
    "DELIVERY_DELAY": "Ask the carrier where {order} is and tell the client what they say.",
}
NEXT_BY_CAUSE = {
    "stock": "Decide with the client whether {order} waits for stock, ships short or is cancelled.",
    "payment": "Ask the client to settle the payment of {order}; hold it until then.",
    "address": "Get the right address for {order} from the client and correct it.",
    "damage": "Replace the damaged goods of {order} and open a claim.",
    "hold": "Find out who holds {order} and what releases it.",
    "attempt": "Ask the client for a new delivery time for {order}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The worded account."""

    label: str
    ops_note: str
    client_note: str
    next_step: str


def word(reason_code: str, cause: str | None, values: Mapping[str, object]) -> Notes:
    """Words an account.

    Args:
        reason_code: decides label, next step and the plain words.
        cause: kind of the recorded cause, a key of CAUSE, or None.
        values: what the templates name; see jobs/explain.py.
    """
    order = str(values["order_id"])
    over = bool(values["stop"] or values["called_off"])
    step = NEXT_BY_CAUSE.get(cause or "") or NEXT.get(reason_code, "Look at {order}.")
    words = {
        **values,
        "missing": MISSING.get(reason_code, "nothing"),
        "plain_state": PLAIN_STATE.get(reason_code, "later than agreed"),
        "plain_done": PLAIN_DONE.get(reason_code, "done"),
        "plain_cause": PLAIN_CAUSE.get(cause or "", ""),
    }
    return Notes(
        label=LABEL.get(reason_code, reason_code.replace("_", " ").capitalize()),
        ops_note=render("ops_note", words),
        client_note=render("client_note", words),
        next_step="Nothing; it is settled." if over else step.format(order=order),
    )


def what(kind: str) -> str:
    """An event type in words: `Picked`, `Stock found short`."""
    return WHAT.get(kind, kind.replace("_", " ").replace(".", " ").capitalize())
