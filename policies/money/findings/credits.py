"""Credits that broken promises owe, against those that were given: missing, wrong, not owed.

Must not decide that a promise was broken, nor count an allowance or a cap twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from policies.money.fees import Fees
from policies.money.findings.finding import Cause, Finding
from policies.money.remedy import Remedy, credit_of, credits_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A broken promise that may give something back: when it was due, and what the order cost."""

    order_id: str
    deadline_at: datetime
    fees: Fees
    value_cents: int | None
    units: int
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an order was given back already, as lines on its invoice or as notes; cents above 0."""

    cents: int
    invoice_id: int
    invoice: str
    currency: str
    tariff_version: str
    service_date: date | None = None


NOTHING = Given(cents=0, invoice_id=0, invoice="", currency="", tariff_version="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What one order is owed, in all, by which rules; `unknown` where its value is not told."""

    cents: int = 0
    rules: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    unknown: bool = False

    def and_(self, other: "Owed") -> "Owed":
        """Both."""
        return Owed(
            cents=self.cents + other.cents,
            rules=(*self.rules, *other.rules),
            evidence=(*self.evidence, *other.evidence),
            unknown=self.unknown or other.unknown,
        )


def owed_by(
    name: str, remedy: Remedy, broken: Sequence[Broken], invoiced_cents: int
) -> dict[str, Owed]:
    """What each order is owed by the broken promises of one rule in one month.

    The first breaches of the month are covered by the allowance, and the month's cap cuts the
    last ones. An order is given its credit once, unless the credit is for each unit.

    Args:
        name: the rule, or the code of the credit that it names.
        remedy: what a breach gives back.
        broken: of one month, in any order.
        invoiced_cents: of that month, for a cap in percent.
    """
    once: dict[str, Broken] = {}
    for one in sorted(broken, key=lambda one: (one.deadline_at, one.order_id)):
        once.setdefault(one.order_id, one)
    wanted = [credit_of(remedy, one.fees, one.value_cents, one.units) for one in once.values()]
    due = credits_due([cents or 0 for cents in wanted], remedy, invoiced_cents)
    return {
        one.order_id: Owed(cents=cents, rules=(name,), evidence=one.evidence, unknown=wish is None)
        for one, cents, wish in zip(once.values(), due, wanted, strict=True)
        if cents or wish is None
    }


def credit_findings(
    owed: Mapping[str, Owed], given: Mapping[str, Given], known: Mapping[str, Given]
) -> list[Finding]:
    """Each order whose credit is not what it is owed.

    Args:
        owed: by order; nothing is said where the value that it is a share of is unknown.
        given: by order, where anything was given.
        known: by order, the invoice that a credit would correct; without one it waits.
    """
    found = []
    for order_id in sorted({*owed, *given}):
        due, had = owed.get(order_id, Owed()), given.get(order_id, NOTHING)
        if due.unknown or due.cents == had.cents:
            continue
        place = known.get(order_id) or (had if had.invoice_id else None)
        if place is not None:
            found.append(_finding(order_id, due, had, place))
    return found


def _finding(order_id: str, due: Owed, had: Given, place: Given) -> Finding:
    cause = Cause.CREDIT_AMOUNT if due.cents and had.cents else Cause.CREDIT_NOT_OWED
    return Finding(
        order_id=order_id,
        invoice_id=place.invoice_id,
        invoice=place.invoice,
        code="+".join(sorted(set(due.rules))) or "credit",
        cause=cause if had.cents else Cause.CREDIT_OWED,
        expected_cents=-due.cents,
        billed_cents=-had.cents,
        currency=place.currency,
        tariff_version=place.tariff_version,
        service_date=place.service_date,
        evidence=due.evidence,
    )
