"""The words for severities, states, causes and audit lines, as tables.

Must not hold layout, and never shouts.
"""

from collections.abc import Mapping
from datetime import datetime

from handlers.blocks.text import data, mention
from handlers.blocks.waiting import of_entry
from policies.durations import duration
from policies.judgement import MERGED
from policies.ledger import LedgerKind
from policies.reasons import ClockKind, ClockVerdict, Fault, ReasonCode, Severity, Status
from policies.records import AuditEntry, ExceptionRecord

Names = Mapping[str, str] | None
"""Names of people by id; given where a mention would call somebody for nothing."""

COLORS: dict[Severity, str] = {
    Severity.LOW: "#5b7fa6",
    Severity.MEDIUM: "#e3a008",
    Severity.HIGH: "#e8590c",
    Severity.CRITICAL: "#b3261e",
}
QUIET = "#9aa5b1"
"""The colour of what needs nobody any more."""

STATUS: dict[Status, str] = {
    Status.OPEN: "Open",
    Status.ACKNOWLEDGED: "Acknowledged",
    Status.IN_PROGRESS: "In progress",
    Status.RESOLVED: "Resolved",
    Status.CLOSED: "Closed",
}
WAITING: dict[ReasonCode, str] = {
    ReasonCode.PICK_DELAY: "paid, not picked",
    ReasonCode.PACK_DELAY: "picked, not packed",
    ReasonCode.SHIP_DELAY: "packed, not shipped",
    ReasonCode.CARRIER_ISSUE: "packed, not scanned by {carrier}",
    ReasonCode.MISSING_SCAN: "picked, no pack scan",
    ReasonCode.FIRST_SCAN_MISSING: "handed over, no first scan by {carrier}",
    ReasonCode.TRANSIT_STALL: "in transit, no new scan by {carrier}",
    ReasonCode.DELIVERY_DELAY: "shipped, not delivered",
    ReasonCode.STOCK_MISMATCH: "stock does not match",
    ReasonCode.INVENTORY_SHORTAGE: "stock is short",
    ReasonCode.ADDRESS_ERROR: "address in error",
    ReasonCode.ADDRESS_INVALID: "address not valid",
    ReasonCode.PAYMENT_FAILED: "payment failed",
    ReasonCode.DAMAGED_PACKAGE: "package damaged",
    ReasonCode.CUSTOMER_UNAVAILABLE: "customer not reached",
    ReasonCode.SYSTEM_ERROR: "system error",
    ReasonCode.OTHER: "needs a look",
}
HAPPENED: dict[ReasonCode, str] = {
    ReasonCode.PICK_DELAY: "picked late",
    ReasonCode.PACK_DELAY: "packed late",
    ReasonCode.SHIP_DELAY: "shipped late",
    ReasonCode.CARRIER_ISSUE: "left late",
    ReasonCode.MISSING_SCAN: "pack scan came late",
    ReasonCode.FIRST_SCAN_MISSING: "first scan came late",
    ReasonCode.TRANSIT_STALL: "next scan came late",
    ReasonCode.DELIVERY_DELAY: "delivered late",
    ReasonCode.PAYMENT_FAILED: "paid after all",
    ReasonCode.ADDRESS_INVALID: "address put right",
    ReasonCode.INVENTORY_SHORTAGE: "stock came",
    ReasonCode.CUSTOMER_UNAVAILABLE: "delivered after all",
}
KIND: dict[ClockKind, str] = {
    ClockKind.SLA: "Client",
    ClockKind.CHANNEL: "Channel",
    ClockKind.CARRIER: "Carrier",
    ClockKind.OLA: "In-house",
    ClockKind.PROBLEM: "Problem",
}
"""Whose clock it is, in the order in which people care."""
CLOCK: dict[Fault, str] = {
    Fault.CLIENT: "the client",
    Fault.THREE_PL: "the warehouse",
    Fault.CARRIER: "the carrier",
    Fault.CONSIGNEE: "the recipient",
    Fault.NONE: "nobody",
}
PARTY: dict[Fault, str] = {fault: words.removeprefix("the ") for fault, words in CLOCK.items()}
"""The same in brackets."""
VERDICT: dict[ClockVerdict, str] = {
    ClockVerdict.CURED: "late, but made good",
    ClockVerdict.LATE_EVIDENCE: "in time; we heard of it late",
    ClockVerdict.NO_DATA: "no data",
}
BECAME: dict[LedgerKind, str] = {
    LedgerKind.STARTED: "started",
    LedgerKind.RESET: "started anew",
    LedgerKind.PAUSED: "paused",
    LedgerKind.RESUMED: "resumed",
    LedgerKind.MET: "met",
    LedgerKind.BREACHED: "breached",
    LedgerKind.CANCELLED: "called off",
    LedgerKind.CURED: "made good",
    LedgerKind.LATE_EVIDENCE: "done in time, told late",
    LedgerKind.STOPPED_LATE: "done late",
}
"""Entries of a clock's ledger."""
ENDED: dict[str, str] = {
    "settled_late": "the missing event came late",
    "late_evidence": "it was in time after all; the evidence came late",
    "cured": "it was late, but made good as the promise allows",
    "no_longer_applies": "another promise applies to the order now",
    MERGED: "it is an order that was known by another name",
    "order_cancelled": "the order was cancelled",
    "delivered": "the order was delivered",
    "done": "the work was done",
    "carrier": "the carrier has it",
    "client": "settled with the client",
    "duplicate": "covered by another exception",
    "false_alarm": "it was never late",
    "other": "for another reason",
}
AFTER_ALL: dict[str, str] = {
    "late_evidence": "kept after all, the scan came late",
    "cured": "late, but made good",
    "no_longer_applies": "the promise no longer applies",
    MERGED: "the same order under another name",
}
"""What is to be said of an order whose breach was none in the end."""
DONE: dict[str, str] = {
    "open": "alert",
    "opened": "alert",
    "acknowledge": "acknowledged",
    "acknowledged": "acknowledged",
    "assign": "took it",
    "assigned": "took it",
    "resolve": "resolved",
    "resolved": "resolved",
    "settle": "settled",
    "settled": "settled",
    "snooze": "snoozed",
    "snoozed": "snoozed",
    "undo": "undid",
    "drafted": "drafted a note to the client",
    "wake": "snooze over",
    "split": "split off",
    "reopen": "reopened",
    "reopened": "reopened",
    "replay": "replayed",
    "ask_approval": "asked for approval",
    "approve": "approved it",
    "decline": "declined it",
    "replayed": "replayed",
    "discard": "discarded",
    "correct": "corrected",
    "corrected": "corrected",
    "close": "closed",
    "closed": "closed",
    "block": "blocked",
    "unblock": "unblocked",
    "escalate": "escalated",
    "attempt": "tried",
    "attempt_ended": "tried",
    "undo_attempt": "took back what was done by itself",
    "model_failed": "asked a model in vain",
}
"""Audit actions, as a colleague would say them."""


