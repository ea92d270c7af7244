"""The English words of an explanation, by event, cause, reason and ending.

Must not hold whole notes: those are templates in prompts/en/explanation.
"""

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
    "address_corrected": "Address corrected",
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
    "reported": "Trouble was reported",
    "pickup": "A missed pick-up was reported",
    "backlog": "A backlog was reported",
    "label": "A label failure was reported",
    "trailer": "A full trailer was reported",
    "cut_off": "A missed cut-off was reported",
    "weather": "Bad weather was reported",
    "vehicle": "A broken vehicle was reported",
    "misroute": "A wrong route was reported",
}
PLAIN_CAUSE = {
    "stock": "An item is missing on the shelf.",
    "payment": "The payment has not gone through.",
    "address": "The delivery address needs a correction.",
    "damage": "The package was damaged and is being replaced or repacked.",
    "hold": "It was put on hold.",
    "attempt": "A delivery was tried and nobody could be met.",
    "weather": "Bad weather slows the route down.",
}
LABEL = {
    "PICK_DELAY": "Picking is late",
    "PACK_DELAY": "Packing is late",
    "SHIP_DELAY": "The parcel has not left",
    "CARRIER_ISSUE": "The parcel has not left",
    "MISSING_SCAN": "The pack scan is missing",
    "FIRST_SCAN_MISSING": "The carrier's first scan is missing",
    "TRANSIT_STALL": "The parcel stands still",
    "DELIVERY_DELAY": "Delivery is late",
}
MISSING = {
    "PICK_DELAY": "no pick scan",
    "PACK_DELAY": "no pack scan",
    "SHIP_DELAY": "no sign that it left",
    "CARRIER_ISSUE": "no sign that the carrier took it",
    "MISSING_SCAN": "no pack scan",
    "FIRST_SCAN_MISSING": "no first scan by the carrier",
    "TRANSIT_STALL": "no further scan by the carrier",
    "DELIVERY_DELAY": "no delivery",
    "STOCK_MISMATCH": "no count",
    "INVENTORY_SHORTAGE": "no stock",
    "ADDRESS_ERROR": "no correction",
    "ADDRESS_INVALID": "no correction",
    "PAYMENT_FAILED": "no payment",
    "DAMAGED_PACKAGE": "no replacement",
    "CUSTOMER_UNAVAILABLE": "no delivery",
}
MISSING_TOO = {
    "PICK_DELAY": "are not picked either",
    "PACK_DELAY": "are not packed either",
    "SHIP_DELAY": "have not left either",
    "CARRIER_ISSUE": "have not left either",
    "MISSING_SCAN": "have no pack scan either",
    "FIRST_SCAN_MISSING": "have no first scan either",
    "TRANSIT_STALL": "have no new scan either",
    "DELIVERY_DELAY": "are not delivered either",
}
DONE_WORD = {
    "PICK_DELAY": "picked",
    "PACK_DELAY": "packed",
    "SHIP_DELAY": "shipped",
    "CARRIER_ISSUE": "shipped",
    "MISSING_SCAN": "packed",
    "FIRST_SCAN_MISSING": "scanned",
    "TRANSIT_STALL": "scanned",
    "DELIVERY_DELAY": "delivered",
}
PLAIN_STATE = {
    "PICK_DELAY": "paid and still waits to be collected from the shelf, later than agreed",
    "PACK_DELAY": "collected and still waits to be packed, later than agreed",
    "SHIP_DELAY": "packed and still waits to leave, later than agreed",
    "CARRIER_ISSUE": "packed and still waits for the carrier, later than agreed",
    "MISSING_SCAN": "collected, and we are checking whether it is packed already",
    "FIRST_SCAN_MISSING": "handed over, and the carrier has not registered it yet",
    "TRANSIT_STALL": "on its way, and there has been no news of it for longer than agreed",
    "DELIVERY_DELAY": "with the carrier and will arrive later than agreed",
    "STOCK_MISMATCH": "waiting while we check an item on the shelf",
    "INVENTORY_SHORTAGE": "waiting because an item is not in stock at the moment",
    "ADDRESS_ERROR": "waiting because the delivery address needs a correction",
    "ADDRESS_INVALID": "waiting because the delivery address needs a correction",
    "PAYMENT_FAILED": "waiting because the payment has not gone through",
    "DAMAGED_PACKAGE": "late because it was damaged; we are replacing or repacking it",
    "CUSTOMER_UNAVAILABLE": "not delivered yet because nobody could be met",
}
PLAIN_DONE = {
    "PICK_DELAY": "collected from the shelf",
    "PACK_DELAY": "packed",
    "SHIP_DELAY": "shipped",
    "CARRIER_ISSUE": "handed to the carrier",
    "MISSING_SCAN": "packed",
    "FIRST_SCAN_MISSING": "registered by the carrier",
    "TRANSIT_STALL": "seen again on its way",
    "DELIVERY_DELAY": "delivered",
    "INVENTORY_SHORTAGE": "supplied with the missing item",
    "ADDRESS_ERROR": "given a corrected address",
    "ADDRESS_INVALID": "given a corrected address",
    "PAYMENT_FAILED": "paid",
    "DAMAGED_PACKAGE": "replaced or repacked",
    "CUSTOMER_UNAVAILABLE": "delivered",
}
SAYS_IT_ALL = frozenset(PLAIN_STATE) - frozenset(LABEL)
"""Reasons whose plain state names the cause; nothing is added to it."""
PLAIN_AFTER = {"DELIVERY_DELAY": "", "CUSTOMER_UNAVAILABLE": ""}
MOVES_AGAIN = "It is moving again."
ENDING = {
    "settled_late": "the missing event came",
    "late_evidence": "it had been in time after all",
    "cured": "it was made good",
    "order_cancelled": "the order was cancelled",
    "delivered": "the parcel was delivered",
    "done": "somebody did the work",
    "carrier": "the carrier had it",
    "client": "it was settled with the client",
    "duplicate": "another exception covered it",
    "false_alarm": "it had never been late",
}
NOUN = {"zone": "zone", "wave": "wave", "warehouse": "site", "carrier": "carrier"}
ELSEWHERE = {
    "zone": "in other zones",
    "wave": "in other waves",
    "warehouse": "at other sites",
    "carrier": "of other carriers",
}
SETTLED = "Nothing; it is settled."
