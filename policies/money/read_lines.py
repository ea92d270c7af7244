"""Makes the lines of a tariff out of what is written.

Must not check what is written: its schema and line_faults.py did.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from policies.money.freight import Dimensional, Lane, RateTable
from policies.money.line_schema import (
    CountedText,
    DimText,
    DiscountText,
    FreightText,
    LeastText,
    RateTableText,
    ShareText,
    StoredText,
    TimesText,
    WhenText,
)
from policies.money.lines import Counted, Dated, Freight, Least, Share, Stored, TariffLine, When
from policies.money.rates import Rates
from policies.money.tariff_schema import TariffText

_Written = CountedText | StoredText | FreightText | ShareText | TimesText | DiscountText | LeastText


def lines_of(text: TariffText) -> tuple[TariffLine, ...]:
    """The lines in their order."""
    tables = {name: _table(name, table) for name, table in text.tables.freight.items()}
    return tuple(
        TariffLine(code=line.code, rule=_rule(line, tables), tax_class=line.tax_class)
        for line in text.lines
    )


def _rule(
    line: _Written, tables: Mapping[str, RateTable]
) -> Counted | Stored | Freight | Share | Least:
    if isinstance(line, CountedText):
        return _counted(line)
    if isinstance(line, StoredText):
        return Stored(
            what=line.storage,
            basis=line.basis,
            rates=_rates(line.cents, line.steps, all_units=line.tiers == "all_units"),
            carry=line.missing == "carry",
        )
    if isinstance(line, FreightText):
        when = _when(line.when)
        return Freight(table=tables[line.freight], markup_pct=line.markup_pct, when=when)
    if isinstance(line, LeastText):
        return Least(
            cents=line.minimum, counts=tuple(line.counts), by=line.by, prorated=line.prorated
        )
    return _share(line)


def _counted(line: CountedText) -> Counted:
    if line.dated is not None:
        rates = Dated(since=tuple((day, _rates(cents, None)) for day, cents in line.dated))
    elif line.first is not None and line.additional is not None:
        both = ((Decimal(0), line.first), (Decimal(1), line.additional))
        rates = Dated(since=((None, Rates(steps=both)),))
    else:
        fixed = _rates(line.cents, line.steps, all_units=line.tiers == "all_units")
        rates = Dated(since=((None, fixed),))
    return Counted(
        per=line.per,
        rates=rates,
        by=line.by,
        minutes_up_to=line.minutes_up_to or Decimal(1),
        when=_when(line.when),
    )


def _rates(
    cents: Decimal | None, steps: Sequence[tuple[int, Decimal]] | None, *, all_units: bool = False
) -> Rates:
    pairs = steps if steps is not None else [(0, cents or Decimal(0))]
    return Rates(
        steps=tuple((Decimal(after), price) for after, price in pairs), all_units=all_units
    )


def _share(line: ShareText | TimesText | DiscountText) -> Share:
    """All three are a percentage of lines above: twice as much is 100 % more."""
    if isinstance(line, TimesText):
        of, pct = line.of, (line.times - 1) * 100
    elif isinstance(line, DiscountText):
        of, pct = line.of, Decimal(0) - line.discount_pct
    else:
        of, pct = line.pct_of, line.pct or Decimal(0)
    dated = line.dated if isinstance(line, ShareText) else None
    since = ((None, pct),) if dated is None else tuple(dated)
    return Share(of=tuple(of), pct=Dated(since=since), by=line.by, when=_when(line.when))


def _when(when: WhenText) -> When:
    return When(
        flags=frozenset(when.flags or ()),
        windows=tuple((window.start, window.until) for window in when.windows or ()),
        residential=when.residential,
        zip_prefixes=tuple(when.zip_prefix or ()),
        services=frozenset(when.service or ()),
    )


def _table(name: str, table: RateTableText) -> RateTable:
    return RateTable(
        name=name,
        unit=table.unit,
        round_up_to=table.round_up_to,
        dim=_dimensional(table.dim) if table.dim else None,
        lanes=tuple(
            Lane(
                origin=lane.origin,
                zone=lane.zone,
                bands=tuple(lane.bands),
                minimum_cents=lane.minimum,
                each_further_cents=lane.each_further,
            )
            for lane in table.lanes
        ),
    )


def _dimensional(dim: DimText) -> Dimensional:
    return Dimensional(divisor=dim.divisor, unit=dim.unit, round_up_to=dim.round_up_to)
