"""Says in plain words what a finding, or many of one cause, is about.

Must not look anything up, and must not build blocks.
"""

from handlers.blocks.amounts import amount, day
from handlers.blocks.text import counted, data
from policies.money.findings.clusters import Cluster
from policies.money.findings.finding import Cause, Finding

_ABOUT: dict[Cause, str] = {
    Cause.UNKNOWN_ORDER: "billed, and no event tells of it",
    Cause.NO_EVENT: "charged {code} that no event proves",
    Cause.NO_TARIFF_LINE: "charged {code}, which the tariff does not have",
    Cause.ORDER_NOT_BILLED: "done and never billed",
    Cause.NOT_BILLED: "not charged {code} that was done",
    Cause.ORDER_TWICE: "billed twice",
    Cause.TWICE: "charged {code} twice",
    Cause.QUANTITY: "charged the wrong number of {code}",
    Cause.OTHER_VERSION: "charged the {code} price of another tariff or date",
    Cause.TIER: "charged {code} at the price of another step",
    Cause.RATE: "charged a price for {code} that no tariff has",
    Cause.MINIMUM: "charged a wrong minimum",
    Cause.SURCHARGE: "charged {code}, which is not due for it",
    Cause.MULTIPLIER: "charged a wrong amount for {code}",
    Cause.DISCOUNT: "given a wrong volume discount",
    Cause.ROUNDING: "rounded wrongly in {code}",
    Cause.ARITHMETIC: "charged {code} that is not quantity times price",
    Cause.TAX: "charged a wrong tax",
    Cause.CURRENCY: "billed in a currency that the tariff is not in",
    Cause.DRIFT: "off by a little in {code}, all the same way",
    Cause.CREDIT_OWED: "owed a credit for {code} that was not given",
    Cause.CREDIT_AMOUNT: "given a wrong credit for {code}",
    Cause.CREDIT_NOT_OWED: "given a credit for {code} that is not owed",
}
_SHORT: dict[Cause, str] = {
    Cause.UNKNOWN_ORDER: "Unknown order",
    Cause.NO_EVENT: "No event",
    Cause.NO_TARIFF_LINE: "Not in tariff",
    Cause.ORDER_NOT_BILLED: "Order not billed",
    Cause.NOT_BILLED: "Not billed",
    Cause.ORDER_TWICE: "Order twice",
    Cause.TWICE: "Line twice",
    Cause.QUANTITY: "Quantity",
    Cause.OTHER_VERSION: "Other version",
    Cause.TIER: "Step",
    Cause.RATE: "Price",
    Cause.MINIMUM: "Minimum",
    Cause.SURCHARGE: "Surcharge",
    Cause.MULTIPLIER: "Multiplier",
    Cause.DISCOUNT: "Discount",
    Cause.ROUNDING: "Rounding",
    Cause.ARITHMETIC: "Arithmetic",
    Cause.TAX: "Tax",
    Cause.CURRENCY: "Currency",
    Cause.DRIFT: "Small sums",
    Cause.CREDIT_OWED: "Credit owed",
    Cause.CREDIT_AMOUNT: "Credit amount",
    Cause.CREDIT_NOT_OWED: "Credit not owed",
}


def about(cause: Cause, code: str) -> str:
    """`charged the label price of another tariff or date`."""
    return _ABOUT[cause].format(code=code_words(code))


def code_words(code: str) -> str:
    """`order_minimum` as people say it."""
    return data(code.replace("_", " "), 60)


def short_cause(cause: Cause) -> str:
    """A word or two, for a chart."""
    return _SHORT[cause]


def cluster_words(cluster: Cluster) -> str:
    """`412 orders charged the label price of another tariff or date, since Oct 1, 2026: ...`."""
    key = cluster.key
    since = f", since {day(cluster.since)}" if cluster.since and cluster.count > 1 else ""
    on = f" on {day(cluster.since)}" if cluster.since and cluster.count == 1 else ""
    return (
        f"{counted(cluster.count, 'order')} {about(key.cause, key.code)}{since}{on}: "
        f"{difference(cluster.difference_cents, key.currency)}"
    )


def difference(cents: int, currency: str) -> str:
    """`$61.80 too much`, `$4.00 too little`: as seen from what was billed."""
    return f"{amount(abs(cents), currency)} too {'much' if cents < 0 else 'little'}"


def compared(finding: Finding) -> str:
    """`billed 2 x $0.30 = $0.60, due 1 x $0.30 = $0.30`."""
    billed = _worked_out(
        finding.billed_quantity,
        finding.billed_unit_cents,
        finding.billed_cents,
        finding.currency,
    )
    due = _worked_out(
        finding.expected_quantity,
        finding.expected_unit_cents,
        finding.expected_cents,
        finding.currency,
    )
    return f"billed {billed}, due {due}"


def _worked_out(quantity: int, unit_cents: int, cents: int, currency: str) -> str:
    whole = amount(cents, currency)
    if quantity > 1 and quantity * unit_cents == cents:
        return f"{quantity:,} x {amount(unit_cents, currency)} = {whole}"
    return whole
