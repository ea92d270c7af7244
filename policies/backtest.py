"""Back-tests a change of promises: what it would have done to orders of the past.

Pure, and one order after the other: must not hold the orders. Both sets of rules are taken as if
they had been in force, and enforced, for the whole span.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from policies.backtesting.counts import RowTally
from policies.backtesting.periods import pairs_of, target_change
from policies.backtesting.refunds import Refunds
from policies.backtesting.report import Money, Report, RuleChange
from policies.backtesting.rules import as_if_always, paired, rows_of
from policies.backtesting.trial import NO_TARGETS, WHOLE, Span, Targets, Trial
from policies.backtesting.worth import Pricer
from policies.clock import Clock
from policies.facts import Timeline
from policies.money.tariff import Tariff
from policies.order_facts import ALONE, Around
from policies.promise import SlaRule
from policies.sla import evaluate


def backtest(
    orders: Iterable[Timeline],
    new: Sequence[SlaRule],
    old: Sequence[SlaRule],
    now: datetime,
    around: Around = ALONE,
    pricing: Tariff | None = None,
    span: Span = WHOLE,
    targets: Targets = NO_TARGETS,
) -> Report:
    """What the new rules would have made of these orders, against what the old ones make of them.

    Args:
        orders: each order once, in any order.
        new: the rules to be tried, in the order in which they are tried.
        old: the rules to compare with, of one version.
        now: as of when both judge; a promise without its stop event is broken only by then.
        around: what is true around the orders.
        pricing: the tariff that credits are shares of; without it nothing is priced.
        span: which clocks count.
        targets: the targets of both policies.
    """
    trial = Trial(new=new, old=old, now=now, pricing=pricing, span=span, targets=targets)
    run = Backtest(trial)
    for timeline in orders:
        run.add(timeline, around)
    return run.report()


class Backtest:
    """A back-test that is fed with one order after the other."""

    def __init__(self, trial: Trial) -> None:
        after, before = as_if_always(trial.new), as_if_always(trial.old)
        rows = rows_of(after, before)
        self._trial, self._orders = trial, 0
        self._pricer = Pricer(trial.pricing) if trial.pricing else None
        self._same = frozenset(row.rule.sla_id for row in rows if row.same)
        self._new = after
        self._old = tuple(rule for rule in before if rule.sla_id not in self._same)
        self._rows = [RowTally(row) for row in rows]
        self._new_rows = {row.row.new.sla_id: row for row in self._rows if row.row.new}
        self._old_rows = {row.row.old.sla_id: row for row in self._rows if row.row.old}
        self._renamed = {row.new.sla_id: row.old.sla_id for row in rows if row.new and row.old}
        priced = trial.pricing is not None
        self._money_new, self._money_old = (
            Refunds(after, priced=priced),
            Refunds(before, priced=priced),
        )
        self._targets = [
            (self._money_new.measure(one), self._money_old.measure(other))
            for one, other in pairs_of(trial.targets)
        ]

    def add(self, timeline: Timeline, around: Around = ALONE) -> None:
        """Judges one order by both sets of rules."""
        self._orders += 1
        found = self._within(evaluate(timeline, self._new, self._trial.now, around))
        was = (
            self._within(evaluate(timeline, self._old, self._trial.now, around))
            if self._old
            else []
        )
        for clock in found:
            self._new_rows[clock.rule.sla_id].new.add(clock, timeline)
        for clock in was:
            self._old_rows[clock.rule.sla_id].old.add(clock, timeline)
        changed = [clock for clock in found if clock.rule.sla_id not in self._same]
        if changed or was:
            for new, old in paired(changed, was, self._renamed):
                self._row_of(new, old).compare(new, old)
        self._add_money(timeline, around, found, was)

    def report(self) -> Report:
        """What came out so far."""
        targets = tuple(target_change(new, old) for new, old in self._targets)
        return Report(
            now=self._trial.now,
            span=self._trial.span,
            orders=self._orders,
            rules=tuple(self._change(row) for row in self._rows),
            targets=targets,
            money=self._money(),
        )

    def _within(self, clocks: Iterable[Clock]) -> list[Clock]:
        """The clocks that started in the span."""
        since, until, _ = self._trial.span
        return [
            clock
            for clock in clocks
            if (since is None or clock.start_event.occurred_at >= since)
            and (until is None or clock.start_event.occurred_at < until)
        ]

    def _row_of(self, new: Clock | None, old: Clock | None) -> RowTally:
        if new is not None:
            return self._new_rows[new.rule.sla_id]
        if old is None:  # pragma: no cover - a pair has at least one
            raise AssertionError
        return self._old_rows[old.rule.sla_id]

    def _add_money(
        self, timeline: Timeline, around: Around, found: Iterable[Clock], was: Iterable[Clock]
    ) -> None:
        """What is the same by both rules counts on both sides."""
        if not (self._money_new.asked or self._money_old.asked):
            return
        worth = self._pricer.worth(timeline) if self._pricer else None
        zone = self._trial.span.zone
        for clock in found:
            client = around.tenant or clock.client
            self._money_new.add(clock, worth, client, zone)
            if clock.rule.sla_id in self._same:
                self._money_old.add(clock, worth, client, zone)
        for clock in was:
            self._money_old.add(clock, worth, around.tenant or clock.client, zone)

    def _change(self, row: RowTally) -> RuleChange:
        new, old = row.row.new, row.row.old
        return row.change(
            self._money_new.due_cents(new.sla_id) if new else None,
            self._money_old.due_cents(old.sla_id) if old else None,
        )

    def _money(self) -> Money | None:
        if self._pricer is None:
            return None
        new, old = self._money_new.credits(), self._money_old.credits()
        return Money(currency=self._pricer.currency, new=new, old=old)
