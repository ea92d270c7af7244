"""Says what a snooze waits for, and until when, in words.

Must not decide when it ends: policies/awaiting.py does.
"""

from collections.abc import Mapping
from typing import Any

from handlers.blocks.text import data, moment
from policies.awaiting import WORSE, awaited
from policies.reasons import Stage
from policies.records import AuditEntry, ExceptionRecord

COMES: dict[str, str] = {
    "carrier_scan": "{carrier} scans it",
    "carrier_picked_up": "{carrier} picks it up",
    "in_transit": "it is in transit",
    "out_for_delivery": "it is out for delivery",
    "delivered": "it is delivered",
    "allocated": "its stock is allocated",
    "pick_started": "picking starts",
    "pick_completed": "it is picked",
    "pack_started": "packing starts",
    "pack_completed": "it is packed",
    "label_created": "its label is made",
    "manifested": "it is manifested",
    "staged": "it is staged",
    "order_paid": "it is paid",
    "order_released": "it is released",
    "address_corrected": "its address is corrected",
    "return_processed": "its return is processed",
}
"""Events as what one waits for; the others are named as they are."""


def comes(kind: str, facts: Mapping[str, Any] | None = None) -> str:
    """`UPS scans it`, `it is picked`."""
    carrier = (facts or {}).get("carrier")
    words = COMES.get(kind) or f"{data(kind.replace('_', ' '), 40)} is recorded"
    return words.format(carrier=data(carrier, 30) if carrier else "the carrier")


CHOICES: dict[Stage, tuple[tuple[str, str], ...]] = {
    Stage.PICK: (("until picked", "pick_completed"),),
    Stage.PACK: (("until packed", "pack_completed"),),
    Stage.SHIP: (("until carrier scan", "carrier_scan"),),
    Stage.DELIVER: (("until carrier scan", "carrier_scan"), ("until delivered", "delivered")),
}
"""What a form offers to wait for: words of the grammar, and the event that they mean."""


def choices(record: ExceptionRecord) -> list[tuple[str, str]]:
    """The same as choices of a form: the value, and what it would hide until when."""
    return [
        (words, f"Until {comes(kind, record.facts)}, at the latest tomorrow 08:00")
        for words, kind in CHOICES[record.stage]
    ]


def snoozed(record: ExceptionRecord) -> str | None:
    """`snoozed until UPS scans it, at the latest tomorrow 08:00`; None where it is not."""
    if record.snoozed_until is None:
        return None
    latest, kind = moment(record.snoozed_until), awaited(record)
    if kind is None:
        return f"snoozed until {latest}"
    return f"snoozed until {comes(kind, record.facts)}, at the latest {latest}"


def of_entry(entry: AuditEntry) -> str | None:
    """What a line of the trail says of a wait, beyond its verb; None where it was a mere time."""
    kind = entry.after.get("awaits")
    if entry.action == "snooze" and isinstance(kind, str):
        return f"snoozed until {comes(kind)}"
    if entry.action != "wake" or not entry.note:
        return None
    return "snooze over, it got worse" if entry.note == WORSE else f"snooze over: {_named(entry)}"


def _named(entry: AuditEntry) -> str:
    return f"{data(str(entry.note).replace('_', ' '), 40)} came"
