"""Draws up the lines that only a whole month has: corrections, storage, shares and minimums.

Must not price orders: their lines are handed in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from policies.money.cents import EXACT, half_up
from policies.money.lines import STANDARD, TRUE_UP, Counted, Least, Share, Stored, TariffLine, fits
from policies.money.occupancy import occupied
from policies.money.order_lines import charge_lines, share_of
from policies.money.parcels import Snapshot
from policies.money.pricing import ChargeLine
from policies.money.rates import Piece, rounded
from policies.money.usage import HOURS, MINUTES, Usage
from policies.money.versions import Span
from policies.money.written import MONTH_MINIMUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What is known when the days of one version end.

    `counts` are by the code of a line by the month: what it counted on these days, and in all.
    `earlier` are the lines of the versions before it; `is_last` says that none follows.
    """

    span: Span
    snapshots: Sequence[Snapshot]
    counts: Mapping[str, tuple[Decimal, Decimal]]
    earlier: Sequence["BillLine"]
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A line of a month's bill: `order` is empty for what belongs to the month as a whole.

    `tax_cents` is its part of the tax, which is charged in lines of its own.
    """

    code: str
    quantity: Decimal
    unit: str
    amount_cents: int
    version: str
    order: str = ""
    day: date | None = None
    tax_class: str = STANDARD
    tax_cents: int = 0

    def as_charge(self) -> ChargeLine:
        """The line as one of an order's."""
        return ChargeLine(
            code=self.code, quantity=1, unit_cents=self.amount_cents, tax_class=self.tax_class
        )


def charged(line: ChargeLine, version: str, usage: Usage | None = None) -> BillLine:
    """The line of an order in a month's bill."""
    return BillLine(
        code=line.code,
        quantity=Decimal(line.quantity) if line.measured is None else line.measured,
        unit=line.unit or "times",
        amount_cents=line.amount_cents,
        version=version,
        order=usage.order if usage else "",
        day=usage.day if usage else None,
        tax_class=line.tax_class,
    )


def lines_of_month(orders: Sequence[BillLine], closing: Closing) -> list[BillLine]:
    """The lines of the orders of a span, then what the tariff adds for its days, without tax."""
    lines = list(orders)
    span = closing.span
    version = span.tariff.version
    for line in span.tariff.lines:
        drawn = _drawn(line, lines, closing)
        lines += [charged(replace(one, tax_class=line.tax_class), version) for one in drawn]
    minimum = prorated(span.tariff.month_minimum_cents, span)
    lines += [charged(one, version) for one in _topped_up(MONTH_MINIMUM, minimum, lines)]
    return lines


def prorated(cents: int, span: Span) -> int:
    """The part of a month's amount that falls on the days of a span, rounded half up."""
    with localcontext(EXACT):
        return half_up(Decimal(cents) * span.days / span.days_of_month)


def _drawn(line: TariffLine, above: Sequence[BillLine], closing: Closing) -> Iterator[ChargeLine]:
    rule, span, counts = line.rule, closing.span, closing.counts
    if isinstance(rule, Counted):
        if rule.by == "month" and line.code in counts:
            yield from _true_up(line.code, rule, above, *counts[line.code])
    elif isinstance(rule, Stored):
        count, over = occupied(rule, closing.snapshots, span.first, span.last)
        pieces, unit = rule.rates.pieces(count, over=over), _unit(rule)
        yield from charge_lines(line.code, unit, pieces, rounded(pieces, over), over)
    elif isinstance(rule, Share) and rule.by == "month":
        pct = rule.pct.on(span.last) or Decimal(0)
        base = sum(one.amount_cents for one in above if fits(one.code, rule.of))
        if cents := share_of(base, pct):
            yield ChargeLine(
                code=line.code, quantity=1, unit_cents=cents, unit="percent", measured=pct
            )
    elif isinstance(rule, Least) and rule.by == "month":
        yield from _least(line.code, rule, above, closing)


def _true_up(
    code: str, rule: Counted, above: Sequence[BillLine], count: Decimal, volume: Decimal
) -> Iterator[ChargeLine]:
    """What all units at the price of the whole month's volume cost more or less than charged."""
    rates = rule.rates.on(None)
    if rates is None or not rates.all_units or not count:
        return
    over = MINUTES if rule.per in HOURS else 1
    price_of_one = rates.pieces(volume, over=over)[0].cents
    cents = rounded([Piece(count, price_of_one)], over) - sum(
        one.amount_cents for one in above if one.code == code
    )
    if cents:
        yield ChargeLine(code=code + TRUE_UP, quantity=1, unit_cents=cents, unit="true-up")


def _least(
    code: str, rule: Least, above: Sequence[BillLine], closing: Closing
) -> Iterator[ChargeLine]:
    """A prorated one for the days of each version, else one for all of the month at its end."""
    if rule.prorated:
        meant = [one for one in above if fits(one.code, rule.counts)]
        yield from _topped_up(code, prorated(rule.cents, closing.span), meant)
    elif closing.is_last:
        meant = [one for one in (*closing.earlier, *above) if fits(one.code, rule.counts)]
        yield from _topped_up(code, rule.cents, meant)


def _topped_up(code: str, least: int, lines: Sequence[BillLine]) -> Iterator[ChargeLine]:
    cents = least - sum(line.amount_cents for line in lines)
    if cents > 0:
        yield ChargeLine(code=code, quantity=1, unit_cents=cents, unit="top-up")


def _unit(rule: Stored) -> str:
    """`pallets` by the month, `pallets x days` where each day is charged."""
    return f"{rule.what} x days" if rule.basis == "daily" else rule.what
