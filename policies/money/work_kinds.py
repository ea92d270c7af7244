"""Which kinds of events prove billable work, and why the others are not billed.

Must not count anything.
"""

from policies.facts import ALIASES

PICKED, PACKED, PRINTED, VOIDED = (
    "pick_completed",
    "pack_completed",
    "label_created",
    "label_voided",
)
STOCK = "stock_counted"
"""Counts what lies in store on a day; the month's statement charges it."""
WORK_DONE = "work_done"
"""Proves nothing by its kind, only what its payload states under `operations` and `counts`."""
STORED, TAKEN_OUT = "storage_started", "storage_ended"
"""Between these two an order's goods lay in store, each day that was begun counts."""
BY_KIND = {
    PICKED: "pick",
    PACKED: "pack",
    PRINTED: "label",
    "kitting_completed": "kitting",
    "return_processed": "returns",
    "photo": "photo",
    "photo_taken": "photo",
    "quality_check": "quality_check",
    "quality_check_completed": "quality_check",
    "custom_packaging": "custom_packaging",
    "custom_packaging_used": "custom_packaging",
    "gift_wrap": "gift_wrap",
    "gift_wrapped": "gift_wrap",
    TAKEN_OUT: "storage_days",
    WORK_DONE: "",
}
"""The operation that an event of this kind proves."""
BILLABLE = frozenset({*BY_KIND, VOIDED, STORED, STOCK})
"""Kinds by which a bill can change; the index of worked orders has these and no others."""
BILLABLE_TYPES = tuple(
    sorted(BILLABLE | {name for name, kind in ALIASES.items() if kind in BILLABLE})
)
"""The same by every name that a source may use."""
LEFT = (
    *("manifested", "carrier_picked_up", "carrier_scan", "in_transit"),
    *("out_for_delivery", "delivered", "order_fulfilled", "order_cancelled", "return_processed"),
)
"""After one of these nothing more is expected for an order, so that it may be billed."""

_BEGUN = "work is charged once it is done"
_ORDER = "it tells of the order and not of work"
_CARRIER = "it tells what the carrier did"
_TROUBLE = "it tells of a problem and not of work"
BECAUSE = {
    **dict.fromkeys(("pick_started", "pack_started", "allocated", "staged"), _BEGUN),
    **dict.fromkeys(("order_created", "order_paid", "order_edited", "order_fulfilled"), _ORDER),
    **dict.fromkeys(("order_cancelled", "order_held", "order_released"), _ORDER),
    **dict.fromkeys(("manifested", "carrier_picked_up", "carrier_scan", "in_transit"), _CARRIER),
    **dict.fromkeys(("out_for_delivery", "delivery_attempted", "delivered"), _CARRIER),
    **dict.fromkeys(("stock_short", "payment_failed", "address_invalid"), _TROUBLE),
    **dict.fromkeys(("package_damaged", "exception_reported", "address_corrected"), _TROUBLE),
    STOCK: "stock is charged by the month's statement",
    STORED: "storage is charged when it ends",
}
OTHER = "no price is for this kind of event"
REVOKED = "the label was voided"
CORRECTED = "another event corrects it"
VOIDS = "it takes a label back"
VOIDS_NOTHING = "no label before it could be voided"
SAME_LABEL = "this label was told before"
NEVER_STORED = "no beginning of the storage was told"
STATES_NOTHING = "it states no work"
