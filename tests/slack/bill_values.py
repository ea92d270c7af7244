"""Audits of bills to draw: asked about, judged, due, filed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from handlers.blocks import bill_form, bills
from handlers.blocks.bill_ids import BillTarget
from jobs.audit_bill import Asked
from jobs.ports.slack import Message
from jobs.views.bills import BillView, ClaimsView
from policies.money.audit.columns import Column, Columns
from policies.money.audit.kept import kept_totals, totals_in
from policies.money.audit.record import BillAudit, BillState
from policies.money.audit.totals import CauseSum, Totals
from policies.money.audit.verdict import Cause, Verdict
from tests.slack.values import ACME, NOW

TOTALS = Totals(
    lines=2000,
    verdicts=(
        (Verdict.OK, 1700),
        (Verdict.OVERCHARGED, 200),
        (Verdict.NOT_OURS, 20),
        (Verdict.AMBIGUOUS, 30),
        (Verdict.NO_RATE, 40),
        (Verdict.SEPARATELY, 10),
    ),
    billed=(("USD", 1_893_020),),
    disputed=(("USD", 124_350),),
    causes=(
        CauseSum(
            verdict=Verdict.OVERCHARGED,
            cause=Cause.WEIGHT,
            currency="USD",
            lines=150,
            cents=100_000,
            claim_by=date(2026, 9, 1),
        ),
        CauseSum(
            verdict=Verdict.NOT_OURS,
            cause=Cause.UNKNOWN_SHIPMENT,
            currency="USD",
            lines=20,
            cents=24_350,
            claim_by=date(2026, 9, 1),
        ),
        CauseSum(
            verdict=Verdict.UNDERCHARGED, cause=Cause.RATE, currency="USD", lines=3, cents=-90
        ),
    ),
    drift=(("USD", 12),),
    claim_by=date(2026, 9, 1),
    notes=("row 2002 states another sum than the lines come to",),
)
TITLES = ("Tracking Number", "Zone <!here>", "Net *Amount*")


def a_bill(totals: Totals = TOTALS) -> BillAudit:
    """A bill of Acme's that was judged."""
    return BillAudit(
        tenant_id=1,
        file_hash="f1",
        name="ups <march> @here.csv",
        state=BillState.DONE,
        received_at=NOW,
        actor="slack:U0MARIA",
        id=1,
        key="k1",
        carrier="ups",
        channel_id="C0ACME",
        thread_ts="1.2",
        totals=kept_totals(totals),
        done_at=NOW,
        claim_by=totals.claim_by,
    )


def a_view(totals: Totals = TOTALS) -> BillView:
    """The same with its client and figures."""
    return BillView(audit=a_bill(totals), tenant=ACME, totals=totals_in(kept_totals(totals)))


_COLUMNS = Columns(places={Column.TRACKING: 0, Column.ZONE: 1, Column.AMOUNT: 2})
_ASKED = Asked(
    audit=replace(a_bill(), state=BillState.ASKED),
    titles=TITLES,
    columns=_COLUMNS,
    open=(),
    carriers=("ups", "dhl"),
)
_FILED = replace(a_view(), audit=replace(a_bill(), filed_at=NOW, filed_by="slack:U0MARIA"))
_FINE = Totals(lines=2, verdicts=((Verdict.OK, 2),), billed=(("USD", 500),), disputed=(), causes=())
MESSAGES: Mapping[str, Callable[[], Message]] = {
    "bill_asked": lambda: bills.asked(_ASKED),
    "bill_open": lambda: bills.asked(replace(_ASKED, open=("whose bill it is",))),
    "bill_audited": lambda: bills.audited(a_view()),
    "bill_again": lambda: bills.audited(a_view(), again=True),
    "bill_fine": lambda: bills.audited(a_view(_FINE)),
    "bill_claims_due": lambda: bills.claims_due(
        ClaimsView(
            bill=a_view(),
            today=date(2026, 8, 29),
            last_day=date(2026, 9, 1),
            sums=(("USD", 124_350),),
            causes=TOTALS.causes[:2],
        )
    ),
    "bill_filed": lambda: bills.filed(_FILED),
    "bills_recent": lambda: bills.recent([a_view(), _FILED]),
    "bills_none": lambda: bills.recent([]),
}
VIEWS: Mapping[str, Callable[[], dict[str, object]]] = {
    "bill_form": lambda: bill_form.columns_form(
        BillTarget(audit_id=1, channel="C0ACME"), "ups.csv", TITLES, _COLUMNS, ("ups",), "ups"
    )
}
