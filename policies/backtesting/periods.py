"""Measures how targets were kept over the span of a back-test, and what they give back.

Must not judge single orders.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from policies.backtesting.credits import month_of
from policies.backtesting.report import Month, Periods, TargetChange
from policies.backtesting.trial import Targets
from policies.backtesting.worth import Worth
from policies.clock import Clock
from policies.local_time import local_date
from policies.money.fees import Fees
from policies.queries import Tally
from policies.reasons import ClockState
from policies.targets import Target, credit_due, standing

_ONE_DAY = timedelta(days=1)


class _Charged:
    """The fees and values of a period's orders, each order once."""

    def __init__(self) -> None:
        self.pick_pack = self.fulfilment = self.total = self.value = 0
        self.orders = self.unknown = 0
        self._latest_order = ""

    def add(self, order_id: str, worth: Worth) -> None:
        if order_id == self._latest_order:
            return
        self._latest_order = order_id
        self.orders += 1
        self.pick_pack += worth.fees.pick_pack_cents
        self.fulfilment += worth.fees.fulfilment_cents
        self.total += worth.fees.total_cents
        self.value += worth.value_cents or 0
        self.unknown += worth.value_cents is None

    @property
    def fees(self) -> Fees:
        return Fees(
            pick_pack_cents=self.pick_pack,
            fulfilment_cents=self.fulfilment,
            total_cents=self.total,
        )


class TargetTally:
    """The decided clocks of one target, by client and day of the deadline.

    `priced` says whether missing it gives something back that can be told: by the month, because
    trailing days overlap.
    """

    def __init__(self, target: Target, *, priced: bool) -> None:
        self.target = target
        self.priced = priced and target.remedy is not None and target.trailing_days is None
        self._clients = frozenset(target.among("client"))
        self._channels = frozenset(target.among("channel"))
        self._days: defaultdict[str, dict[date, list[int]]] = defaultdict(dict)
        self._charged: defaultdict[tuple[str, str], _Charged] = defaultdict(_Charged)
        self.unknown = 0

    def add(self, clock: Clock, worth: Worth | None, client: str, zone: str) -> None:
        """Counts a clock that ended, if the target is about it."""
        if clock.excluded or clock.state not in (ClockState.MET, ClockState.BREACHED):
            return
        if self._clients and clock.client not in self._clients:
            return
        if self._channels and clock.channel not in self._channels:
            return
        day = local_date(clock.deadline_at, zone)
        counted = self._days[client].setdefault(day, [0, 0])
        counted[clock.state is ClockState.BREACHED] += 1
        if worth is not None and self.priced:
            self._charged[client, month_of(clock.deadline_at, zone)].add(clock.order_id, worth)

    def periods(self) -> Periods:
        """What was measured."""
        whole = _sum(day for days in self._days.values() for day in days.values())
        windows = [one for client in sorted(self._days) for one in self._windows(client)]
        months = () if self.target.trailing_days else tuple(map(self._month, windows))
        self.unknown = sum(one.credit_cents is None for one in months) if self.priced else 0
        states = [(standing(self.target, one.tally), one) for one in windows]
        worst = min(states, key=lambda pair: (pair[0].compliance or 0, pair[1].name), default=None)
        return Periods(
            kept=whole.met,
            late=whole.late,
            pct=standing(self.target, whole).compliance,
            windows=len(windows),
            missed=sum(state.left < 0 for state, _ in states),
            worst=worst[1].name if worst else None,
            worst_pct=worst[0].compliance if worst else None,
            credit_cents=sum(one.credit_cents or 0 for one in months) if self.priced else None,
            clients=len(self._days),
            months=months,
        )

    def _month(self, one: "_Window") -> Month:
        """What a client's month gives back, and of what it is a share."""
        state = standing(self.target, one.tally)
        charged, credit = self._charged.get((one.client, one.name), _Charged()), None
        if self.priced:
            value = None if charged.unknown else charged.value
            credit = credit_due(self.target, one.tally, charged.fees, value)
        return Month(
            client=one.client,
            month=one.name,
            kept=one.tally.met,
            late=one.tally.late,
            pct=state.compliance,
            orders=charged.orders if self.priced else one.tally.met + one.tally.late,
            credit_pct=state.credit_pct,
            base_cents=_base(self.target, charged) if self.priced else None,
            credit_cents=credit,
        )

    def _windows(self, client: str) -> Iterator["_Window"]:
        days = self._days[client]
        if self.target.trailing_days is None:
            for month in sorted({f"{day:%Y-%m}" for day in days}):
                inside = (counted for day, counted in days.items() if f"{day:%Y-%m}" == month)
                yield _Window(client, month, _sum(inside))
            return
        day, last = min(days), max(days)
        while day <= last:
            back = (day - _ONE_DAY * ago for ago in range(self.target.trailing_days))
            tally = _sum(days[one] for one in back if one in days)
            if tally.met + tally.late:
                yield _Window(client, day.isoformat(), tally)
            day += _ONE_DAY


class _Window(NamedTuple):
    client: str
    name: str
    tally: Tally


def _base(target: Target, charged: _Charged) -> int | None:
    """What the credit of a target is a share of."""
    if target.remedy is None:
        return None
    return {
        "pick_pack_fee": charged.pick_pack,
        "fulfilment_fees": charged.fulfilment,
        "order_value": None if charged.unknown else charged.value,
    }[target.remedy.pct_of]


def _sum(counted: Iterable[list[int]]) -> Tally:
    met = late = 0
    for kept, missed in counted:
        met, late = met + kept, late + missed
    return Tally(met=met, late=late)


def pairs_of(targets: Targets) -> Iterator[tuple[Target | None, Target | None]]:
    """Targets before and after the change: the same one, else one on the same promises."""
    left = list(targets.old)
    for target in targets.new:
        alike = [one for one in left if one.name == target.name]
        alike += [one for one in left if _subject(one) == _subject(target)]
        if alike:
            left.remove(alike[0])
        yield target, alike[0] if alike else None
    for target in left:
        yield None, target


def _subject(target: Target) -> tuple[object, ...]:
    return target.sla_id, target.trailing_days, target.when


def target_change(new: TargetTally | None, old: TargetTally | None) -> TargetChange:
    """A target before and after the change."""
    either = new or old
    if either is None:  # pragma: no cover - a pair has at least one
        raise AssertionError
    measured = either.target.measurable
    return TargetChange(
        name=either.target.name,
        sla_id=either.target.sla_id,
        new=new.target if new else None,
        old=old.target if old else None,
        measured=measured,
        new_periods=new.periods() if new and measured else None,
        old_periods=old.periods() if old and measured else None,
    )
