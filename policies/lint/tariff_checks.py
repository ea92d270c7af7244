"""Looks at a tariff: what never applies, is over, is free by oversight, or cannot be looked up.

Must not read a text: what was read is handed in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from policies.lint.finding import Level
from policies.money.currency import is_known
from policies.money.freight import ANY, Lane, RateTable
from policies.money.lines import Counted, Freight, Least, Share, Stored, TariffLine, fits
from policies.money.rates import Rates, plain
from policies.money.read_versions import Placed
from policies.money.tariff import Tariff
from policies.yaml_text import Step

_STALE_DAYS = 31


class Spot(NamedTuple):
    """Something doubtful: what, what to do, and where in the version."""

    message: str
    remedy: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version as it is looked at on a day."""

    placed: Placed
    today: date

    @property
    def tariff(self) -> Tariff:
        """What it means."""
        return self.placed.tariff


@dataclass(frozen=True, slots=True)
class TariffCheck:
    """A name, how much it matters, and a small function that looks."""

    name: str
    level: Level
    look: Callable[[Draft], Iterator[Spot]]


def steps_that_change_nothing(draft: Draft) -> Iterator[Spot]:
    """A step at the price of the one before it."""
    remedy = "Remove it, or correct the price"
    for path, steps in _all_steps(draft.tariff):
        for place, (before, after) in enumerate(pairwise(steps), start=1):
            if before[1] == after[1]:
                message = f"the tier after {plain(after[0])} costs what the one before it costs"
                yield Spot(message, remedy, (*path, "steps", place))
    for place, (low, high) in enumerate(pairwise(draft.tariff.volume_steps), start=1):
        if low.pct == high.pct:
            message = f"{high.orders} orders a month take off no more than {low.orders}"
            yield Spot(message, remedy, ("volume_discount", place))


def dates_out_of_force(draft: Draft) -> Iterator[Spot]:
    """A dated entry that is replaced before the version begins, or begins after its end."""
    begins, ends = draft.tariff.effective_from, draft.tariff.effective_until
    for place, line in enumerate(draft.tariff.lines):
        days = _days(line)
        for index, day in enumerate(days):
            over = index + 1 < len(days) and days[index + 1] <= begins
            if over or (ends is not None and day > ends):
                message = f"the entry of {day} never applies: the version holds from {begins}" + (
                    f" to {ends}" if ends else ""
                )
                yield Spot(message, "Remove it", ("lines", place, "dated", index))


def lanes_and_bands(draft: Draft) -> Iterator[Spot]:
    """A lane behind one that takes all its parcels; a band under the lane's minimum."""
    for name, table in _tables(draft.tariff).items():
        for place, lane in enumerate(table.lanes):
            path: tuple[Step, ...] = ("tables", "freight", name, "lanes", place)
            if any(_covers(other, lane) for other in table.lanes[:place]):
                message = f"a lane above takes all parcels from {lane.origin} to {lane.zone}"
                yield Spot(message, "Put the special lane before the general one", path)
            for index, (up_to, cents) in enumerate(lane.bands):
                if cents < lane.minimum_cents:
                    message = f"up to {plain(up_to)} the lane's minimum always applies"
                    yield Spot(
                        message, "Lower the minimum, or remove the band", (*path, "bands", index)
                    )


def idle_minimums(draft: Draft) -> Iterator[Spot]:
    """A minimum that the cheapest thing it counts already reaches."""
    tariff = draft.tariff
    remedy = "Raise it, or write 0 for none"
    lowest = min((step.cents for price in tariff.prices for step in price.steps), default=0)
    if 0 < tariff.order_minimum_cents <= lowest:
        message = f"the minimum of {tariff.order_minimum_cents} is not above the lowest price"
        yield Spot(message, remedy, ("minimum", "order_cents"))
    if 0 < tariff.month_minimum_cents < tariff.order_minimum_cents:
        message = "the least of a month is below the least of one order"
        yield Spot(message, remedy, ("minimum", "month_cents"))
    for place, line in enumerate(tariff.lines):
        rule = line.rule
        if isinstance(rule, Least):
            least = min(_lowest(tariff, rule, place), default=Decimal(0))
            if rule.cents <= least:
                message = f"the minimum of {rule.cents} is not above the lowest that it counts"
                yield Spot(message, "Raise it, or remove the line", ("lines", place, "minimum"))


def windows_over(draft: Draft) -> Iterator[Spot]:
    """A window that has passed, or lies outside the version."""
    begins, ends = draft.tariff.effective_from, draft.tariff.effective_until
    for place, line in enumerate(draft.tariff.lines):
        when = getattr(line.rule, "when", None)
        for index, (start, until) in enumerate(when.windows if when else ()):
            path: tuple[Step, ...] = ("lines", place, "when", "windows", index)
            if until is not None and until < draft.today:
                message = f"{line.code} ended on {until}"
                yield Spot(message, "Write this year's window, or remove it", path)
            elif (until and until < begins) or (start and ends and start > ends):
                message = f"{line.code} is charged on no day of this version"
                yield Spot(message, "Move the window into the version's days", path)


