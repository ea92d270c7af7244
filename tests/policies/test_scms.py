"""The SCMS shipments as delivery promises: 10,324 real lines, each with three dates."""

import csv
import json
from calendar import month_abbr
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from bot.cli import backtest as command
from bot.cli.app import app
from policies.backtest import backtest
from policies.backtesting.report import Margins, Report
from policies.book.read import SlaBook, read_sla_book
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.reasons import ClockState, ClockVerdict
from policies.sla import evaluate
from tests.real_data import FOLDER, absent

FILE = FOLDER / "orders" / "scms" / "scms_delivery_history_utf8.csv"
MONTHS = {name: number for number, name in enumerate(month_abbr) if number}
PROMISE = """
version: "1"
slas:
  - id: promised
    promise: delivered on the scheduled day
    deadline: {promise: promised_delivery, end_of: local_day, tz: UTC}
    on_breach: {exception: DELIVERY_DELAY}
"""
WIDER = PROMISE.replace(
    "deadline: {promise: promised_delivery, end_of: local_day, tz: UTC}",
    "start: [order_created]\n    stop: [delivered]\n    deadline: {within: 3650d}",
)
NOW = datetime(2016, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=absent("orders", "scms"))


class Line(NamedTuple):
    """One shipment line."""

    number: str
    scheduled: date
    delivered: date
    recorded: date


def _day(text: str) -> date:
    """`2-Jun-06`, without the cost of strptime."""
    day, month, year = text.split("-")
    return date(2000 + int(year), MONTHS[month], int(day))


@cache
def lines() -> tuple[Line, ...]:
    """Every line of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Line(
                row["ID"],
                _day(row["Scheduled Delivery Date"]),
                _day(row["Delivered to Client Date"]),
                _day(row["Delivery Recorded Date"]),
            )
            for row in csv.DictReader(file)
        )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _events(line: Line) -> Iterator[OrderEvent]:
    order_id = f"SCMS-{line.number}"
    yield OrderEvent(
        source="shop",
        event_id=f"created-{line.number}",
        event_type="order_created",
        order_id=order_id,
        occurred_at=_noon(min(line.scheduled, line.delivered) - timedelta(days=30)),
        payload={"promised_delivery": line.scheduled.isoformat()},
    )
    yield OrderEvent(
        source="carrier",
        event_id=f"delivered-{line.number}",
        event_type="delivered",
        order_id=order_id,
        occurred_at=_noon(line.delivered),
        received_at=_noon(line.recorded),
    )


@cache
def orders() -> tuple[Timeline, ...]:
    """One order for each line."""
    return tuple(timeline_of(f"SCMS-{line.number}", _events(line)) for line in lines())


@cache
def promise() -> SlaBook:
    """Delivered by the end of the scheduled day, UTC."""
    return read_sla_book(PROMISE)


@cache
def report() -> Report:
    """The promise against none at all that anybody could miss."""
    return backtest(orders(), promise().rules, read_sla_book(WIDER).rules, NOW)


def told_late() -> set[str]:
    """Lines delivered in time of which that was recorded only after the scheduled day."""
    return {
        f"SCMS-{line.number}"
        for line in lines()
        if line.delivered <= line.scheduled < line.recorded
    }


def test_lines_are_late_early_and_on_the_day_exactly() -> None:
    """1,186 lines came after the promised day, 2,814 before it, 6,324 on it; no other number."""
    counts = report().rules[0].new
    assert counts is not None
    assert counts.margins == Margins(early=2_814, same_day=6_324, late=1_186)
    assert (counts.orders, counts.met, counts.breached) == (10_324, 9_138, 1_186)
    assert report().rules[0].newly_breached == 1_186


def test_lines_recorded_late_settle_by_late_evidence() -> None:
    """A line delivered in time and recorded after the deadline was called breached, and is met."""
    counts = report().rules[0].new
    assert counts is not None
    assert counts.late_evidence == len(told_late()) > 0


def test_late_evidence_keeps_the_first_verdict() -> None:
    """Just these lines are met, with verdict late_evidence and first verdict breached."""
    clocks = [clock for order in orders() for clock in evaluate(order, promise().rules, NOW)]
    settled = [clock for clock in clocks if clock.verdict is ClockVerdict.LATE_EVIDENCE]
    assert {clock.order_id for clock in settled} == told_late()
    assert {(clock.state, clock.first_verdict) for clock in settled} == {
        (ClockState.MET, ClockState.BREACHED)
    }
    others = Counter(clock.first_verdict for clock in clocks if clock.verdict is None)
    assert others == {None: 10_324 - len(told_late())}


def test_the_command_finds_the_same(tmp_path: Path) -> None:
    """`e2a sla backtest` over a file of these events gives the same figures."""
    assert command
    events, policy, old = tmp_path / "e.jsonl", tmp_path / "p.yaml", tmp_path / "old.yaml"
    policy.write_text(PROMISE, encoding="utf-8")
    old.write_text(WIDER, encoding="utf-8")
    with events.open("w", encoding="utf-8") as file:
        for order in orders():
            file.writelines(json.dumps(_line(event)) + "\n" for event in order.events)
    words = ["--policy", str(policy), "--against", str(old), "--events", str(events), "--json"]
    ran = CliRunner().invoke(app, ["sla", "backtest", *words])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    counts = report().rules[0].new
    assert counts is not None
    assert found["orders"] == 10_324
    assert found["rules"][0]["new"]["margins"] == {"early": 2814, "same_day": 6324, "late": 1186}
    assert found["rules"][0]["new"]["breached"] == found["newly_breached"] == 1_186
    assert found["rules"][0]["new"]["late_evidence"] == counts.late_evidence


def _line(event: OrderEvent) -> dict[str, object]:
    line: dict[str, object] = {
        "event_id": event.event_id,
        "source": event.source,
        "event_type": event.event_type,
        "order_id": event.order_id,
        "occurred_at": event.occurred_at.isoformat(),
        "payload": dict(event.payload),
    }
    if event.received_at is not None:
        line["received_at"] = event.received_at.isoformat()
    return line
