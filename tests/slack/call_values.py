"""Calls for help as they look in an ordinary warehouse, for drawing."""

from datetime import timedelta

from jobs.views.escalation import CallView, Where
from policies.escalation import Phase
from policies.reasons import Severity, Status
from policies.shifts import Occurrence, Shift, Turn
from tests.slack.storm_values import storm_view
from tests.slack.values import ACME, HISTORY, NOW, entry, record

NIGHTS = Shift(
    name="ATL1 nights", zone="America/New_York", days=(0,), begins=1320, ends=1800, group="S0NIGHTS"
)
TURN = Turn(shift=NIGHTS, run=Occurrence(NOW + timedelta(hours=2), NOW + timedelta(hours=10)))
UNANSWERED = CallView(
    record=record(),
    tenant=ACME,
    phase=Phase.ANSWER,
    waited_minutes=30.2,
    now=NOW,
    groups=("S0NIGHTS",),
)
NOBODY_CALLED = CallView(
    record=record(severity=Severity.CRITICAL, order_id="SO-<!here>"),
    tenant=ACME,
    phase=Phase.ANSWER,
    waited_minutes=10.0,
    now=NOW,
)
SILENT = CallView(
    record=record(severity=Severity.CRITICAL, status=Status.ACKNOWLEDGED, assignee="U0MARIA"),
    tenant=ACME,
    phase=Phase.SILENCE,
    waited_minutes=60.5,
    now=NOW,
    people=("U0LEAD", "not-an-id"),
    owner="Maria <!channel>",
)
DIRECT = CallView(
    record=record(),
    tenant=ACME,
    phase=Phase.ANSWER,
    waited_minutes=45,
    now=NOW,
    where=Where.DIRECT,
    link="https://example.slack.com/archives/C0ACME/p1772555",
)
OF_STORM = CallView(
    record=record(),
    tenant=ACME,
    phase=Phase.ANSWER,
    waited_minutes=30,
    now=NOW,
    groups=("S0NIGHTS",),
    storm=storm_view(),
    unanswered=tuple(one for one in storm_view().active if one.status is Status.OPEN),
)
CALLED_HISTORY = (
    HISTORY[0],
    entry("escalate", "system", 31, after={"level": 1, "to": "who is on shift"}),
    entry("escalate", "system", 34, after={"level": 2, "to": "#ops <!here>"}),
)
