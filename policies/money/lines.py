"""The lines of a tariff beyond the operations of an order: what each counts, and what it asks.

Must not price anything itself.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Generic, Literal, TypeVar

from policies.money.freight import RateTable
from policies.money.parcels import Parcel
from policies.money.rates import Rates
from policies.money.usage import Usage

Value = TypeVar("Value")
By = Literal["order", "month"]
"""Over what a line counts: one order, or all of a month."""
Basis = Literal["daily", "daily_average", "month_end", "anniversary"]
"""By which days' stock storage is charged."""
STANDARD = "standard"
"""The tax class of a line that names none."""
TAX = "tax."
"""How the codes of tax lines begin; the tax class follows."""
TRUE_UP = "_true_up"
"""How the code of a line ends that corrects, at the end of a month, what was charged before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """For which orders and parcels a line is; what is not named does not matter.

    `windows` are pairs of days, both inside; an open end is None. Of several values any one does.
    """

    flags: frozenset[str] = frozenset()
    windows: tuple[tuple[date | None, date | None], ...] = ()
    residential: bool | None = None
    zip_prefixes: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()

    @property
    def of_parcels(self) -> bool:
        """Whether it asks anything of a parcel."""
        return bool(self.zip_prefixes or self.services) or self.residential is not None

    def holds(self, usage: Usage) -> bool:
        """Whether the line is for this order at all."""
        return self._flagged(usage) and self._in_time(usage.day)

    def _flagged(self, usage: Usage) -> bool:
        return not self.flags or bool(self.flags & usage.flags)

    def _in_time(self, day: date | None) -> bool:
        return not self.windows or (
            day is not None
            and any(
                (start is None or start <= day) and (end is None or day <= end)
                for start, end in self.windows
            )
        )

    def takes(self, parcel: Parcel) -> bool:
        """Whether the line is for this parcel."""
        return (
            self.residential in (None, parcel.residential)
            and (not self.services or parcel.service in self.services)
            and (not self.zip_prefixes or parcel.zip.startswith(self.zip_prefixes))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[Value]):
    """What holds from which day on; before the first day nothing does."""

    since: tuple[tuple[date | None, Value], ...]

    def on(self, day: date | None) -> Value | None:
        """What holds on a day."""
        found = [value for start, value in self.since if start is None or _reached(start, day)]
        return found[-1] if found else None

    @property
    def asks_day(self) -> bool:
        """Whether it depends on the day at all."""
        return any(start is not None for start, _ in self.since)


def _reached(start: date, day: date | None) -> bool:
    return day is not None and start <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """So many of `per` at their rates; minutes are rounded up to the next `minutes_up_to`."""

    per: str
    rates: Dated[Rates]
    by: By = "order"
    minutes_up_to: Decimal = Decimal(1)
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What lay in store in a month; `carry` takes a day without a snapshot as the day before."""

    what: str
    basis: Basis
    rates: Rates
    carry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """Each parcel by a rate table, and so many percent on top, rounded half up by parcel."""

    table: RateTable
    markup_pct: Decimal = Decimal(0)
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many percent of the lines above whose codes fit; less than 0 takes off."""

    of: tuple[str, ...]
    pct: Dated[Decimal]
    by: By = "order"
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """Tops the lines above whose codes fit up to an amount; `prorated` by the days in force."""

    cents: int
    counts: tuple[str, ...]
    by: By = "month"
    prorated: bool = True


Rule = Counted | Stored | Freight | Share | Least


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffLine:
    """One line of a tariff; `tax_class` says by which rate it is taxed."""

    code: str
    rule: Rule
    tax_class: str = STANDARD

    @property
    def is_for_orders(self) -> bool:
        """Whether a single order has it; else it is drawn up at the end of the month."""
        return not isinstance(self.rule, Stored) and (
            isinstance(self.rule, Counted | Freight) or self.rule.by == "order"
        )


def fits(code: str, patterns: tuple[str, ...]) -> bool:
    """Whether a code is meant by one of the patterns, as `pick`, or `pick*`."""
    return any(fnmatchcase(code, pattern) for pattern in patterns)