def stale_tables(draft: Draft) -> Iterator[Spot]:
    """A dated percentage, as of fuel, whose last entry is old."""
    for place, line in enumerate(draft.tariff.lines):
        last = next(reversed(_days(line)), None) if isinstance(line.rule, Share) else None
        if last is not None and (draft.today - last).days > _STALE_DAYS:
            message = f"the last entry of {line.code} is of {last} and still applies"
            yield Spot(message, "Add the entries since then", ("lines", place, "dated"))


def no_divisor(draft: Draft) -> Iterator[Spot]:
    """A rate table by which size costs nothing."""
    for name, table in _tables(draft.tariff).items():
        if table.dim is None:
            message = "without a divisor large light parcels are billed by what they weigh"
            remedy = "Add `dim: {divisor: 139, unit: in}`"
            yield Spot(message, remedy, ("tables", "freight", name))


def free_without_word(draft: Draft) -> Iterator[Spot]:
    """A price of 0 that nobody explains."""
    remedy = "Write the price, or say why it is free: `note: in the base fee`"
    for key in ("prices", "lines"):
        for place, entry in enumerate(draft.placed.written(key) or ()):
            if "note" not in entry and _costs_nothing(draft.tariff, key, place):
                yield Spot(f"{entry['code']} costs nothing", remedy, (key, place))


def unknown_currency(draft: Draft) -> Iterator[Spot]:
    """A currency that ISO 4217 does not have."""
    if not is_known(draft.tariff.currency):
        message = f"{draft.tariff.currency} is no currency of ISO 4217; amounts count as hundredths"
        yield Spot(message, "Write its code, as USD", ("currency",))


def unused_tables(draft: Draft) -> Iterator[Spot]:
    """A rate table that no line looks up."""
    for name in (draft.placed.written("tables") or {}).get("freight") or {}:
        if name not in _tables(draft.tariff):
            message, remedy = (
                f"no line looks anything up in {name}",
                f"Add a line `freight: {name}`",
            )
            yield Spot(message, f"{remedy}, or remove it", ("tables", "freight", name))


def _tables(tariff: Tariff) -> dict[str, RateTable]:
    """The rate tables that lines look things up in."""
    rules = [line.rule for line in tariff.lines]
    return {rule.table.name: rule.table for rule in rules if isinstance(rule, Freight)}


def _all_steps(tariff: Tariff) -> Iterator[tuple[tuple[Step, ...], list[tuple[Decimal, Decimal]]]]:
    """The steps of every price and line that has more than one as written, with their places."""
    for place, price in enumerate(tariff.prices):
        pairs = [(Decimal(step.after), Decimal(step.cents)) for step in price.steps]
        yield ("prices", place), pairs
    for place, line in enumerate(tariff.lines):
        for rates in _rates(line):
            if not _is_first_and_additional(rates):
                yield ("lines", place), list(rates.steps)


def _is_first_and_additional(rates: Rates) -> bool:
    return [after for after, _ in rates.steps] == [0, 1]


def _rates(line: TariffLine) -> list[Rates]:
    if isinstance(line.rule, Stored):
        return [line.rule.rates]
    return [rates for _, rates in line.rule.rates.since] if isinstance(line.rule, Counted) else []


def _days(line: TariffLine) -> list[date]:
    """The days of what is dated in a line."""
    rule = line.rule
    if isinstance(rule, Counted):
        return [day for day, _ in rule.rates.since if day is not None]
    return [day for day, _ in rule.pct.since if day] if isinstance(rule, Share) else []


def _covers(wide: Lane, lane: Lane) -> bool:
    return wide.origin in (ANY, lane.origin) and wide.zone in (ANY, lane.zone)


def _lowest(tariff: Tariff, rule: Least, place: int) -> Iterator[Decimal]:
    """The lowest price of each line that a minimum counts, where it has one."""
    for price in tariff.prices:
        if fits(price.code, rule.counts):
            yield Decimal(min(step.cents for step in price.steps))
    for line in tariff.lines[:place]:
        if fits(line.code, rule.counts):
            if isinstance(line.rule, Freight):
                cents = [cents for lane in line.rule.table.lanes for _, cents in lane.bands]
                yield Decimal(min(cents))
            yield from (cents for rates in _rates(line) for _, cents in rates.steps)


def _costs_nothing(tariff: Tariff, key: str, place: int) -> bool:
    if key == "prices":
        return not any(step.cents for step in tariff.prices[place].steps)
    rates = _rates(tariff.lines[place])
    return bool(rates) and not any(cents for one in rates for _, cents in one.steps)


CHECKS = (
    TariffCheck("tier-never-applies", Level.WARNING, steps_that_change_nothing),
    TariffCheck("tier-never-applies", Level.WARNING, dates_out_of_force),
    TariffCheck("tier-never-applies", Level.WARNING, lanes_and_bands),
    TariffCheck("minimum-below-a-line", Level.WARNING, idle_minimums),
    TariffCheck("window-in-the-past", Level.WARNING, windows_over),
    TariffCheck("divisor-missing", Level.WARNING, no_divisor),
    TariffCheck("free-without-word", Level.WARNING, free_without_word),
    TariffCheck("unknown-currency", Level.WARNING, unknown_currency),
    TariffCheck("stale-table", Level.NOTE, stale_tables),
    TariffCheck("table-unused", Level.NOTE, unused_tables),
)
