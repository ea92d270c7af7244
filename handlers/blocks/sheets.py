"""Writes long lists as CSV files that a spreadsheet opens without running anything.

Must not look anything up, and must not let data become a formula.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from policies.records import AuditEntry, ExceptionRecord, Tenant

MOST_ROWS = 5000
_FORMULA = frozenset("=+-@")
_EXCEPTION = (
    "number",
    "client",
    "order",
    "severity",
    "status",
    "reason",
    "stage",
    "owner",
    "carrier",
    "warehouse",
    "opened_at",
    "deadline_at",
    "delay_minutes",
    "snoozed_until",
    "resolved_at",
    "resolution",
    "note",
    "rule",
)
_ENTRY = ("at", "client", "who", "actor", "action", "subject", "before", "after", "note", "quote")

Cell = object
"""Text, a number, an instant or None; a value that JSON knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file: its `name`, the words that go with it, and its bytes."""

    name: str
    title: str
    content: bytes


def exceptions_sheet(
    records: Sequence[ExceptionRecord],
    tenants: Iterable[Tenant],
    names: Mapping[str, str],
    *,
    title: str,
    now: datetime,
) -> Sheet:
    """Exceptions in the order given; times are UTC, owners by their names."""
    clients = {tenant.id: tenant.name for tenant in tenants}
    rows = [_row(one, clients.get(one.tenant_id), names, now) for one in records]
    return Sheet(name=_name("exceptions", now), title=title, content=written(_EXCEPTION, rows))


def _row(
    record: ExceptionRecord, client: str | None, names: Mapping[str, str], now: datetime
) -> Sequence[Cell]:
    return (
        record.id,
        client,
        record.order_id,
        record.severity.value,
        record.status.value,
        record.reason_code.value,
        record.stage.value,
        names.get(record.assignee or "", record.assignee),
        record.facts.get("carrier"),
        record.facts.get("warehouse"),
        record.opened_at,
        record.deadline_at,
        round(record.delay_at(now), 1),
        record.snoozed_until,
        record.resolved_at,
        record.resolution,
        record.resolution_note,
        f"{record.sla_id} v{record.rule_version}",
    )


def trail_sheet(
    entries: Sequence[AuditEntry],
    tenants: Iterable[Tenant],
    names: Mapping[str, str],
    *,
    title: str,
    now: datetime,
) -> Sheet:
    """The trail in the order given; `who` is a name where one is known, `actor` as recorded."""
    clients = {tenant.id: tenant.name for tenant in tenants}
    rows = [
        (
            entry.at,
            clients.get(entry.tenant_id),
            names.get(entry.actor.removeprefix("slack:")),
            entry.actor,
            entry.action,
            entry.subject,
            dict(entry.before) or None,
            dict(entry.after) or None,
            entry.note,
            entry.correlation_id,
        )
        for entry in entries
    ]
    return Sheet(name=_name("audit", now), title=title, content=written(_ENTRY, rows))


def written(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file in UTF-8 with the mark by which spreadsheets know it."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig", "replace")


def _cell(value: Cell) -> object:
    if value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"'{text}" if _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may take it for one: also behind blanks and in full width."""
    bare = unicodedata.normalize("NFKC", text[:50]).lstrip(_BLANK)
    return bare[:1] in _FORMULA or text[:1] in ("\t", "\r", "\n")


_BLANK = "".join(map(chr, range(33))) + "\x7f\xa0\u200b\u2060\ufeff\"'"


def _name(what: str, now: datetime) -> str:
    return f"{what}-{now.astimezone(UTC):%Y%m%d-%H%M}.csv"
