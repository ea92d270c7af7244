"""Shifts, nights and mornings as they look in an ordinary warehouse, for drawing and for acting."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from handlers.blocks import notices, overnight
from handlers.blocks.brief import brief
from handlers.blocks.handover import (
    handover,
    nothing_to_hand_over,
    take_over_form,
    taken_over,
)
from handlers.blocks.handover_ids import TakeOver
from handlers.blocks.storm_forms import within_storm
from jobs.ports.slack import Message
from jobs.take_over import Taken, ToTake
from jobs.views.briefs import (
    BriefView,
    Coming,
    DueHour,
    Figure,
    HandoverView,
    Kept,
    Owned,
    ShiftDone,
)
from jobs.views.storms import StormView
from policies.briefs import ChartAs
from policies.queries import ClockRow
from policies.reasons import Severity, Status
from policies.shifts import Shift, ShiftBook
from policies.storms import Told
from tests.slack.storm_values import STORM, member, storm_view
from tests.slack.values import ACME, DUE, GLOBEX, NOW, SETTLED, clock, record, silence_view

DAY = Shift(
    name="Day",
    zone="America/New_York",
    days=(0, 1, 2, 3, 4, 5, 6),
    begins=360,
    ends=840,
    sites=("ATL1",),
    group="S0DAY",
    people=("U0MARIA",),
)
LATE = replace(DAY, name="Late", begins=840, ends=1320, group=None, people=("U0ANN",))
BOOK = ShiftBook(shifts=(DAY, LATE))
DAY_ENDS = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
"""14:00 in Atlanta."""
NAMES = {"U0MARIA": "Maria", "U0JOE": "Joe", "U0ANN": "Ann"}


def overnight_view(**changes: Any) -> StormView:  # noqa: ANN401
    """A night of twelve: nine of them open, two settled by themselves, one has its own card."""
    night = replace(
        STORM,
        cause="quiet hours",
        shared=(),
        members=12,
        opened_at=NOW - timedelta(hours=9),
        **changes,
    )
    usual = [member(n, severity=Severity.MEDIUM) for n in range(1, 6)]
    usual += [member(n, GLOBEX, severity=Severity.LOW) for n in (6, 7)]
    usual += [member(8, severity=Severity.HIGH), member(9, GLOBEX, severity=Severity.HIGH)]
    usual += [member(10, **SETTLED), member(11, GLOBEX, **SETTLED)]
    usual += [member(12, told=Told.SPLIT, severity=Severity.CRITICAL)]
    return storm_view(*usual, storm=night)


def calm_night() -> StormView:
    """A night of which nothing is left."""
    done = {**SETTLED, "resolution": "done", "status": Status.RESOLVED}
    members = [member(1, **SETTLED), member(2, GLOBEX, **SETTLED), member(3, **done)]
    return storm_view(*members, storm=replace(STORM, cause="quiet hours", shared=(), members=3))


def due(count: int = 10) -> tuple[ClockRow, ...]:
    """Promises that break next, a quarter of an hour apart."""
    return tuple(
        replace(
            clock(),
            order_id=f"SO-{2000 + n}",
            tenant_id=GLOBEX.id if n % 3 == 0 else ACME.id,
            deadline_at=DAY_ENDS + timedelta(minutes=15 * n),
        )
        for n in range(count)
    )


def handover_view(**changes: Any) -> HandoverView:  # noqa: ANN401
    """A day shift a quarter of an hour before its end."""
    usual = HandoverView(
        key="Day:1772564400",
        shift="Day",
        sites=("ATL1",),
        ends_at=DAY_ENDS,
        next="Late",
        until=DAY_ENDS + timedelta(hours=8),
        tenants=(ACME, GLOBEX),
        open=(("CRITICAL", 1), ("HIGH", 4), ("MEDIUM", 6)),
        owners=(
            Owned(owner="U0MARIA", counts=(("CRITICAL", 1), ("HIGH", 3)), ending=True),
            Owned(owner="U0JOE", counts=(("MEDIUM", 2),), ending=True),
            Owned(owner="U0ANN", counts=(("MEDIUM", 1),)),
            Owned(owner=None, counts=(("HIGH", 1), ("MEDIUM", 3))),
        ),
        coming=Coming(total=23, soonest=due()),
        waking=(record(snoozed_until=DAY_ENDS + timedelta(hours=1), assignee="U0JOE"),),
        done=ShiftDone(opened=12, settled=9, breached=10, acknowledged=8, ack_minutes=14.0),
        silent=(silence_view(),),
        held=0,
        now=DAY_ENDS - timedelta(minutes=15),
        names=NAMES,
    )
    return replace(usual, **changes)


def calm_handover() -> HandoverView:
    """Nothing to hand over, to nobody."""
    return handover_view(
        next=None,
        open=(),
        owners=(),
        coming=Coming(),
        waking=(),
        done=ShiftDone(opened=1, settled=1),
        silent=(),
        held=2,
        tenants=(ACME,),
    )


def hours(first: int = 8, counts: tuple[int, ...] = (3, 5, 8, 12, 7, 4, 9)) -> tuple[DueHour, ...]:
    """Hours of the day with what is due in them."""
    midnight = datetime(2026, 3, 3, 5, 0, tzinfo=UTC)
    return tuple(
        DueHour(at=midnight + timedelta(hours=hour), label=f"{hour:02}:00", count=count)
        for hour, count in enumerate(counts, start=first)
    )


def brief_view(**changes: Any) -> BriefView:  # noqa: ANN401
    """A Tuesday morning in Atlanta."""
    usual = BriefView(
        zone="America/New_York",
        yesterday=date(2026, 3, 2),
        tenants=(ACME, GLOBEX),
        sites=(),
        orders=Figure(value=412, usual=398.25, days=4),
        opened=Figure(value=31, usual=24.0, days=4),
        settled=Figure(value=28, usual=22.5, days=4),
        kept=(
            Kept(tenant=ACME, sla_id="pick", met=163, late=3),
            Kept(tenant=GLOBEX, sla_id="ship", met=88, late=1),
            Kept(tenant=ACME, sla_id="ship", met=120, late=0),
        ),
        due=hours(),
        coming=Coming(total=48, soonest=due()),
        night_opened=4,
        night_settled=2,
        held=3,
        open=(("HIGH", 3), ("MEDIUM", 6)),
        unowned=3,
        oldest=(record(), record(id=9, order_id="SO-1050", deadline_at=DUE)),
        silent=(),
        credit_cents=1240,
        value_cents=120_000,
        now=NOW,
    )
    return replace(usual, **changes)


def calm_brief() -> BriefView:
    """A first morning: nothing open, nothing due, nothing to compare with."""
    return brief_view(
        orders=Figure(value=0),
        opened=Figure(value=0),
        settled=Figure(value=0),
        kept=(),
        due=(),
        coming=Coming(),
        night_opened=0,
        night_settled=0,
        held=0,
        open=(),
        unowned=0,
        oldest=(),
        tenants=(ACME,),
        chart=ChartAs.WORDS,
    )


TO_TAKE = (
    ToTake(record=record(assignee="U0MARIA"), owner="Maria"),
    ToTake(record=record(id=9, order_id="SO-1050", assignee="U0JOE"), owner="Joe"),
)
FORM = TakeOver(shift="Day:1772564400", channel="C0ACME", versions={7: 3, 9: 3})
TAKEN = Taken(done=2, left=(record(id=12, assignee="U0ANN"), record(id=13, **SETTLED)))

MESSAGES: dict[str, Callable[[], Message]] = {
    "overnight_card": lambda: overnight.storm_card(overnight_view()),
    "overnight_card_calm": lambda: overnight.storm_card(calm_night()),
    "overnight_list": lambda: overnight.storm_list(overnight_view()),
    "overnight_held": lambda: within_storm(
        notices.told("#7"), overnight_view(held_until=DAY_ENDS).storm
    ),
    "handover": lambda: handover(handover_view()),
    "handover_calm": lambda: handover(calm_handover()),
    "handover_no_shifts": nothing_to_hand_over,
    "handover_taken": lambda: taken_over(TAKEN, NAMES),
    "brief": lambda: brief(brief_view()),
    "brief_in_words": lambda: brief(brief_view(chart=ChartAs.WORDS)),
    "brief_calm": lambda: brief(calm_brief()),
    "brief_of_sites": lambda: brief(
        brief_view(sites=("ATL1",), orders=None, tenants=(ACME,), held=0)
    ),
}
MODALS: dict[str, Callable[[], dict[str, Any]]] = {
    "take_over": lambda: take_over_form(TO_TAKE, FORM),
    "take_over_nothing": lambda: take_over_form((), FORM),
}
