"""Orders with clocks in every state, judged by a small policy, for drawing and for acting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from jobs.show_policy import (
    LintView,
    MoveView,
    PolicyView,
    StartView,
    show_policies,
    simulate_event,
    simulate_move,
)
from jobs.views import OrderView
from policies.book.read import SlaBook, read_sla_book
from policies.facts import OrderEvent, timeline_of
from policies.lint.lint import lint
from policies.order_facts import ALONE, Around, Silence
from policies.promise import SlaRule
from policies.promises import promises_of
from policies.sla import evaluate
from tests.policies.builders import book as packaged
from tests.slack.values import ACME, NOW, happened, record

POLICY = """
version: "3"
timezone: America/New_York
effective: {from: 2026-01-01}
calendars:
  ATL1: {tz: America/New_York, shifts: {mon-fri: ["06:00-22:00"]}}
slas:
  - id: same_day
    kind: sla
    stage: SHIP
    promise: ship the same day
    start: [order_paid]
    stop: [carrier_scan]
    pause:
      - {hold: [awaiting_payment], fault: client}
    deadline:
      cutoff: {at: "14:00", tz: America/New_York}
      calendar: ATL1
    evidence: {grace_for_ingest: 30m}
    fault: 3pl
    on_breach: {exception: SHIP_LATE, severity: high, grows: {2h: critical}}
  - id: market
    kind: channel
    stage: DELIVER
    promise: scanned within 2 business days
    start: [order_paid]
    stop: [carrier_scan]
    deadline: {within: 32h, calendar: ATL1}
    cure: {if: "delivered_at <= promised_delivery"}
    on_breach: {exception: SHIP_LATE, severity: high}
  - id: first_scan
    kind: carrier
    stage: SHIP
    promise: first scan within 4 h of the hand-over
    start: [manifested]
    stop: [carrier_scan]
    deadline: {within: 4h}
    fault: carrier
    on_breach: {exception: FIRST_SCAN_MISSING, severity: medium}
  - id: in_house.pick
    kind: ola
    stage: PICK
    promise: picked within 2 h
    start: [order_paid]
    stop: [pick_completed]
    deadline: {within: 2h, calendar: ATL1}
    fault: 3pl
    on_breach: {exception: PICK_LATE, severity: medium}
targets:
  - {sla: same_day, window: calendar_month, at_least: 99}
"""


@cache
def book() -> SlaBook:
    """The policy, read once."""
    return read_sla_book(POLICY)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of March 2026 in Atlanta, before the clocks change on the 8th. The 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


def told(
    kind: str,
    at: datetime,
    heard: datetime | None = None,
    **payload: Any,  # noqa: ANN401
) -> OrderEvent:
    """An event of the warehouse."""
    return OrderEvent(
        source="wms",
        event_id=f"e-{kind}-{at:%d%H%M}",
        event_type=kind,
        order_id="SO-1042",
        occurred_at=at,
        payload=payload,
        received_at=heard,
    )


PAID = told("order_paid", local(2, 10))
PICKED = told("pick_completed", local(2, 11, 10))
MANIFESTED = told("manifested", local(2, 15))


def judged(*events: OrderEvent, now: datetime, around: Around = ALONE) -> OrderView:
    """An order with these events, judged by the policy."""
    timeline = timeline_of("SO-1042", events)
    return OrderView(
        order_id="SO-1042",
        tenant=ACME,
        events=timeline.events,
        clocks=evaluate(timeline, book().rules, now, around),
        records=(),
        dead_letters=(),
        now=now,
        around=around,
    )


def order_view(**changes: Any) -> OrderView:  # noqa: ANN401
    """An order by the packaged promises that is packed and late to leave."""
    events = (
        happened("order_paid", 30, note="secret free text <!channel>"),
        happened("pick_completed", 28),
        happened("pack_completed", 25),
    )
    timeline = timeline_of("SO-1042", events)
    usual = OrderView(
        order_id="SO-1042",
        tenant=ACME,
        events=timeline.events,
        clocks=evaluate(timeline, packaged().rules, NOW),
        records=(record(),),
        dead_letters=(),
        now=NOW,
    )
    return replace(usual, **changes)


def three_clocks() -> OrderView:
    """Picked, handed over, not scanned: the carrier's clock is at risk."""
    return judged(PAID, PICKED, MANIFESTED, now=local(2, 18, 30))


def paused() -> OrderView:
    """A payment failed, and it is still not settled."""
    failed = told("payment_failed", local(2, 11, 30))
    return judged(PAID, PICKED, failed, now=local(2, 13))


def breached() -> OrderView:
    """Held for a while, never scanned, and past midnight: it grows worse at two."""
    failed = told("payment_failed", local(2, 11, 30))
    again = told("order_released", local(2, 12, 15), hold="awaiting_payment")
    return judged(PAID, PICKED, failed, again, MANIFESTED, now=local(3, 0, 35))


def cured() -> OrderView:
    """The market's scan came late, and the parcel by the promised day."""
    promised = told("order_paid", local(2, 10), promised_delivery="2026-03-06")
    scanned = told("carrier_scan", local(4, 14))
    there = told("delivered", local(6, 11))
    return judged(promised, PICKED, MANIFESTED, scanned, there, now=local(6, 12))


def late_evidence() -> OrderView:
    """The scan was made in time and told the next morning."""
    scanned = told("carrier_scan", local(2, 17), heard=local(3, 7))
    return judged(PAID, PICKED, MANIFESTED, scanned, now=local(3, 8))


def no_data() -> OrderView:
    """Whoever tells of scans has fallen silent."""
    silence = Silence(source="wms", since=local(2, 16), reported_at=local(2, 19))
    around = Around(silences={"wms": silence}, speakers={"carrier_scan": frozenset({"wms"})})
    return judged(PAID, PICKED, MANIFESTED, now=local(3, 1), around=around)


TENANT = replace(ACME, timezone="America/New_York")
PROMISES = promises_of(book())
EVERYTHING = replace(PROMISES, rules=(*packaged().rules, *book().rules))
"""The packaged promises besides, by which #7 of the world was opened."""
NOON = local(2, 12)
ASKED = (local(2, 13, 59), local(2, 14, 1))


def policy_views(*following: SlaRule) -> tuple[PolicyView, ...]:
    """What is promised to Acme at noon, and perhaps what will be."""
    return show_policies([TENANT], replace(PROMISES, rules=(*PROMISES.rules, *following)), NOON)


def lint_view() -> LintView:
    """What lint says of the policy with a slip of the pen."""
    text = POLICY.replace("[carrier_scan]", "[carier_scan]", 1)
    return LintView(tenants=(TENANT,), file="sla.yaml", findings=lint(text, "sla.yaml", NOON))


def start_view(event: str = "order_paid", **facts: str) -> StartView:
    """An order that is paid at one minute before the cut-off, or one after."""
    return simulate_event(TENANT, PROMISES, event, ASKED, tuple(facts.items()), NOON)


def move_view(event: str = "order_paid") -> MoveView:
    """The order that is late, had its event come around the cut-off."""
    return simulate_move(replace(breached(), tenant=TENANT), PROMISES, event, ASKED)


STATES = {
    "three_clocks": three_clocks,
    "paused": paused,
    "breached": breached,
    "cured": cured,
    "late_evidence": late_evidence,
    "no_data": no_data,
}
