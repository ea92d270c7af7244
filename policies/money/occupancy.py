"""How much lay in store, by the basis on which storage is charged.

Must not know what a place costs.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext

from policies.money.cents import EXACT
from policies.money.lines import Stored
from policies.money.parcels import Snapshot
from policies.money.usage import UsageError

_DAY = timedelta(days=1)
_Stock = Mapping[date, Sequence[Snapshot]]


def occupied(
    rule: Stored, snapshots: Sequence[Snapshot], first: date, last: date
) -> tuple[Decimal, int]:
    """What is charged of some days of a month, in parts of a unit, and how many parts are one.

    `daily` is the sum over the days; `daily_average` that over the days of the whole month;
    `month_end` the stock of the month's last day; `anniversary` each lot on the day it came and
    on that day of every later month (the last one, where a month is shorter). Nothing is
    charged where no snapshot counts it at all.

    Raises:
        UsageError: a day has no snapshot and is not carried, or a lot does not say since when.
    """
    stock = _by_day(rule, snapshots)
    if not stock:
        return Decimal(0), 1
    month_days = monthrange(last.year, last.month)[1]
    days = [first + _DAY * ahead for ahead in range((last - first).days + 1)]
    if rule.basis == "month_end":
        days = [day for day in days if day.day == month_days]
    on = {day: _stock_on(rule, stock, day) for day in days}
    if rule.basis == "anniversary":
        return _sum([one for day in days for one in on[day] if _is_anniversary(rule, one, day)]), 1
    whole = _sum([one for day in days for one in on[day]])
    return whole, month_days if rule.basis == "daily_average" else 1


def refuse_repeated(snapshots: Sequence[Snapshot]) -> None:
    """Raises UsageError where one day counts the same lot twice."""
    seen: set[tuple[date, str, str]] = set()
    for one in snapshots:
        key = (one.day, one.of, one.lot)
        if key in seen:
            lot = f", lot {one.lot}" if one.lot else ""
            message = f"storage: {one.of}{lot} of {one.day} are there twice; keep one"
            raise UsageError(message)
        seen.add(key)


def _by_day(rule: Stored, snapshots: Sequence[Snapshot]) -> _Stock:
    found: defaultdict[date, list[Snapshot]] = defaultdict(list)
    for one in snapshots:
        if one.of == rule.what:
            found[one.day].append(one)
    return found


def _stock_on(rule: Stored, stock: _Stock, day: date) -> Sequence[Snapshot]:
    if day in stock:
        return stock[day]
    if not rule.carry:
        message = (
            f"storage: no snapshot of {rule.what} on {day}; add one (0 where there were none), "
            "or let the tariff say missing: carry"
        )
        raise UsageError(message)
    earlier = [known for known in stock if known < day]
    return stock[max(earlier)] if earlier else ()


def _is_anniversary(rule: Stored, one: Snapshot, day: date) -> bool:
    if one.since is None:
        message = (
            f"storage: {rule.what} of {one.day} are charged by lot; write since, the first day"
        )
        raise UsageError(message)
    return one.since <= day and day.day == min(one.since.day, monthrange(day.year, day.month)[1])


def _sum(snapshots: Sequence[Snapshot]) -> Decimal:
    with localcontext(EXACT):
        return sum((one.quantity for one in snapshots), start=Decimal(0))
