"""Records and views as they look in an ordinary warehouse, for drawing and for acting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from jobs.views import (
    Answer,
    Citation,
    DigestView,
    ExceptionList,
    ExceptionView,
    ReplayPreview,
    SilenceView,
    StatusView,
    TargetView,
)
from policies.facts import OrderEvent
from policies.money.remedy import Tier, TieredRemedy
from policies.queries import ClockRow, Tally
from policies.reasons import ClockKind, Fault, ReasonCode, Severity, Stage, Status
from policies.records import AuditEntry, ExceptionRecord, Explanation, Tenant
from policies.risk import Outlook
from policies.targets import Target, standing, window

NOW = datetime(2026, 3, 3, 17, 15, tzinfo=UTC)
DUE = datetime(2026, 3, 3, 16, 40, tzinfo=UTC)
ACME = Tenant(id=1, name="Acme Outdoors", channel="#acme", channel_id="C0ACME")
GLOBEX = Tenant(id=2, name="Globex", channel="#globex", channel_id="C0GLOBEX")

EXPLANATION = Explanation(
    label="The parcel has not left",
    ops_note="Packed Mon 16:40 [1]; no carrier scan since. 41 other orders are late here.",
    client_note="Your order SO-1042 is packed and waits for the carrier. We are on it.",
    next_step="Ask UPS for a late pick-up.",
    evidence=("e-88121", "e-88122"),
    sources=("pack_completed, Mon 16:40", "label_created, Mon 16:41"),
)

WHOLE_EXPLANATION = replace(
    EXPLANATION,
    ops_note="Packed Mon 16:40 EST [1]; no sign that the carrier took it since. Due Tue 16:40. 41 "
    "of 41 other UPS parcels of ATL1 due 15:50-17:10 have not left either; 0 of 13 of other "
    "carriers [3]. Most likely it is the carrier, not this order.",
    next_step="Ask UPS for a late pick-up at ATL1 for all of them.",
    until="Next pick-up 19:00, then Wed 19:00. 9 more fall due here before it, the first 17:20 "
    "[4].",
    similar="5 like it at ATL1 with UPS in 90 days: all ended because the missing event came; "
    "half within 1 h 20 min [5].",
    evidence=(*EXPLANATION.evidence, "count:orders carrier=UPS", "count:due", "count:past"),
    sources=(
        *EXPLANATION.sources,
        "due 15:50-17:10: UPS parcels of ATL1 41 of 41 late, of other carriers 0 of 13",
        "policy acme-3, pick-up; 9 running of promise ship, due by 19:00",
        "5 settled of CARRIER_ISSUE, ATL1 with UPS, in 90 days",
    ),
    own=2,
    cause="carrier",
    as_of="2026-03-03T16:43:00+00:00",
)


def record(**changes: Any) -> ExceptionRecord:  # noqa: ANN401
    """A parcel that is packed and was not scanned, 35 minutes over."""
    usual = ExceptionRecord(
        id=7,
        tenant_id=1,
        order_id="SO-1042",
        sla_id="ship",
        instance=1,
        reason_code=ReasonCode.CARRIER_ISSUE,
        severity=Severity.HIGH,
        status=Status.OPEN,
        stage=Stage.SHIP,
        fault=Fault.CARRIER,
        opened_at=DUE + timedelta(minutes=1),
        started_at=DUE - timedelta(days=1),
        deadline_at=DUE,
        breached_at=DUE,
        target_minutes=1440,
        delay_minutes=0.0,
        rule_version="3",
        facts={"carrier": "UPS", "warehouse": "ATL1", "order_value_cents": 12840},
        explanation=EXPLANATION,
        version=3,
        updated_at=DUE + timedelta(minutes=1),
    )
    return replace(usual, **changes)


def entry(action: str, actor: str, minutes: int, **more: Any) -> AuditEntry:  # noqa: ANN401
    """A line of the trail, some minutes after the deadline."""
    return AuditEntry(
        tenant_id=1,
        at=DUE + timedelta(minutes=minutes),
        actor=actor,
        action=action,
        subject="exception:7",
        **more,
    )


HISTORY = (
    entry("opened", "policy:ship", 1, after={"status": "OPEN"}),
    entry(
        "acknowledge",
        "slack:U0MARIA",
        4,
        before={"status": "OPEN", "assignee": None},
        after={"status": "ACKNOWLEDGED", "assignee": "U0MARIA"},
        note="calling UPS",
    ),
)


def view(**changes: Any) -> ExceptionView:  # noqa: ANN401
    """The view of `record(**changes)` with a short history."""
    history = changes.pop("history", HISTORY[:1])
    tenant = changes.pop("tenant", ACME)
    kind = changes.pop("kind", ClockKind.SLA)
    promise = changes.pop("promise", "handed to the carrier within 24 h of packing")
    credit_cents = changes.pop("credit_cents", None)
    return ExceptionView(
        record=record(**changes),
        tenant=tenant,
        promise=promise,
        history=tuple(history),
        thread=None,
        now=NOW,
        kind=kind,
        credit_cents=credit_cents,
    )


SETTLED: dict[str, Any] = {
    "status": Status.RESOLVED,
    "stopped_at": DUE + timedelta(minutes=40),
    "resolved_at": DUE + timedelta(minutes=40),
    "resolution": "settled_late",
    "delay_minutes": 40.0,
    "version": 4,
}


def clock(**changes: Any) -> ClockRow:  # noqa: ANN401
    """A running pick clock, close to its deadline."""
    usual = ClockRow(
        tenant_id=1,
        order_id="SO-1050",
        sla_id="pick",
        instance=1,
        stage=Stage.PICK,
        state="running",
        started_at=NOW - timedelta(minutes=100),
        deadline_at=NOW + timedelta(minutes=20),
        at_risk_at=NOW - timedelta(minutes=10),
        stopped_at=None,
        breached_at=None,
        check_at=NOW + timedelta(minutes=20),
        target_minutes=120,
        elapsed_minutes=100.0,
        delay_minutes=0.0,
        reason_code="PICK_DELAY",
        severity="MEDIUM",
        rule_version="1",
        calendar_version="1",
        subject="",
    )
    return replace(usual, **changes)


def happened(kind: str, hours: float, **payload: Any) -> OrderEvent:  # noqa: ANN401
    """An event some hours before now."""
    return OrderEvent(
        source="wms",
        event_id=f"e-{kind}",
        event_type=kind,
        order_id="SO-1042",
        occurred_at=NOW - timedelta(hours=hours),
        payload=payload,
    )


def listed(*records: ExceptionRecord, total: int | None = None) -> ExceptionList:
    """A page of exceptions."""
    return ExceptionList(
        records=records,
        total=len(records) if total is None else total,
        described="not settled, high",
        tenants=(ACME,),
        now=NOW,
    )


def target_view(late: int = 2, **changes: Any) -> TargetView:  # noqa: ANN401
    """Ninety-nine in a hundred parcels are to leave in time in March."""
    usual = Target(
        sla_id="ship",
        at_least=Decimal("99.0"),
        alarms=(Decimal(50), Decimal(80)),
        remedy=TieredRemedy(
            tiers=(
                Tier(at_least=Decimal(99), pct=Decimal(0)),
                Tier(at_least=Decimal(0), pct=Decimal(5)),
            ),
            pct_of="fulfilment_fees",
        ),
    )
    target = replace(usual, **changes)
    tally = Tally(met=414 - late, late=late)
    return TargetView(
        tenant=ACME,
        target=target,
        window=window(target, NOW, "America/New_York"),
        standing=standing(target, tally),
    )


def silence_view(*, over: bool = False) -> SilenceView:
    """A warehouse that usually speaks every two minutes and has not for 42."""
    return SilenceView(
        tenant=ACME,
        source="wms",
        since=NOW - timedelta(minutes=42),
        reported_at=NOW,
        usual_minutes=2.04,
        waiting=31,
        ended_at=NOW if over else None,
    )


def outlook(**changes: Any) -> Outlook:  # noqa: ANN401
    """An order that can still make its pickup."""
    usual = Outlook(
        next_kind="pick_completed",
        limit=NOW + timedelta(minutes=75),
        pickup=True,
        last_moment=NOW + timedelta(minutes=15),
        risk=0.62,
        reasons=("usually 1 h from here", "18 orders ahead, 22 an hour"),
    )
    return replace(usual, **changes)


def status_view() -> StatusView:
    """An afternoon with some trouble."""
    return StatusView(
        tenants=(ACME, GLOBEX),
        active_by_severity=(("HIGH", 2), ("MEDIUM", 5)),
        unowned=3,
        snoozed=1,
        at_risk=(clock(),),
        oldest=record(),
        dead_letters=1,
        now=NOW,
        targets=(target_view(), target_view(late=9, trailing_days=7)),
        silent=(silence_view(),),
        outlooks={(1, "SO-1050", "pick", ""): outlook()},
    )


def digest_view() -> DigestView:
    """Acme's last day."""
    return DigestView(
        tenant=ACME,
        opened=12,
        settled=9,
        active_by_severity=(("HIGH", 2), ("MEDIUM", 1)),
        unowned=2,
        oldest=(record(),),
        now=NOW,
        targets=(target_view(),),
    )


def preview(*changes: str, retryable: int = 0) -> ReplayPreview:
    """What a replay would change."""
    return ReplayPreview(record=record(), changes=changes, retryable=retryable)


def given_answer() -> Answer:
    """An answer with two sources."""
    return Answer(
        text="17 pick delays are open for Acme since Mon 00:00 [1]. Oldest: SO-1003 [2].",
        citations=(
            Citation(number=1, label="17 exceptions, PICK_DELAY", ref="exception:7"),
            Citation(number=2, label="SO-1003", ref="order:SO-1003"),
        ),
        route="count",
        refused=False,
        now=NOW,
    )
