"""Warnings as they stand and what a channel hears besides cards, by the name of their drawing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.blocks.broadcast import reopened, risen, storm_risen
from handlers.blocks.storm import storm_card
from handlers.blocks.storm_forms import all_done, all_undone, with_undo_all
from handlers.blocks.storm_ids import UndoingAll
from handlers.blocks.warning import warning
from jobs.act_on_storm import AllDone
from jobs.ports.slack import Message
from jobs.views.warnings import WarningView
from policies.reasons import Fault, Severity
from policies.records import Alert, AlertPart
from policies.storm_outlook import NextLosses, Usually
from policies.warnings import Standing
from tests.slack.storm_values import DONE, STORM, storm_view
from tests.slack.values import ACME, DUE, NOW, entry, outlook, view

THREAD = Alert(
    id=7,
    tenant_id=1,
    kind="exception",
    channel="#acme",
    channel_id="C0ACME",
    parts=(AlertPart(part="card", ts="1772556060.000100", digest="d"),),
    created_at=NOW,
)


def warning_view(**changes: Any) -> WarningView:  # noqa: ANN401
    """A promise that is about to be broken and can be saved."""
    usual = WarningView(
        order_id="SO-1050",
        tenant=ACME,
        promise="picked within 2 h of payment",
        sla_id="pick",
        rule_version="3",
        deadline_at=NOW + timedelta(minutes=80),
        now=NOW,
        severity=Severity.HIGH,
        fault=Fault.THREE_PL,
        next_kind="pick_completed",
        left_minutes=80.0,
        facts={"order_value_cents": 12840},
        credit_cents=420,
        outlook=outlook(),
    )
    return replace(usual, **changes)


def _ended(standing: Standing, **changes: Any) -> Callable[[], Message]:  # noqa: ANN401
    return lambda: warning(warning_view(standing=standing, **changes))


LATER = NOW + timedelta(minutes=105)
UNDOING = UndoingAll(storm_id=12, versions={1: 2, 2: 2, 5: 4}, until=NOW)
UNDONE = AllDone(storm=STORM, done=33, left=7, left_orders=tuple(f"SO-{n}" for n in range(5)))
REOPENED = (
    entry("resolve", "slack:U0JOE", 20),
    entry("reopen", "slack:U0MARIA", 25, after={"by": "Maria"}, note="label was <wrong>"),
)
DRAWINGS: dict[str, Callable[[], Message]] = {
    "warning": lambda: warning(warning_view()),
    "warning_little_known": lambda: warning(
        warning_view(outlook=None, credit_cents=None, facts={}, fault=None)
    ),
    "warning_paused": _ended(Standing.PAUSED, hold="awaiting_payment"),
    "warning_no_data": _ended(Standing.NO_DATA, outlook=None),
    "warning_met": _ended(Standing.MET, spare_minutes=12.0),
    "warning_met_late_news": _ended(Standing.LATE_EVIDENCE),
    "warning_cured": _ended(Standing.CURED),
    "warning_broken": _ended(Standing.BROKEN, thread=THREAD),
    "warning_broken_unenforced": _ended(Standing.BROKEN),
    "warning_called_off": _ended(Standing.CALLED_OFF),
    "risen": lambda: risen(view(), DUE + timedelta(minutes=30)),
    "reopened": lambda: reopened(view(history=REOPENED)),
    "reopened_by_evidence": lambda: reopened(view()),
    "storm_risen": lambda: storm_risen(storm_view(), NOW),
    "storm_card_outlook": lambda: storm_card(
        replace(
            storm_view(),
            usually=Usually(count=84, days=28),
            next_losses=NextLosses(by=LATER, promises=9, departure="pickup"),
        )
    ),
    "storm_card_first": lambda: storm_card(
        replace(
            storm_view(),
            usually=Usually(count=0, days=9),
            next_losses=NextLosses(by=LATER, promises=1),
        )
    ),
    "storm_card_seldom": lambda: storm_card(
        replace(
            storm_view(),
            usually=Usually(count=5, days=28),
            next_losses=NextLosses(by=LATER, promises=0, departure="cut_off"),
        )
    ),
    "storm_done_undo": lambda: with_undo_all(all_done("resolve", DONE), UNDOING),
    "storm_undone": lambda: all_undone(UNDONE),
}
