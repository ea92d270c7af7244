"""Counts how the clocks of one rule ended, by the new and by the old rules.

Must not judge, and holds no orders but the few that it shows as examples.
"""

from array import array
from collections import Counter
from math import ceil
from typing import NamedTuple

from policies.backtesting.report import Counts, Example, Margins, RuleChange, is_open
from policies.backtesting.rules import Row
from policies.clock import Clock
from policies.facts import Timeline
from policies.local_time import local_date
from policies.promise import PromiseDate
from policies.reasons import ClockState, ClockVerdict

_SHOWN = 5
_MEDIAN, _P90 = 0.5, 0.9


class SideTally:
    """The clocks of a rule by one of the two policies."""

    def __init__(self) -> None:
        self._states: Counter[ClockState] = Counter()
        self._verdicts: Counter[ClockVerdict] = Counter()
        self._margins = [0, 0, 0]
        self._late = array("d")
        self._orders = self._excluded = 0
        self._latest_order: str | None = None

    def add(self, clock: Clock, timeline: Timeline) -> None:
        """Counts a clock; those of one order come one after the other."""
        if clock.order_id != self._latest_order:
            self._latest_order = clock.order_id
            self._orders += 1
        self._states[clock.state] += 1
        if clock.verdict is not None:
            self._verdicts[clock.verdict] += 1
        if clock.excluded:
            self._excluded += 1
        if clock.state is ClockState.BREACHED:
            self._late.append(clock.delay_minutes)
        if isinstance(clock.rule.deadline, PromiseDate) and clock.stop_event is not None:
            self._margins[_margin(clock, clock.rule.deadline, timeline)] += 1

    def counts(self, *, dated: bool) -> Counts:
        """What was counted; `dated` says that the rule is about a promised date."""
        late = sorted(self._late)
        return Counts(
            orders=self._orders,
            clocks=self._states.total(),
            met=self._states[ClockState.MET],
            breached=self._states[ClockState.BREACHED],
            cancelled=self._states[ClockState.CANCELLED],
            running=self._states[ClockState.RUNNING],
            paused=self._states[ClockState.PAUSED],
            cured=self._verdicts[ClockVerdict.CURED],
            late_evidence=self._verdicts[ClockVerdict.LATE_EVIDENCE],
            no_data=self._verdicts[ClockVerdict.NO_DATA],
            excluded=self._excluded,
            late_median_minutes=_nearest_rank(late, _MEDIAN),
            late_p90_minutes=_nearest_rank(late, _P90),
            margins=Margins(*self._margins) if dated else None,
        )


class _Worst(NamedTuple):
    """An example with its rank: the latest first, then by order."""

    rank: tuple[float, str, str]
    example: Example


class RowTally:
    """The clocks of one row of the comparison, and what changed between them."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.new = SideTally()
        self.old = self.new if row.same else SideTally()
        self._changes: Counter[str] = Counter()
        self._newly: list[_Worst] = []
        self._saved: list[_Worst] = []
        self._dropped: list[_Worst] = []

    def compare(self, new: Clock | None, old: Clock | None) -> None:
        """Notes what the change makes of one clock."""
        if new is None or old is None:
            self._changes["only_old" if new is None else "only_new"] += 1
        if _breached(new) == _breached(old):
            return
        if new is not None and _breached(new):
            self._changed("newly", self._newly, new, Example(new.order_id, new, old))
            other = old
        elif old is not None:
            kept = self._dropped if new is None else self._saved
            what = "dropped" if new is None else "saved"
            self._changed(what, kept, old, Example(old.order_id, new, old))
            other = new
        if is_open(other):
            self._changes["unsettled"] += 1

    def _changed(self, what: str, kept: list[_Worst], late: Clock, example: Example) -> None:
        """Counts a difference; it is kept if it is among the worst, whatever came first."""
        self._changes[what] += 1
        rank = (-late.delay_minutes, late.order_id, late.subject)
        if len(kept) == _SHOWN and rank >= kept[-1].rank:
            return
        kept.append(_Worst(rank, example))
        kept.sort(key=lambda worst: worst.rank)
        del kept[_SHOWN:]

    def change(self, new_credit: int | None, old_credit: int | None) -> RuleChange:
        """The row as a value."""
        new, old, rule = self.row.new, self.row.old, self.row.rule
        return RuleChange(
            sla_id=rule.sla_id,
            was=self.row.was,
            stage=rule.stage.value,
            promise=rule.promise,
            new=self.new.counts(dated=isinstance(new.deadline, PromiseDate)) if new else None,
            old=self.old.counts(dated=isinstance(old.deadline, PromiseDate)) if old else None,
            newly_breached=self._changes["newly"],
            saved=self._changes["saved"],
            dropped=self._changes["dropped"],
            unsettled=self._changes["unsettled"],
            only_new=self._changes["only_new"],
            only_old=self._changes["only_old"],
            newly_breached_examples=tuple(worst.example for worst in self._newly),
            saved_examples=tuple(worst.example for worst in self._saved),
            dropped_examples=tuple(worst.example for worst in self._dropped),
            new_credit_cents=new_credit,
            old_credit_cents=old_credit,
        )


def _margin(clock: Clock, promise: PromiseDate, timeline: Timeline) -> int:
    """0 before the promised day, 1 on it, 2 after it, on the receiver's calendar."""
    key = promise.zone.key
    zone = promise.zone.of({} if key is None else {key: timeline.known(key)})
    promised = local_date(clock.deadline_at, zone)
    came = local_date(clock.counted_until, zone)
    return 1 if came == promised else 0 if came < promised else 2


def _nearest_rank(ordered: list[float], share: float) -> float | None:
    """The value that this share of them does not exceed."""
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None


def _breached(clock: Clock | None) -> bool:
    return clock is not None and clock.state is ClockState.BREACHED
