"""Turns what somebody said about a snooze into an instant and the event that ends it before.

Must not snooze anything: acts.py does, by the lifecycle.
"""

from dataclasses import dataclass
from datetime import datetime

from handlers.slack.desk import Desk
from handlers.slack.intents import ActOn
from handlers.slack.times import MOST_MINUTES, until_moment
from handlers.slack.waits import CUT_OFF, TOMORROW
from jobs.views import ExceptionView
from policies.awaiting import REPEATED
from policies.cut_offs import next_cut_off
from policies.records import OrderKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Until when, and the kind of event that ends it before; neither for other acts."""

    until: datetime | None = None
    awaits: str | None = None


def quiet_of(intent: ActOn, view: ExceptionView, desk: Desk) -> Quiet | str:
    """What is meant, or why it cannot be: a sentence for people."""
    if intent.awaits == CUT_OFF:
        rules = desk.services.promises.of(view.tenant.name)
        cut_off = next_cut_off(view.record, rules, desk.now)
        return Quiet(until=cut_off) if cut_off else _NO_CUT_OFF
    until = intent.until or (TOMORROW if intent.awaits else None)
    if until is None:
        return Quiet()
    moment = until_moment(until, desk.now, desk.zone)
    if (moment - desk.now).total_seconds() > MOST_MINUTES * 60:
        return f"At most {MOST_MINUTES // 1440} days, please."
    return Quiet(until=moment, awaits=intent.awaits)


async def came_already(kind: str, view: ExceptionView, desk: Desk) -> bool:
    """Whether there is nothing left to wait for: a thing that happens once has happened."""
    if kind in REPEATED:
        return False
    record = view.record
    key = OrderKey(tenant_id=record.tenant_id, order_id=record.order_id)
    async with desk.services.storage.read() as tx:
        events = (await tx.events.of_orders([key])).get(key, [])
    return any(event.kind == kind for event in events)


_NO_CUT_OFF = (
    "No promise to this client has a cut-off, so nothing was changed. "
    "Say a time instead, for example: snooze 7 until 16:30"
)
