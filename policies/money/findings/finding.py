"""One difference between what was billed and what is due, with its cause and its evidence.

Must not look for differences, nor decide what becomes of one.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256


class Cause(StrEnum):
    """Why a billed amount is not what is due."""

    UNKNOWN_ORDER = "unknown_order"
    NO_EVENT = "no_event"
    NO_TARIFF_LINE = "no_tariff_line"
    ORDER_NOT_BILLED = "order_not_billed"
    NOT_BILLED = "not_billed"
    ORDER_TWICE = "order_twice"
    TWICE = "twice"
    QUANTITY = "quantity"
    OTHER_VERSION = "other_version"
    TIER = "tier"
    RATE = "rate"
    MINIMUM = "minimum"
    SURCHARGE = "surcharge"
    MULTIPLIER = "multiplier"
    DISCOUNT = "discount"
    ROUNDING = "rounding"
    ARITHMETIC = "arithmetic"
    TAX = "tax"
    CURRENCY = "currency"
    DRIFT = "drift"
    CREDIT_OWED = "credit_owed"
    CREDIT_AMOUNT = "credit_amount"
    CREDIT_NOT_OWED = "credit_not_owed"


CREDITS = frozenset({Cause.CREDIT_OWED, Cause.CREDIT_AMOUNT, Cause.CREDIT_NOT_OWED})
"""Causes that are about broken promises, and not about charges."""


class Family(StrEnum):
    """What a finding is found by: an order's invoice, a month's statement, small sums, credits."""

    ORDER = "order"
    STATEMENT = "statement"
    DRIFT = "drift"
    CREDIT = "credit"


WHOLE = "*"
"""The code of a finding that is about all lines of an order, or of an invoice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A difference, in minor units of `currency`; the amounts are those of the line itself.

    `invoice` is the number of the invoice that billed it (`invoice_id` 0 where nothing did) and
    `place` that of its line (0 where none is meant). `order_id` is empty for what belongs to a
    month as a whole. `follow_up_cents` is what else changes because of it: minimum, multipliers,
    discount and tax. `evidence` are the events, or orders, that prove it. `tariff_version` and
    `code` name the line of the tariff by which it is due. `on_statement` says that it is about
    what closed the month.
    """

    order_id: str
    invoice_id: int
    invoice: str
    code: str
    cause: Cause
    expected_cents: int
    billed_cents: int
    currency: str
    tariff_version: str
    place: int = 0
    follow_up_cents: int = 0
    service_date: date | None = None
    evidence: tuple[str, ...] = ()
    expected_quantity: int = 0
    billed_quantity: int = 0
    expected_unit_cents: int = 0
    billed_unit_cents: int = 0
    billed_version: str = ""
    on_statement: bool = False

    @property
    def difference_cents(self) -> int:
        """What an adjustment would have to be: less than 0 where too much was billed."""
        return self.expected_cents - self.billed_cents + self.follow_up_cents

    @property
    def family(self) -> Family:
        """With which others it is found: those of one family come and go together."""
        if self.cause in CREDITS:
            return Family.CREDIT
        if self.cause is Cause.DRIFT:
            return Family.DRIFT
        return Family.STATEMENT if self.on_statement else Family.ORDER

    @property
    def subject(self) -> str:
        """What it is about: the same for every finding on that line, whatever its cause."""
        return "/".join((self.invoice, self.order_id, self.code, str(self.place)))

    @property
    def key(self) -> str:
        """What tells it from any other one; equal for the same finding of another run."""
        parts = (
            self.subject,
            self.cause.value,
            str(self.expected_cents),
            str(self.billed_cents),
            str(self.follow_up_cents),
            self.currency,
            self.tariff_version,
        )
        return sha256("\n".join(parts).encode()).hexdigest()