def happened(record: ExceptionRecord) -> str:
    """What is wrong with the order, or what was."""
    after_all = AFTER_ALL.get(record.resolution or "")
    if after_all and not record.active:
        return after_all
    if record.stopped_at is not None:
        return HAPPENED.get(record.reason_code, WAITING[record.reason_code])
    carrier = record.facts.get("carrier")
    words = WAITING[record.reason_code]
    return words.format(carrier=data(carrier, 40) if carrier else "the carrier")


def lateness(record: ExceptionRecord, now: datetime) -> str:
    """`35 min over`, `12 min left`, `40 min late` once it has ended."""
    over = record.delay_at(now)
    ended = record.stopped_at is not None or not record.active
    if over > 0 and record.at_once:
        return f"{'after' if ended else 'for'} {duration(over)}"
    if over > 0:
        return f"{duration(over)} {'late' if ended else 'over'}"
    if ended:
        return "in time"
    return f"{duration((record.deadline_at - now).total_seconds() / 60)} left"


def ending(record: ExceptionRecord) -> str | None:
    """Why it ended, in words; None while it has not."""
    if record.active or record.resolution is None:
        return None
    if record.resolution == MERGED:
        return belongs_to(record.resolution_note)
    return ENDED.get(record.resolution) or data(record.resolution.replace("_", " "), 60)


def belongs_to(order_id: object) -> str:
    """Which order it is in truth."""
    return f"it is order {data(order_id)}" if isinstance(order_id, str) else ENDED[MERGED]


def owner(record: ExceptionRecord, names: Names = None) -> str | None:
    """Who owns it; where names are given, a name that calls nobody, else a live mention."""
    if not record.assignee:
        return None
    if names is not None:
        return data(names.get(record.assignee, record.assignee), 60)
    return mention(record.assignee) or data(record.assignee, 60)


def did(entry: AuditEntry) -> str:
    """What somebody did, in a word or two."""
    return of_entry(entry) or DONE.get(entry.action) or data(entry.action.replace("_", " "), 40)


def rule_name(sla_id: str, version: str) -> str:
    """`rule ship v3`; a version that is no number stands for itself."""
    numbered = "v" if version[:1].isdigit() else ""
    return f"rule {data(sla_id, 64)} {numbered}{data(version, 40)}".rstrip()
