"""The words of audits of bills: verdicts and causes as people read them. Must not draw blocks."""

from collections.abc import Iterable, Mapping

from policies.money.audit.columns import Column
from policies.money.audit.verdict import Cause, Verdict
from policies.money.currency import in_currency

VERDICTS: Mapping[Verdict, str] = {
    Verdict.OK: "as agreed",
    Verdict.OVERCHARGED: "overcharged",
    Verdict.UNDERCHARGED: "undercharged",
    Verdict.NOT_OURS: "not ours to pay",
    Verdict.AMBIGUOUS: "with several prices",
    Verdict.NO_RATE: "without a rate",
    Verdict.INCLUDED: "included elsewhere",
    Verdict.SEPARATELY: "billed elsewhere",
    Verdict.UNREADABLE: "unreadable",
}
CAUSES: Mapping[Cause, str] = {
    Cause.WEIGHT: "weight",
    Cause.DIM_DIVISOR: "divisor of the size",
    Cause.ZONE: "zone or lane",
    Cause.SERVICE: "another service",
    Cause.DISCOUNT: "missing discount",
    Cause.RATE: "price",
    Cause.DUPLICATE: "billed twice",
    Cause.FUEL_WEEK: "fuel of another week",
    Cause.RESIDENTIAL: "not residential",
    Cause.AREA: "outside the area",
    Cause.ADDRESS_CORRECTION: "no address corrected",
    Cause.PEAK: "outside the peak",
    Cause.WEEKDAY: "other day of the week",
    Cause.VOID_LABEL: "label was voided",
    Cause.NOT_SHIPPED: "never shipped",
    Cause.NOT_RENDERED: "service not rendered",
    Cause.LATE: "late against a guarantee",
    Cause.UNKNOWN_SHIPMENT: "no shipment of ours",
    Cause.PAYER: "somebody else pays",
    Cause.ACCOUNT: "account of others",
    Cause.CUSTOMER_FREIGHT: "freight that others pay",
}
COLUMNS: Mapping[Column, str] = {
    Column.LINE: "line number",
    Column.TRACKING: "tracking number",
    Column.ORDER: "order",
    Column.REFERENCE: "reference",
    Column.CARRIER: "carrier",
    Column.SERVICE: "service",
    Column.ORIGIN: "from",
    Column.ZONE: "zone or to",
    Column.ZIP: "postal code",
    Column.BILLED_WEIGHT: "billed weight",
    Column.WEIGHT: "weight",
    Column.SIZE: "size",
    Column.LENGTH: "length",
    Column.WIDTH: "width",
    Column.HEIGHT: "height",
    Column.CHARGE: "charge",
    Column.AMOUNT: "amount",
    Column.CURRENCY: "currency",
    Column.SHIP_DATE: "day of shipping",
    Column.INVOICE: "invoice number",
    Column.INVOICE_DATE: "invoice date",
    Column.PAYER: "who pays",
    Column.ACCOUNT: "account",
}


def amounts(sums: Iterable[tuple[str, int]]) -> str:
    """`12.50 USD`; of several currencies each by itself."""
    told = [amount(cents, currency) for currency, cents in sums]
    return " + ".join(told) or "0"


def amount(cents: int, currency: str) -> str:
    """`1,243.50 USD`; where nothing names a currency, the number alone."""
    text = in_currency(abs(cents), currency).strip()
    number, _, code = text.partition(" ")
    whole, dot, part = number.partition(".")
    sign = "-" if cents < 0 else ""
    return f"{sign}{int(whole):,}{dot}{part} {code}".strip()


def cause_words(verdict: Verdict, cause: Cause | None) -> str:
    """What went wrong, in a few words."""
    said = CAUSES[cause] if cause else VERDICTS[verdict]
    return f"undercharged: {said}" if verdict is Verdict.UNDERCHARGED else said
