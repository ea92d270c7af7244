"""A back-test's report as the JSON object that `e2a sla backtest --json` prints.

Must not count or judge.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

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
from policies.instants import EPOCH

_ROUNDED = 6


def report_line(report: Report) -> dict[str, Any]:
    """The report: instants in UTC with Z, money in cents, minutes and percentages as numbers."""
    money = report.money
    return {
        "now": _instant(report.now),
        "since": _instant(report.span.since),
        "until": _instant(report.span.until),
        "orders": report.orders,
        "complete": report.complete,
        "newly_breached": report.newly_breached,
        "saved": report.saved,
        "dropped": report.dropped,
        "gone": list(report.gone),
        "rules": [_rule(rule) for rule in report.rules],
        "targets": [_target(target) for target in report.targets],
        "money": {
            "currency": money.currency,
            "new": _credits(money.new),
            "old": _credits(money.old),
        }
        if money
        else None,
    }


def _rule(rule: RuleChange) -> dict[str, Any]:
    return {
        "sla_id": rule.sla_id,
        "was": rule.was,
        "stage": rule.stage,
        "promise": rule.promise,
        "new": _counts(rule.new),
        "old": _counts(rule.old),
        "newly_breached": rule.newly_breached,
        "saved": rule.saved,
        "dropped": rule.dropped,
        "unsettled": rule.unsettled,
        "only_new": rule.only_new,
        "only_old": rule.only_old,
        "new_credit_cents": rule.new_credit_cents,
        "old_credit_cents": rule.old_credit_cents,
        "examples": {
            "newly_breached": [_example(one) for one in rule.newly_breached_examples],
            "saved": [_example(one) for one in rule.saved_examples],
            "dropped": [_example(one) for one in rule.dropped_examples],
        },
    }


def _counts(counts: Counts | None) -> dict[str, Any] | None:
    if counts is None:
        return None
    margins = counts.margins
    return {
        **counts._asdict(),
        "late_median_minutes": _number(counts.late_median_minutes),
        "late_p90_minutes": _number(counts.late_p90_minutes),
        "margins": margins._asdict() if margins else None,
    }


def _example(example: Example) -> dict[str, Any]:
    either = example.new or example.old
    return {
        "order_id": example.order_id,
        "subject": either.subject if either else "",
        "new": _clock(example.new),
        "old": _clock(example.old),
    }


def _clock(clock: Clock | None) -> dict[str, Any] | None:
    if clock is None:
        return None
    return {
        "sla_id": clock.rule.sla_id,
        "state": clock.state.value,
        "started_at": _instant(clock.started_at),
        "deadline": _instant(clock.deadline_at),
        "stopped_at": _instant(clock.stopped_at),
        "delay_minutes": _number(clock.delay_minutes),
    }


def _target(target: TargetChange) -> dict[str, Any]:
    either = target.new or target.old
    days = either.trailing_days if either else None
    return {
        "name": target.name,
        "sla_id": target.sla_id,
        "window": f"trailing_{days}d" if days else "calendar_month",
        "measured": target.measured,
        "new_at_least": _number(target.new.at_least) if target.new else None,
        "old_at_least": _number(target.old.at_least) if target.old else None,
        "new": _periods(target.new_periods),
        "old": _periods(target.old_periods),
    }


def _periods(periods: Periods | None) -> dict[str, Any] | None:
    if periods is None:
        return None
    pct, worst_pct = _number(periods.pct), _number(periods.worst_pct)
    months = [_month(month) for month in periods.months]
    return {**periods._asdict(), "pct": pct, "worst_pct": worst_pct, "months": months}


def _month(month: Month) -> dict[str, Any]:
    pct, credit_pct = _number(month.pct), _number(month.credit_pct)
    return {**month._asdict(), "pct": pct, "credit_pct": credit_pct}


def _credits(credits_: Credits) -> dict[str, int]:
    return {"due_cents": credits_.due_cents, **credits_._asdict()}


def _number(value: Decimal | float | None) -> float | None:
    return None if value is None else round(float(value), _ROUNDED)


def _instant(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(EPOCH.tzinfo).isoformat().replace("+00:00", "Z")
