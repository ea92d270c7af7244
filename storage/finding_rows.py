"""Turns findings into rows and back. Must not query."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from policies.money.findings.filed import FiledFinding, FindingState
from policies.money.findings.finding import Cause, Finding

COLUMNS = ("order_id", "invoice_id", "invoice", "code", "currency")
_APART = frozenset({*COLUMNS, "cause", "service_date"})
"""What has a column of its own."""


def what_of(finding: Finding) -> dict[str, Any]:
    """The rest of a finding as JSON."""
    return {name: value for name, value in asdict(finding).items() if name not in _APART}


def filed_of(row: Mapping[str, Any]) -> FiledFinding:
    """The finding of a row."""
    what = dict(row["what"])
    what["evidence"] = tuple(what["evidence"])
    day = row["service_date"]
    finding = Finding(
        **{name: row[name] for name in COLUMNS},
        cause=Cause(row["cause"]),
        service_date=date.fromisoformat(day) if day else None,
        **what,
    )
    return FiledFinding(
        id=row["id"],
        tenant_id=row["tenant_id"],
        period=row["period"],
        finding=finding,
        found_at=row["found_at"],
        state=FindingState(row["state"]),
        adjustment_id=row["adjustment_id"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        words=row["words"],
    )
