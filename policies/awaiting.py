"""Snoozes that end with an event: what somebody waits for, and when the wait is over.

Must not read a clock or an order: it takes a record and a timeline, returns what is true.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from policies.clock import Clock
from policies.facts import ALIASES, KINDS, Timeline
from policies.judgement import Corrected, Decision, Woken
from policies.lifecycle import AWAITED
from policies.reasons import Severity
from policies.records import ExceptionRecord

COUNTS_AS: dict[str, tuple[str, ...]] = {
    "carrier_scan": ("in_transit", "out_for_delivery", "delivery_attempted", "delivered"),
    "carrier_picked_up": ("carrier_scan", "in_transit", "out_for_delivery", "delivered"),
    "pick_started": ("pick_completed", "pack_started", "pack_completed"),
    "pick_completed": ("pack_started", "pack_completed"),
}
"""What proves an event as well: a parcel that is delivered was scanned."""
REPEATED = frozenset(
    {
        "carrier_scan",
        "in_transit",
        "out_for_delivery",
        "delivery_attempted",
        "order_edited",
        "order_held",
        "order_released",
        "exception_reported",
    }
)
"""What comes more than once, so that one can wait for the next."""
WORDS: dict[str, str] = {
    "scan": "carrier_scan",
    "scanned": "carrier_scan",
    "carrier_scans": "carrier_scan",
    "first_scan": "carrier_scan",
    "next_scan": "carrier_scan",
    "pickup": "carrier_picked_up",
    "pick_up": "carrier_picked_up",
    "dispatched": "carrier_picked_up",
    "shipped": "carrier_picked_up",
    "picked": "pick_completed",
    "pick": "pick_completed",
    "pack": "pack_completed",
    "label": "label_created",
    "labelled": "label_created",
    "paid": "order_paid",
    "released": "order_released",
    "allocated": "allocated",
    "delivery": "delivered",
    "staged": "staged",
    "manifested": "manifested",
}
"""What people say for an event; names and aliases of policies/facts.py are understood too."""
WORSE = "worse"
"""Why a snooze ended: its severity rose."""
_APART = re.compile(r"[\s_.-]+")


def event_of(words: str) -> str | None:
    """The kind of event that people's words mean: `carrier scan`, `picked`; None for no event."""
    said = _APART.sub("_", words.lower().strip(" .,!"))
    kind = WORDS.get(said) or ALIASES.get(said) or ALIASES.get(said.replace("_", "."), said)
    return kind if kind in KINDS else None


def awaited(record: ExceptionRecord) -> str | None:
    """The kind of event that a snoozed exception waits for, None for a mere time."""
    kept = _kept(record)
    kind = kept.get("event")
    return kind if isinstance(kind, str) else None


def woken(
    decisions: Sequence[Decision],
    records: Sequence[ExceptionRecord],
    clocks: Iterable[Clock],
    timeline: Timeline,
    now: datetime,
) -> list[Decision]:
    """The same decisions, in which what ended a snooze wakes its exception.

    What settles or drops an exception ends its snooze besides and stays as it is.
    """
    if all(record.snoozed_until is None for record in records):
        return list(decisions)
    decided = {decision.record.id: decision for decision in decisions}
    by_rule = {(clock.rule.sla_id, clock.subject): clock for clock in clocks}
    wakes: dict[int, Woken] = {}
    for record in records:
        decision = decided.get(record.id)
        clock = by_rule.get((record.sla_id, record.subject))
        if clock is None or not isinstance(decision, Corrected | None):
            continue
        known = decision.record if decision else record
        why = _over(record, known, timeline)
        if why is not None:
            after = _awake(known, record.version + 1, now)
            wakes[record.id] = Woken(before=record, record=after, clock=clock, why=why)
    kept = [decision for decision in decisions if decision.record.id not in wakes]
    return [*kept, *wakes.values()]


def _over(record: ExceptionRecord, known: ExceptionRecord, timeline: Timeline) -> str | None:
    """Why a snooze is over before its time; None while it goes on."""
    if record.snoozed_until is None or not record.active:
        return None
    kind = awaited(record)
    if kind is not None and _came(kind, str(_kept(record).get("since")), timeline):
        return kind
    ranks = list(Severity)
    return WORSE if ranks.index(known.severity) > ranks.index(record.severity) else None


def _came(kind: str, since: str, timeline: Timeline) -> bool:
    """Whether it was heard of after the snooze began, whenever it happened."""
    try:
        start = datetime.fromisoformat(since)
    except ValueError:
        return True  # nobody knows what was meant: better awake
    wanted = {kind, *COUNTS_AS.get(kind, ())}
    return any(
        event.kind in wanted and max(event.occurred_at, event.received_at or start) > start
        for event in timeline.events
    )


def _awake(record: ExceptionRecord, version: int, now: datetime) -> ExceptionRecord:
    facts = {key: value for key, value in record.facts.items() if key != AWAITED}
    return replace(record, snoozed_until=None, facts=facts, version=version, updated_at=now)


def _kept(record: ExceptionRecord) -> Mapping[str, Any]:
    kept = record.facts.get(AWAITED) if record.snoozed_until is not None else None
    return kept if isinstance(kept, Mapping) else {}
