"""The audit of somebody's bill as it is kept: its file, its state, its lines. Must not judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from policies.records import JsonObject


class BillState(StrEnum):
    """How far an audit is."""

    ASKED = "asked"
    WORKING = "working"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillAudit:
    """One file of somebody's bill, and what came of it.

    `file_hash` is that of its bytes; `key` is that and all by which it was judged, so that the
    same file is judged once. `content` is there until it is. `fingerprint` is that of its headings
    and carrier. `remind_at` is when its claims are next spoken of; `filed_at` when somebody said
    that they are made.
    """

    tenant_id: int
    file_hash: str
    name: str
    state: BillState
    received_at: datetime
    actor: str
    id: int = 0
    key: str | None = None
    carrier: str = ""
    fingerprint: str = ""
    columns: JsonObject = field(default_factory=dict)
    content: bytes | None = None
    channel_id: str | None = None
    thread_ts: str | None = None
    totals: JsonObject = field(default_factory=dict)
    done_at: datetime | None = None
    claim_by: date | None = None
    remind_at: datetime | None = None
    filed_at: datetime | None = None
    filed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A judged line as it is kept. `parcel_key` finds the same charge in a later file."""

    row: int
    verdict: str
    cause: str | None = None
    parcel_key: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
