"""Explains an exception from its order's timeline: policies decide what, prompts word it.

Must not store or send; evaluate_orders does that with what it gets from here.
"""

from datetime import datetime, tzinfo

from policies.clock import Clock
from policies.durations import duration
from policies.explanation import Account, account_for
from policies.facts import OrderEvent, Timeline
from policies.queries import Peers
from policies.records import Explanation
from prompts.explanation import CAUSE, what, word


def explain(
    clock: Clock, timeline: Timeline, peers: Peers, zone: tzinfo, now: datetime
) -> Explanation:
    """The rule-based explanation, with its receipts numbered in time order."""
    account = account_for(clock, timeline, peers, now)
    numbers = {
        (event.source, event.event_id): number
        for number, event in enumerate(account.receipts, start=1)
    }
    notes = word(account.reason_code.value, account.cause, _values(account, numbers, zone))
    return Explanation(
        label=notes.label,
        ops_note=notes.ops_note,
        client_note=notes.client_note,
        next_step=notes.next_step,
        evidence=tuple(event.event_id for event in account.receipts),
        sources=tuple(f"{e.kind}, {_at(e.occurred_at, zone)}" for e in account.receipts),
    )


def _values(
    account: Account, numbers: dict[tuple[str, str], int], zone: tzinfo
) -> dict[str, object]:
    def told(event: OrderEvent | None) -> dict[str, str] | None:
        if event is None:
            return None
        words = what(event.kind)
        return {
            "kind": event.kind,
            "what": words,
            "what_short": words[0].lower() + words[1:],
            "at": _at(event.occurred_at, zone),
            "ref": f"[{numbers[event.source, event.event_id]}]",
        }

    def with_zone(event: OrderEvent | None) -> dict[str, str] | None:
        words = told(event)
        if event is None or words is None:
            return None
        return {**words, "at": f"{words['at']} {event.occurred_at.astimezone(zone):%Z}"}

    cause = told(account.causes[-1]) if account.causes else None
    return {
        "order_id": account.order_id,
        "start": with_zone(account.start),
        "stop": told(account.stop),
        "called_off": told(account.called_off),
        "ended": with_zone(account.stop or account.called_off),
        "last": told(account.last) if account.last not in account.causes else None,
        "in_time_after_all": account.in_time_after_all,
        "due": _at(account.deadline_at, zone),
        "delay": duration(account.delay_minutes),
        "cause": {**cause, "sentence": CAUSE[account.cause or ""]} if cause else None,
        "gap": {
            "minutes": duration(account.gap.minutes),
            "after": told(account.gap.after),
            "before": told(account.gap.before),
        }
        if account.gap
        else None,
        "others_late": account.others_late,
        "others_waiting": account.others_waiting,
    }


def _at(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %H:%M}"
