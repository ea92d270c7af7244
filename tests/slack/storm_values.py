"""A storm as it looks in an ordinary warehouse, for drawing and for acting."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.blocks.storm_ids import StormForm
from jobs.act_on_storm import AllDone, Preview, SplitOff
from jobs.views.storms import InStorm, StormView
from policies.reasons import ReasonCode, Status
from policies.records import Tenant
from policies.storms import Member, Storm, Told
from tests.slack.values import ACME, DUE, GLOBEX, NOW, SETTLED, record

STORM = Storm(
    id=12,
    channel="#acme",
    channel_id="C0ACME",
    cause='["CARRIER_ISSUE",["carrier","ups"],["warehouse","atl1"]]',
    reason_code=ReasonCode.CARRIER_ISSUE,
    shared=(("carrier", "UPS"), ("warehouse", "ATL1")),
    first_tenant_id=1,
    opened_at=DUE + timedelta(minutes=1),
    last_at=DUE + timedelta(minutes=30),
    version=4,
    members=42,
)


def member(number: int, tenant: Tenant = ACME, told: Told = Told.LISTED, **changes: Any) -> InStorm:  # noqa: ANN401
    """The member of that number."""
    one = record(id=100 + number, order_id=f"SO-{1000 + number}", tenant_id=tenant.id, **changes)
    place = Member(storm_id=12, tenant_id=tenant.id, exception_id=one.id, number=number, told=told)
    return InStorm(member=place, record=one, tenant=tenant, credit_cents=150)


def storm_view(*members: InStorm, storm: Storm = STORM) -> StormView:
    """A storm with these members, or an afternoon's: 42 of two clients, some in hand."""
    usual = [member(n, told=Told.CARD) for n in (1, 2, 3)]
    usual += [member(4, status=Status.ACKNOWLEDGED, assignee="U0MARIA"), member(5, **SETTLED)]
    usual += [member(n, tenant=GLOBEX if n % 4 == 0 else ACME) for n in range(6, 43)]
    return StormView(storm=storm, members=members or tuple(usual), now=NOW)


def settled_view() -> StormView:
    """The same when all is over."""
    return storm_view(*(member(n, **SETTLED) for n in range(1, 43)))


def broad_view() -> StormView:
    """Orders that have nothing but the trouble in common."""
    storm = replace(STORM, reason_code=ReasonCode.PICK_DELAY, shared=())
    facts = {"warehouse": "ATL1", "wave": "W7"}
    late = [member(n, reason_code=ReasonCode.PICK_DELAY, facts=facts) for n in range(1, 10)]
    return storm_view(*late, storm=storm)


def preview(*, nothing: bool = False) -> Preview:
    """What an act on all would do."""
    view = settled_view() if nothing else storm_view()
    changing = tuple(one for one in view.members if one.record.active)
    staying = tuple(one for one in view.members if not one.record.active)
    return Preview(view=view, changing=changing, staying=staying)


DONE = AllDone(storm=STORM, done=40, left=1)
SPLIT = SplitOff(record=member(7).record, already=False)
FORM = StormForm(storm_id=12, channel="C0ACME")
