"""A back-test's report for people: a table of rules, examples in sentences, targets, money.

Must not count or judge.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from policies.backtesting.report import (
    Counts,
    Credits,
    Example,
    Month,
    Periods,
    Report,
    RuleChange,
    TargetChange,
)
from policies.clock import Clock
from policies.durations import duration
from policies.in_words import FEES

_SHOWN = 5
_MONTHS = 12
_HEAD = (
    "rule",
    "",
    "orders",
    "met",
    "breached",
    "open",
    "cancelled",
    "late: half, 9 in 10",
    "newly breached",
    "saved",
)
_NOTES = ("cured", "late_evidence", "no_data", "excluded")


def report_words(report: Report) -> Iterator[str]:
    """The lines."""
    yield f"{_many(report.orders, 'order')} judged as of {report.now:%Y-%m-%d %H:%M} UTC"
    if not report.complete:
        yield "There are more: these are the first ones by id."
    if report.gone:
        count, names = _many(len(report.gone), "rule"), ", ".join(report.gone)
        yield f"{count} of the old policy {_be(report.gone)} gone: {names}."
        yield "A file replaces all rules: copy into it those that you want to keep."
    yield ""
    yield from _table([_HEAD, *(row for rule in report.rules for row in _rows(rule))])
    yield from _notes(report.rules)
    newly = [one for rule in report.rules for one in rule.newly_breached_examples]
    saved = [one for rule in report.rules for one in rule.saved_examples]
    yield from _examples("Newly breached, the latest first:", newly, by_new=True)
    yield from _examples("Saved, the latest first:", saved, by_new=False)
    dropped = [one for rule in report.rules for one in rule.dropped_examples]
    yield from _examples("Dropped (no rule promises it any more):", dropped, by_new=False)
    currency = report.money.currency if report.money else ""
    if report.targets:
        yield ""
    for target in report.targets:
        yield _target(target)
        yield from _months(target, currency)
    yield from _money(report)


def _rows(rule: RuleChange) -> Iterator[tuple[str, ...]]:
    """A row as it would be and one as it was; one only where nothing changes."""
    name, changes = rule.sla_id, (f"{rule.newly_breached:,}", f"{rule.saved:,}")
    if not rule.changed and rule.new is not None:
        yield (name, "same", *_cells(rule.new), *changes)
        return
    if rule.new is not None:
        yield (name, "new", *_cells(rule.new), *changes)
        name, changes = "" if rule.was == rule.sla_id else rule.was or "", ("", "")
    if rule.old is not None:
        yield (name, "old", *_cells(rule.old), *changes)


def _cells(counts: Counts) -> tuple[str, ...]:
    figures = (
        counts.orders,
        counts.met,
        counts.breached,
        counts.running + counts.paused,
        counts.cancelled,
    )
    late = (counts.late_median_minutes, counts.late_p90_minutes)
    said = ", ".join(duration(minutes) for minutes in late if minutes is not None)
    return (*(f"{figure:,}" for figure in figures), said or "-")


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, second, *others = row
        cells = [cell.rjust(width) for cell, width in zip(others, widths[2:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), second.ljust(widths[1]), *cells]).rstrip()


def _notes(rules: Sequence[RuleChange]) -> Iterator[str]:
    """What the table has no column for, where there is any."""
    for rule in rules:
        counts = rule.new or rule.old
        if counts is None:
            continue
        said = [
            f"{getattr(counts, name):,} {name.replace('_', ' ')}"
            for name in _NOTES
            if getattr(counts, name)
        ]
        if counts.margins is not None:
            early, same_day, late = counts.margins
            said.append(f"{early:,} early, {same_day:,} on the day, {late:,} late")
        if rule.dropped:
            said.append(f"{rule.dropped:,} dropped: breached, and promised by no rule any more")
        if rule.unsettled:
            said.append(f"{rule.unsettled:,} changed while the other rule still runs")
        if said:
            yield f"{rule.sla_id}: {', '.join(said)}"


def _examples(title: str, examples: Sequence[Example], *, by_new: bool) -> Iterator[str]:
    """The worst few of all rules, in sentences."""
    judged = [(one.new if by_new else one.old, one) for one in examples]
    late = sorted(
        ((clock, one) for clock, one in judged if clock is not None),
        key=lambda pair: (-pair[0].delay_minutes, pair[1].order_id, pair[0].rule.sla_id),
    )
    if late:
        yield ""
        yield title
    for clock, one in late[:_SHOWN]:
        other = one.old if by_new else one.new
        yield f"  {one.order_id} {clock.rule.sla_id}: {_compared(clock, other, by_new=by_new)}"


def _compared(clock: Clock, other: Clock | None, *, by_new: bool) -> str:
    word, instead = ("was", "under no old rule") if by_new else ("would be", "under no new rule")
    said = f"{duration(clock.delay_minutes)} late, due {_moment(clock)}; {word} "
    return said + (f"{other.state.value}, due {_moment(other)}" if other else instead)


def _moment(clock: Clock) -> str:
    return f"{clock.deadline_at:%Y-%m-%d %H:%M} UTC"


def _target(change: TargetChange) -> str:
    if not change.measured:
        return f"target {change.name}: not measured, it asks for more than client and channel"
    sides = (("would be", change.new_periods), ("was", change.old_periods))
    said = [f"{word} {_kept(periods)}" for word, periods in sides if periods is not None]
    return f"target {change.name}: {'; '.join(said)}"


def _kept(periods: Periods) -> str:
    if periods.pct is None:
        return "not decided"
    whose = f" of {periods.clients:,} clients" if periods.clients > 1 else ""
    missed = f"missed in {periods.missed} of {_many(periods.windows, 'window')}{whose}"
    worst = f", worst {_percent(periods.worst_pct)} ({periods.worst})" if periods.missed else ""
    return f"{_percent(periods.pct)} kept, {missed}{worst}"


def _months(change: TargetChange, currency: str) -> Iterator[str]:
    """Each client's month by the new policy, the worst first; none where the line above says it."""
    periods = change.new_periods
    if periods is None or (len(periods.months) == 1 and not periods.credit_cents):
        return
    ordered = sorted(periods.months, key=lambda one: (one.pct or 0, one.client, one.month))
    for one in ordered[:_MONTHS]:
        whose = f"{one.client} {one.month}".strip()
        kept = f"{_percent(one.pct)} kept, {one.late:,} late"
        yield f"  {whose}: {kept}{_credit(one, change, currency)}"
    if len(ordered) > _MONTHS:
        yield f"  and {len(ordered) - _MONTHS:,} more, in --json"


