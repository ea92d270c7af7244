"""What can be said of a billed line: a verdict, its cause, and what proves it. Must not judge."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policies.money.audit.lines import BilledLine


class Verdict(StrEnum):
    """How a line ends."""

    OK = "ok"
    OVERCHARGED = "overcharged"
    UNDERCHARGED = "undercharged"
    NOT_OURS = "not_ours"
    AMBIGUOUS = "ambiguous"
    NO_RATE = "no_rate"
    INCLUDED = "included"
    SEPARATELY = "separately"
    UNREADABLE = "unreadable"


class Cause(StrEnum):
    """Why a line is not as agreed."""

    WEIGHT = "weight"
    DIM_DIVISOR = "dim_divisor"
    ZONE = "zone"
    SERVICE = "service"
    DISCOUNT = "discount"
    RATE = "rate"
    DUPLICATE = "duplicate"
    FUEL_WEEK = "fuel_week"
    RESIDENTIAL = "residential"
    AREA = "area"
    ADDRESS_CORRECTION = "address_correction"
    PEAK = "peak"
    WEEKDAY = "weekday"
    VOID_LABEL = "void_label"
    NOT_SHIPPED = "not_shipped"
    NOT_RENDERED = "not_rendered"
    LATE = "late"
    UNKNOWN_SHIPMENT = "unknown_shipment"
    PAYER = "payer"
    ACCOUNT = "account"
    CUSTOMER_FREIGHT = "customer_freight"


DISPUTED = frozenset({Verdict.OVERCHARGED, Verdict.NOT_OURS})
"""What money is asked back for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A line and what is said of it.

    `expected_cents` is what it should have cost, None where nobody can say; `prices` are all that
    the contract allows where it allows several. `unproven` says what was taken as billed, because
    nothing else tells of it. `refers_to` is the row that stands for this one. `claim_by` is the
    last day on which it may be disputed.
    """

    line: BilledLine
    verdict: Verdict
    why: str
    cause: Cause | None = None
    expected_cents: int | None = None
    prices: tuple[int, ...] = ()
    code: str = ""
    version: str = ""
    order_id: str = ""
    event_ids: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    refers_to: int | None = None
    claim_by: date | None = None

    @property
    def difference_cents(self) -> int:
        """Billed less expected; 0 where nobody can say."""
        if self.line.cents is None or self.expected_cents is None:
            return 0
        return self.line.cents - self.expected_cents

    @property
    def disputed_cents(self) -> int:
        """What is asked back."""
        return self.difference_cents if self.verdict in DISPUTED else 0
