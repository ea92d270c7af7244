"""Explains an exception from its order's timeline: policies decide what, prompts word it.

Must not store or send; evaluate_orders does that with what it gets from here.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

from policies.clock import Clock
from policies.durations import duration
from policies.explanation import MANY, Account, account_for
from policies.facts import OrderEvent, Timeline
from policies.queries import Peers
from policies.records import Explanation
from prompts.explanation import CAUSE, what, word

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def explain(
    clock: Clock, timeline: Timeline, peers: Peers, zone: tzinfo, now: datetime
) -> Explanation:
    """The rule-based explanation, with its receipts numbered in time order."""
    account = account_for(clock, timeline, peers, now)
    receipts = account.receipts
    numbers = {
        (event.source, event.event_id): number for number, event in enumerate(receipts, start=1)
    }
    notes = word(account.reason_code.value, account.cause, _values(account, numbers, zone))
    return Explanation(
        label=notes.label,
        ops_note=notes.ops_note,
        client_note=notes.client_note,
        next_step=notes.next_step,
        evidence=tuple(event.event_id for event in receipts),
        sources=tuple(f"{e.kind}, {_at(e.occurred_at, zone)}" for e in receipts),
    )


class Told(NamedTuple):
    """An event as the texts name it: what happened, when, and the number of its receipt."""

    kind: str
    what: str
    at: str
    ref: str

    def __str__(self) -> str:
        """At the beginning of a sentence."""
        return f"{self.what} {self.at} {self.ref}"

    @property
    def within(self) -> str:
        """Within a sentence."""
        return f"{self.what[0].lower()}{self.what[1:]} {self.at} {self.ref}"


def _values(
    account: Account, numbers: Mapping[tuple[str, str], int], zone: tzinfo
) -> dict[str, object]:
    def told(event: OrderEvent | None, *, with_zone: bool = False) -> Told | None:
        if event is None:
            return None
        at = _at(event.occurred_at, zone, with_zone=with_zone)
        ref = f"[{numbers[event.source, event.event_id]}]"
        return Told(event.kind, what(event.kind), at, ref)

    gap = account.gap
    return {
        "order_id": account.order_id,
        "start": told(account.start, with_zone=True),
        "stop": told(account.stop),
        "called_off": told(account.called_off),
        "ended": told(account.stop or account.called_off, with_zone=True),
        "last": told(account.last) if account.last not in account.causes else None,
        "in_time_after_all": account.in_time_after_all,
        "due": _at(account.deadline_at, zone),
        "delay": duration(account.delay_minutes),
        "cause": told(account.causes[-1]) if account.causes else None,
        "cause_sentence": CAUSE.get(account.cause or ""),
        "gap": gap
        and {
            "minutes": duration(gap.minutes),
            "after": told(gap.after),
            "before": told(gap.before),
        },
        "others_late": account.others_late,
        "late": _how_many(account.others_late),
        "others_waiting": account.others_waiting,
        "waiting": _how_many(account.others_waiting),
        "many_wait": account.others_waiting >= MANY,
    }


def _how_many(number: int) -> str:
    return f"{MANY:,} or more" if number >= MANY else str(number)


def _at(moment: datetime, zone: tzinfo, *, with_zone: bool = False) -> str:
    local = moment.astimezone(zone)
    at = f"{_DAYS[local.weekday()]} {local.hour:02}:{local.minute:02}"
    return f"{at} {local.tzname()}" if with_zone else at
