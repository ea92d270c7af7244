"""Draws exceptions as compact lines, and the audit trail of one of them.

Must not filter or sort: what it is given is shown in that order.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from handlers.blocks.elements import Block, context, message, section
from handlers.blocks.list_table import FROM_ROWS, Links, exceptions_table
from handlers.blocks.sheets import MOST_ROWS
from handlers.blocks.text import counted, data, joined, moment
from handlers.blocks.thread import who
from handlers.blocks.waiting import of_entry, snoozed
from handlers.blocks.wording import Names, did, happened, lateness, owner
from jobs.ports.slack import Message
from jobs.views import ExceptionList, ExceptionView
from policies.reasons import Status
from policies.records import AuditEntry, ExceptionRecord

MOST_SHOWN = 20
_LINES_IN_SECTION = 10
_MOST_AUDIT = 40


def exceptions(found: ExceptionList, names: Names = None, links: Links | None = None) -> Message:
    """A page of exceptions: a few as lines, more as a table that has lines to fall back on."""
    lined = _lined(found, names)
    if len(found.records) < FROM_ROWS:
        return lined
    tenants = {tenant.id: tenant.name for tenant in found.tenants} if _several(found) else {}
    table, shown = exceptions_table(found.records, found.now, tenants, names or {}, links or {})
    below = context(_showing(found, shown))
    drawn = message(lined.text, [dict(lined.blocks[0]), table, below])
    return replace(drawn, plain=lined.blocks)


def _several(found: ExceptionList) -> bool:
    return len(found.tenants) > 1


def _lined(found: ExceptionList, names: Names) -> Message:
    """The first ones as lines, with the true total and the filter as it was understood."""
    shown = found.records[:MOST_SHOWN]
    asked = data(found.described, 200)
    if not shown:
        said = f"No exceptions: {asked}" if asked else "No exceptions"
        return message(said, [section(f"*{said}*"), context(f"as of {moment(found.now)}")])
    tenants = {tenant.id: tenant.name for tenant in found.tenants} if _several(found) else {}
    total = counted(max(found.total, len(shown)), "exception")
    title = f"{total}: {asked}" if asked else total
    blocks = [section(f"*{title}*"), *lines(shown, found.now, tenants, names)]
    return message(title, [*blocks, context(_showing(found, len(shown)))])


def lines(
    records: tuple[ExceptionRecord, ...],
    now: datetime,
    tenants: Mapping[int, str],
    names: Names = None,
) -> list[Block]:
    """Records as one line each; the tenant is named where there are several."""
    texts = [line(record, now, tenants.get(record.tenant_id), names) for record in records]
    starts = range(0, len(texts), _LINES_IN_SECTION)
    return [section(*texts[start : start + _LINES_IN_SECTION]) for start in starts]


def line(
    record: ExceptionRecord,
    now: datetime,
    tenant: str | None = None,
    names: Names = None,
    *,
    whose: bool = True,
) -> str:
    """Number, severity, order, what is wrong, time over or left, and `whose` it is."""
    return joined(
        f"`#{record.id}` *{record.severity.value}* {data(record.order_id, 60)}",
        data(tenant, 40) if tenant else None,
        happened(record),
        lateness(record, now),
        _held(record, names) if whose else None,
    )


def audit(view: ExceptionView, names: Mapping[str, str]) -> Message:
    """Who changed what, when, from what to what, oldest first; `names` of people by id."""
    record = view.record
    entries = view.history[-_MOST_AUDIT:]
    title = f"Audit of #{record.id}, {data(record.order_id)}"
    told = [_entry(entry, names) for entry in entries] or ["Nothing was recorded."]
    starts = range(0, len(told), _LINES_IN_SECTION)
    body = [section(*told[start : start + _LINES_IN_SECTION]) for start in starts]
    count = f"Showing {len(entries)} of {len(view.history)}, oldest first"
    return message(title, [section(f"*{title}*"), *body, context(count)])


def _showing(found: ExceptionList, shown: int) -> str:
    total = max(found.total, shown)
    narrow = "narrow it: `exceptions critical`, `mine`, `since 2h`"
    whole = f"the newest {MOST_ROWS:,} of them" if total > MOST_ROWS else "all of them"
    more = f"a file has {whole} (in your direct messages where only you see this)"
    return joined(
        f"Showing {shown} of {total}",
        more if total > MOST_SHOWN else None,
        narrow if total > shown else None,
        f"as of {moment(found.now)}",
    )


def _held(record: ExceptionRecord, names: Names) -> str:
    if not record.active:
        return record.status.value.lower()
    return joined(owner(record, names) or "nobody's", snoozed(record))


def _entry(entry: AuditEntry, names: Mapping[str, str]) -> str:
    actor = who(entry.actor, names) or data(entry.actor, 60)
    noted = entry.note if not of_entry(entry) or entry.action != "wake" else None
    note = f"“{data(noted, 120)}”" if noted else None
    return joined(f"{moment(entry.at)} {actor}: {did(entry)}", _change(entry, names), note)


def _change(entry: AuditEntry, names: Mapping[str, str]) -> str | None:
    """`status open to acknowledged`, for every plain value that differs."""
    changes = [
        f"{data(key, 40)} {_value(entry.before.get(key), names)} to {_value(value, names)}"
        for key, value in entry.after.items()
        if entry.before.get(key) != value and not isinstance(value, (dict, list))
        if key != "awaits"  # the verb says it
    ]
    return ", ".join(changes[:6]) or None


def _value(value: object, names: Mapping[str, str]) -> str:
    if value is None:
        return "nothing"
    word = str(value)
    return data(word.lower() if word in list(Status) else names.get(word, word), 60)
