"""The closed lists of the domain: what can be wrong, how bad it is, where it stands.

Must not hold rules: those are in the YAML policies and in sla.py and lifecycle.py.
"""

from enum import StrEnum


class Stage(StrEnum):
    """The span between two events of an order."""

    PICK = "PICK"
    PACK = "PACK"
    SHIP = "SHIP"
    DELIVER = "DELIVER"


class ClockKind(StrEnum):
    """To whom a promise was made, or on whom it rests; a problem is no promise."""

    SLA = "sla"
    OLA = "ola"
    CARRIER = "carrier"
    CHANNEL = "channel"
    PROBLEM = "problem"


class ClockVerdict(StrEnum):
    """What is to be said of a clock's state besides the state."""

    CURED = "cured"
    LATE_EVIDENCE = "late_evidence"
    NO_DATA = "no_data"


class ReasonCode(StrEnum):
    """What a breach or problem is called everywhere."""

    PICK_DELAY = "PICK_DELAY"
    PACK_DELAY = "PACK_DELAY"
    SHIP_DELAY = "SHIP_DELAY"
    CARRIER_ISSUE = "CARRIER_ISSUE"
    MISSING_SCAN = "MISSING_SCAN"
    FIRST_SCAN_MISSING = "FIRST_SCAN_MISSING"
    TRANSIT_STALL = "TRANSIT_STALL"
    DELIVERY_DELAY = "DELIVERY_DELAY"
    STOCK_MISMATCH = "STOCK_MISMATCH"
    INVENTORY_SHORTAGE = "INVENTORY_SHORTAGE"
    ADDRESS_ERROR = "ADDRESS_ERROR"
    ADDRESS_INVALID = "ADDRESS_INVALID"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    DAMAGED_PACKAGE = "DAMAGED_PACKAGE"
    CUSTOMER_UNAVAILABLE = "CUSTOMER_UNAVAILABLE"
    SYSTEM_ERROR = "SYSTEM_ERROR"
    OTHER = "OTHER"


class Severity(StrEnum):
    """How bad it is, least first."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Status(StrEnum):
    """Where an exception stands in its life."""

    OPEN = "OPEN"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    IN_PROGRESS = "IN_PROGRESS"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class Fault(StrEnum):
    """Who is answerable for the time that was lost."""

    CLIENT = "client"
    THREE_PL = "3pl"
    CARRIER = "carrier"
    CONSIGNEE = "consignee"
    NONE = "none"


class ClockState(StrEnum):
    """What a clock is doing as of a moment."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


ACTIVE_STATUSES = (Status.OPEN, Status.ACKNOWLEDGED, Status.IN_PROGRESS)