def _credit(month: Month, change: TargetChange, currency: str) -> str:
    """What it gives back, and of what that is a share."""
    remedy = change.new.remedy if change.new else None
    if remedy is None or month.credit_cents is None or month.base_cents is None:
        return ""
    if not month.credit_pct:
        return ", no credit"
    base = f"{FEES[remedy.pct_of]} of its {_many(month.orders, 'order')}"
    share = f"{month.credit_pct.normalize():f} % of {base}, {_amount(month.base_cents, currency)}"
    return f", {_amount(month.credit_cents, currency)} credit: {share}"


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _percent(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:.2f} %"


def _money(report: Report) -> Iterator[str]:
    money = report.money
    if money is None:
        return
    yield ""
    due, was = (_amount(side.due_cents, money.currency) for side in (money.new, money.old))
    yield f"Credits: would be {due}, were {was}"
    for word, side in (("new", money.new), ("old", money.old)):
        yield from (f"  {word}: {said}" for said in _more(side, money.currency))


def _more(side: Credits, currency: str) -> Iterator[str]:
    if side.targets_cents:
        yield f"{_amount(side.targets_cents, currency)} of it for missed targets"
    if side.ramp_cents:
        yield f"{_amount(side.ramp_cents, currency)} not due because remedies begin later"
    if side.unknown:
        yield f"{_many(side.unknown, 'credit')} not known, for want of an order's value"


def _amount(cents: int, currency: str) -> str:
    return f"{cents / 100:,.2f} {currency}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
