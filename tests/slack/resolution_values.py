"""Values of what is drawn about what is done by itself, hostile where a stranger wrote them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from handlers.blocks.authority import decided, request
from handlers.blocks.resolution import claim, rates, resolution, said, undoing
from jobs.ports.slack import Message
from jobs.views import ApprovalView
from jobs.views.resolution import RatesView, ResolutionView
from policies.attempts import Attempt, AttemptState, Rate
from policies.condition import read_condition
from policies.resolution import Approve, DryRun, ResolutionRule
from tests.slack.authority_values import ASKED, WHO_MAY
from tests.slack.values import ACME, NOW, record

_RULES = (
    ResolutionRule(
        action="hold_order",
        condition=read_condition("severity == CRITICAL and minutes_over > 60"),
        approve=Approve.LEAD,
        dry_run=DryRun.FIRST,
        per_order=1,
        per_hour=20,
        proved_by=("order_held",),
    ),
    ResolutionRule(action="close", condition=read_condition("seen.delivered and settles")),
)
_HELD = Attempt(
    id=1,
    tenant_id=1,
    exception_id=7,
    order_id="SO-1042",
    action="hold_order",
    number=1,
    key="k",
    state=AttemptState.FAILED,
    asked_at=NOW - timedelta(hours=3),
    started_at=NOW - timedelta(hours=3),
    ended_at=NOW - timedelta(hours=2),
    status=422,
    response="no such order <!channel> *now*",
)
_TRIED = (
    replace(_HELD, id=0, state=AttemptState.REHEARSED, dry_run=True, status=None, response=None),
    _HELD,
    replace(
        _HELD,
        id=2,
        number=2,
        state=AttemptState.WAITING,
        started_at=NOW - timedelta(minutes=9),
        ended_at=None,
        prove_by=NOW + timedelta(minutes=51),
        status=202,
        response=None,
    ),
)
_VIEW = ResolutionView(
    tenant=ACME,
    record=replace(record(), resolution_attempts=2),
    rules=_RULES,
    attempts=_TRIED,
    now=NOW,
    undoable="release_order",
)
_BLOCKED = replace(
    record(),
    resolution_attempts=2,
    resolution_blocked=True,
    resolution_block_reason="Maximum resolution attempts (2) reached",
)
_WISH = replace(
    ASKED,
    verb="authorize",
    wish={"attempt_id": 2, "note": "hold_order"},
    asked_by="policy:resolution",
    asked_name="The resolution policy",
)
_RATES = RatesView(
    tenants=(ACME,),
    rates=(
        Rate(action="close", succeeded=12, failed=0),
        Rate(action="hold_order", succeeded=3, failed=1),
    ),
    blocked=1,
    under_way=2,
    days=30,
    now=NOW,
)
DRAWINGS: dict[str, Callable[[], Message]] = {
    "resolution_one": partial(resolution, _VIEW),
    "resolution_blocked": partial(resolution, replace(_VIEW, record=_BLOCKED, undoable=None)),
    "resolution_nothing": partial(
        resolution, replace(_VIEW, record=record(), rules=(), attempts=(), undoable=None)
    ),
    "resolution_rates": partial(rates, _RATES),
    "resolution_no_rates": partial(rates, replace(_RATES, rates=(), blocked=0, under_way=0)),
    "resolution_said": partial(said, "SO-1042 <!channel> is late and nobody owns it"),
    "resolution_claim": partial(claim, 7),
    "resolution_undoing": partial(undoing, "release_order", 7),
    "resolution_request": partial(
        request, ApprovalView(approval=_WISH, record=record(), tenant=ACME), WHO_MAY
    ),
    "resolution_approved": partial(decided, _WISH, "Maria", approved=True),
    "resolution_declined": partial(decided, _WISH, "Maria", approved=False),
}
