"""Prices a month of one tenant: every order, what lay in store, corrections, minimums and tax.

Must not draw up an invoice, and must not count the work itself.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from policies.money.currency import one_currency
from policies.money.lines import TAX, Counted
from policies.money.month_lines import BillLine, Closing, charged, lines_of_month
from policies.money.occupancy import refuse_repeated
from policies.money.order_lines import counted, net_lines, taxes
from policies.money.parcels import Snapshot
from policies.money.pricing import ChargeLine
from policies.money.shares import shared_out
from policies.money.usage import Usage, UsageError
from policies.money.versions import Span, Tariffs

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBill:
    """What a tenant's month costs, and why: the amount is the sum of the lines.

    `charges` are the lines of its orders by their names, as an order's own bill has them.
    """

    tenant: str
    month: date
    currency: str
    lines: tuple[BillLine, ...]
    charges: Mapping[str, tuple[ChargeLine, ...]] = field(default_factory=dict)

    @property
    def amount_cents(self) -> int:
        """What is charged, tax included."""
        return sum(line.amount_cents for line in self.lines)


def price_month(
    usages: Sequence[Usage],
    snapshots: Sequence[Snapshot],
    tariffs: Tariffs,
    *,
    month: date,
    tenant: str = "",
) -> MonthBill:
    """The bill of the month in which `month` lies; orders by day, then the lines of the month.

    Each order is priced by the version of its day. The orders of the month are those counted
    here, or as many as a usage states, whichever is more. Tax is rounded once for each class and
    version; its parts stand in the lines as `tax_cents`.

    Raises:
        UsageError: something lies outside the month, or cannot be priced.
        MixedCurrenciesError: versions of several currencies are in force.
    """
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    refuse_repeated(snapshots)
    _refuse_strays(usages, snapshots, first, last, tenant)
    spans = tariffs.spans(tenant, first, last)
    currency = one_currency(span.tariff.currency for span in spans)
    if currency is None:
        message = (
            f"month: no tariff is in force in {first:%Y-%m}; add a version that begins by then"
        )
        raise UsageError(message)
    volume: defaultdict[str, Decimal] = defaultdict(Decimal)
    parts: dict[str, dict[int, Decimal]] = defaultdict(dict)
    charges: dict[str, tuple[ChargeLine, ...]] = {}
    by_span = _orders(usages, spans, volume, parts, charges)
    lines: list[BillLine] = []
    for place, span in enumerate(spans):
        closing = Closing(
            span=span,
            snapshots=snapshots,
            counts={code: (found.get(place, _NONE), volume[code]) for code, found in parts.items()},
            earlier=tuple(lines),
            is_last=span is spans[-1],
        )
        lines += _taxed(lines_of_month(by_span[place], closing), span)
    return MonthBill(
        tenant=tenant, month=first, currency=currency, lines=tuple(lines), charges=charges
    )


def _orders(
    usages: Sequence[Usage],
    spans: Sequence[Span],
    volume: dict[str, Decimal],
    parts: Mapping[str, dict[int, Decimal]],
    charges: dict[str, tuple[ChargeLine, ...]],
) -> list[list[BillLine]]:
    """The lines of the orders of each span; adds what lines by the month count to the volume."""
    found: list[list[BillLine]] = [[] for _ in spans]
    orders = sum(not one.nothing_done for one in usages)
    for usage in sorted(usages, key=lambda one: (one.day or date.max, one.order)):
        place = _span_of(usage, spans)
        tariff = spans[place].tariff
        whole = replace(usage, monthly_orders=max(orders, usage.monthly_orders))
        drawn = net_lines(whole, tariff, volume)
        charges[usage.order] = drawn
        found[place] += [charged(line, tariff.version, usage) for line in drawn]
        for one in tariff.lines:
            if isinstance(one.rule, Counted) and one.rule.by == "month":
                count, _ = counted(one.rule, usage)
                volume[one.code] += count
                parts[one.code][place] = parts[one.code].get(place, _NONE) + count
    return found


def _span_of(usage: Usage, spans: Sequence[Span]) -> int:
    for place, span in enumerate(spans):
        if usage.day is not None and span.first <= usage.day <= span.last:
            return place
    message = f"{_name(usage)}date: no tariff is in force on {usage.day}; add a version for it"
    raise UsageError(message)


def _taxed(lines: Sequence[BillLine], span: Span) -> Iterator[BillLine]:
    """The lines with their parts of the tax, and the tax."""
    found = taxes([line.as_charge() for line in lines], span.tariff)
    part: dict[int, int] = {}
    for name, cents in found.items():
        places = [place for place, line in enumerate(lines) if line.tax_class == name]
        weights = [Decimal(lines[place].amount_cents) for place in places]
        part.update(zip(places, shared_out(cents, weights), strict=True))
    for place, line in enumerate(lines):
        yield replace(line, tax_cents=part.get(place, 0))
    for name, cents in found.items():
        yield BillLine(
            code=TAX + name,
            quantity=Decimal(1),
            unit="tax",
            amount_cents=cents,
            version=span.tariff.version,
            tax_class=name,
        )


def _refuse_strays(
    usages: Sequence[Usage], snapshots: Sequence[Snapshot], first: date, last: date, tenant: str
) -> None:
    for usage in usages:
        if usage.day is None or not first <= usage.day <= last:
            message = f"{_name(usage)}date: write a day of {first:%Y-%m}, the day of service"
            raise UsageError(message)
        if usage.tenant not in ("", tenant):
            message = f"{_name(usage)}tenant: this is {usage.tenant}'s; the month is {tenant}'s"
            raise UsageError(message)
    for one in snapshots:
        if not first <= one.day <= last:
            message = f"storage: {one.day} is not in {first:%Y-%m}; leave it out"
            raise UsageError(message)


def _name(usage: Usage) -> str:
    return f"order {usage.order}: " if usage.order else ""
