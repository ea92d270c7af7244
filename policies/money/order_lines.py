"""Draws up the whole bill of one order: operations, the lines that a tariff adds, and tax.

Must not know of months: what came earlier in one is handed in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from policies.money.cents import EXACT, half_up, percent_of
from policies.money.freight import billed_weight, rate_of
from policies.money.lines import TAX, Counted, Dated, Freight, Least, Share, TariffLine, When, fits
from policies.money.pricing import ChargeLine, Charges, price
from policies.money.rates import Piece, up_to_next
from policies.money.tariff import Tariff
from policies.money.usage import PARCELS, Usage, UsageError
from policies.money.versions import Tariffs

_SHOWN = Decimal("0.0001")


def price_order(usage: Usage, tariffs: Tariffs) -> Charges:
    """What one order costs by the version that is in force on its day.

    Raises:
        UsageError: it cannot be priced without something that it does not tell.
    """
    tariff = tariffs.of_usage(usage)
    lines = net_lines(usage, tariff, {code: Decimal(n) for code, n in usage.month_before.items()})
    taxed = [
        ChargeLine(code=TAX + name, quantity=1, unit_cents=cents, unit="tax", tax_class=name)
        for name, cents in taxes(lines, tariff).items()
    ]
    return Charges(currency=tariff.currency, lines=(*lines, *taxed))


def net_lines(
    usage: Usage, tariff: Tariff, before: Mapping[str, Decimal]
) -> tuple[ChargeLine, ...]:
    """The lines without tax; `before` is what lines by the month counted earlier, by code."""
    lines = list(price(usage, tariff).lines)
    for line in tariff.lines:
        if line.is_for_orders:
            drawn = _drawn(line, usage, lines, before)
            lines += [replace(one, tax_class=line.tax_class) for one in drawn]
    return tuple(lines)


def taxes(lines: Sequence[ChargeLine], tariff: Tariff) -> dict[str, int]:
    """The tax of each class that has any, rounded half up once."""
    found = {
        name: half_up(
            percent_of(sum(line.amount_cents for line in lines if line.tax_class == name), pct)
        )
        for name, pct in tariff.tax.items()
    }
    return {name: cents for name, cents in found.items() if cents}


def counted(rule: Counted, usage: Usage) -> tuple[Decimal, int]:
    """How many a line counts in an order, in parts of a unit, and how many parts are one."""
    if not rule.when.holds(usage):
        return Decimal(0), 1
    if rule.per == PARCELS:
        return Decimal(sum(rule.when.takes(parcel) for parcel in usage.parcels)), 1
    count, over = usage.counted(rule.per)
    return up_to_next(count, rule.minutes_up_to) if over > 1 else count, over


def operation_lines(usage: Usage, tariff: Tariff) -> Iterator[tuple[str, ChargeLine]]:
    """What lines charge for counted work at prices that no day changes, each with its `per`."""
    for line in tariff.lines:
        rule = line.rule
        if isinstance(rule, Counted) and not (rule.when.windows or rule.rates.asks_day):
            for drawn in _counted_lines(line.code, rule, usage, Decimal(0)):
                yield rule.per, drawn


def share_of(cents: int | Decimal, pct: Decimal) -> int:
    """That many percent of an amount, rounded half up."""
    return half_up(percent_of(cents, pct))


def charge_lines(
    code: str, unit: str, pieces: Sequence[Piece], amount: int, over: int = 1
) -> Iterator[ChargeLine]:
    """A line for each piece where all are whole numbers, else one for the amount; none for none."""
    if over == 1 and all(one.many % 1 == 0 and one.cents % 1 == 0 for one in pieces):
        for one in pieces:
            yield ChargeLine(
                code=code, quantity=int(one.many), unit_cents=int(one.cents), unit=unit
            )
    elif pieces:
        with localcontext(EXACT):
            measured = (sum((one.many for one in pieces), start=Decimal(0)) / over).quantize(_SHOWN)
        yield ChargeLine(code=code, quantity=1, unit_cents=amount, unit=unit, measured=measured)


def _drawn(
    line: TariffLine, usage: Usage, above: Sequence[ChargeLine], before: Mapping[str, Decimal]
) -> Iterator[ChargeLine]:
    _refuse_unknown_day(line, usage)
    rule = line.rule
    if isinstance(rule, Counted):
        yield from _counted_lines(line.code, rule, usage, before.get(line.code, Decimal(0)))
    elif isinstance(rule, Freight) and rule.when.holds(usage):
        yield from _freight_lines(line.code, rule, usage)
    elif isinstance(rule, Share) and rule.when.holds(usage):
        yield from _share_line(line.code, rule, usage, above)
    elif isinstance(rule, Least):
        base = [one.amount_cents for one in above if fits(one.code, rule.counts)]
        if base and sum(base) < rule.cents:
            cents = rule.cents - sum(base)
            yield ChargeLine(code=line.code, quantity=1, unit_cents=cents, unit="top-up")


def _refuse_unknown_day(line: TariffLine, usage: Usage) -> None:
    when: When | None = getattr(line.rule, "when", None)
    dated: Dated[object] | None = getattr(line.rule, "rates", getattr(line.rule, "pct", None))
    asks = (when is not None and when.windows) or (dated is not None and dated.asks_day)
    if asks and usage.day is None:
        message = f'date: {line.code} depends on the day; write the day of service, "2026-03-05"'
        raise UsageError(message)


def _counted_lines(code: str, rule: Counted, usage: Usage, before: Decimal) -> Iterator[ChargeLine]:
    rates = rule.rates.on(usage.day)
    count, over = counted(rule, usage)
    if rates is None or not count:
        return
    earlier = before if rule.by == "month" else Decimal(0)
    pieces = rates.pieces(count, earlier, over)
    yield from charge_lines(code, rule.per, pieces, rates.amount(count, earlier, over), over)


def _freight_lines(code: str, rule: Freight, usage: Usage) -> Iterator[ChargeLine]:
    """A line for each parcel, with its billed weight."""
    for place, parcel in enumerate(usage.parcels):
        if not rule.when.takes(parcel):
            continue
        try:
            weight = billed_weight(parcel, rule.table)
            cents = share_of(rate_of(parcel, weight, rule.table), 100 + rule.markup_pct)
        except ValueError as error:
            message = f"parcels.{place}.{error}"
            raise UsageError(message) from error
        yield ChargeLine(
            code=code, quantity=1, unit_cents=cents, unit=rule.table.unit, measured=weight
        )


def _share_line(
    code: str, rule: Share, usage: Usage, above: Sequence[ChargeLine]
) -> Iterator[ChargeLine]:
    pct = rule.pct.on(usage.day)
    base = sum(one.amount_cents for one in above if fits(one.code, rule.of))
    cents = share_of(base, pct) if pct is not None else 0
    if cents:
        yield ChargeLine(code=code, quantity=1, unit_cents=cents, unit="percent", measured=pct)
