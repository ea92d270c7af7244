"""Draws what a channel hears besides its cards: that one got worse, or is open again.

Must not look anything up, and mentions nobody: it is read by a whole channel.
"""

from datetime import datetime

from handlers.blocks.elements import message, section
from handlers.blocks.storm import shared_words
from handlers.blocks.text import clock_time, counted, data
from handlers.blocks.wording import happened, lateness
from jobs.ports.slack import Message
from jobs.views import ExceptionView
from jobs.views.storms import StormView
from policies.records import AuditEntry, ExceptionRecord, Tenant

_NOTE = 200
_REOPENED = frozenset({"reopen", "reopened"})


def risen(view: ExceptionView, since: datetime) -> Message:
    """`HIGH since 16:40: SO-1042 of Acme, packed, not scanned by UPS, 2 h 5 min over`."""
    record = view.record
    begin = f"*{record.severity.value} since {clock_time(since)}*"
    told = f"{_of(record, view.tenant)}, {happened(record)}, {lateness(record, view.now)}"
    return _line(f"{begin}: {told}")


def reopened(view: ExceptionView) -> Message:
    """`Open again: SO-1042 of Acme, by Maria: “label was wrong”`."""
    entry = next((one for one in reversed(view.history) if one.action in _REOPENED), None)
    return _line(f"*Open again*: {_of(view.record, view.tenant)}, {_by(entry)}")


def storm_risen(view: StormView, since: datetime) -> Message:
    """`CRITICAL since 18:40: a storm of 42 orders of 3 clients, UPS parcels of ATL1: ...`."""
    of = f"{counted(view.orders, 'order')} of {counted(len(view.clients), 'client')}"
    begin = f"*{view.severity.value} since {clock_time(since)}*"
    return _line(f"{begin}: {of}, {shared_words(view.storm)}")


def _line(text: str) -> Message:
    return message(text, [section(text)])


def _of(record: ExceptionRecord, tenant: Tenant) -> str:
    return f"{data(record.order_id)} of {data(tenant.name, 60)}"


def _by(entry: AuditEntry | None) -> str:
    """Who reopened it and why; a policy does so when it was late after all."""
    if entry is None or entry.actor.startswith("policy:"):
        return "late after all"
    name = data(entry.after.get("by") or "somebody", 60)
    return f"by {name}: “{data(entry.note, _NOTE)}”" if entry.note else f"by {name}"
