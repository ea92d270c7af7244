"""A Home as it looks on an ordinary afternoon, for drawing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.blocks.home import home
from handlers.blocks.order_form import order_view
from handlers.blocks.orders import orders
from handlers.blocks.personal import personal
from handlers.blocks.settings_form import settings_form
from jobs.ports.slack import Message
from jobs.tell_owner import AGAIN, ASSIGNED, WORSE
from jobs.views import ExceptionView, PersonalView
from jobs.views.home import (
    FeedView,
    HomeView,
    OpenWork,
    PromiseToday,
    RunningWork,
    SubscribedView,
    Tile,
    Worth,
)
from policies.order_facts import Silence
from policies.personal_settings import PersonalSettings
from policies.queries import Tally
from policies.quiet import Quiet
from policies.reasons import ReasonCode, Severity, Stage
from policies.records import Alert, AlertPart
from policies.routing import ALERTS, DIGEST, Filters
from tests.slack import clock_values
from tests.slack.values import (
    ACME,
    GLOBEX,
    NOW,
    clock,
    outlook,
    record,
    silence_view,
    target_view,
    view,
)

MINUTE = timedelta(minutes=1)
SETTINGS = PersonalSettings(
    user_id="U0MARIA",
    quiet=Quiet(begins=1140, ends=420, days=(0, 1, 2, 3, 4), zone="America/New_York"),
    tell_worse=False,
    language="de",
)
UNSET = PersonalSettings(user_id="U0MARIA")


def open_work(**changes: Any) -> OpenWork:  # noqa: ANN401
    """The parcel that was not scanned."""
    worth = changes.pop("worth", Worth(value_cents=12840, credit_cents=420, tier="gold"))
    tenant = changes.pop("tenant", ACME)
    return OpenWork(record=record(**changes), tenant=tenant, worth=worth, points=61.0)


def running_work() -> RunningWork:
    """An order that can still be picked in time."""
    return RunningWork(
        row=clock(),
        tenant=ACME,
        promise="picked within 2 h of payment",
        worth=Worth(value_cents=41200, tier="standard"),
        points=50.0,
        outlook=outlook(),
    )


def feed(source: str, minutes: int, **changes: Any) -> FeedView:  # noqa: ANN401
    """A source that was heard some minutes ago."""
    usual = FeedView(
        tenant=ACME,
        source=source,
        last_at=NOW - minutes * MINUTE,
        usual_minutes=2.04,
        learnt=True,
        silence=None,
    )
    return replace(usual, **changes)


def silent_feed() -> FeedView:
    """The warehouse's, which says nothing."""
    since = NOW - 42 * MINUTE
    return feed("wms", 42, silence=Silence(source="wms", since=since, reported_at=NOW))


def home_view(**changes: Any) -> HomeView:  # noqa: ANN401
    """Two clients, a queue, one order to save, one silent source."""
    waking = record(id=12, order_id="SO-1077", snoozed_until=NOW + timedelta(hours=2))
    pick = {"reason_code": ReasonCode.PICK_DELAY, "stage": Stage.PICK, "severity": Severity.MEDIUM}
    picks = {**pick, "id": 9, "order_id": "SO-1050", "facts": {}}
    usual = HomeView(
        tenants=(ACME, GLOBEX),
        tiles=(
            Tile(name="Open", figure="7", note="2 high, 5 medium"),
            Tile(name="Without owner", figure="3"),
            Tile(name="Snoozed", figure="1"),
        ),
        mine=(open_work(assignee="U0MARIA"),),
        mine_total=3,
        saves=(
            open_work(id=8, order_id="GX-1", tenant=GLOBEX, severity=Severity.CRITICAL),
            running_work(),
            open_work(**picks, worth=Worth()),
        ),
        saves_total=4,
        waking=(waking,),
        promises=(
            PromiseToday(
                tenant=ACME,
                sla_id="ship",
                tally=Tally(met=146, late=4, running=31, no_data=3),
                target=target_view(),
            ),
            PromiseToday(tenant=GLOBEX, sla_id="pick", tally=Tally(running=12)),
        ),
        feeds=(
            silent_feed(),
            feed("shopify", 3),
            feed("ups", 0, usual_minutes=None),
            feed("carrier", 95, tenant=GLOBEX, learnt=False),
        ),
        silent=(silence_view(),),
        subscriptions=(
            SubscribedView(
                channel_id="C0ACME", kind=ALERTS, filters=Filters(), clients=("Acme Outdoors",)
            ),
            SubscribedView(
                channel_id="#globex", kind=DIGEST, filters=Filters(), clients=("Globex",)
            ),
        ),
        now=NOW,
    )
    return replace(usual, **changes)


def calm_home() -> HomeView:
    """One client on a morning on which nothing has happened yet."""
    return home_view(
        tenants=(ACME,),
        tiles=(Tile(name="Open", figure="0"), Tile(name="Without owner", figure="0")),
        mine=(),
        mine_total=0,
        saves=(),
        saves_total=0,
        waking=(),
        promises=(),
        feeds=(),
        silent=(),
        subscriptions=(),
    )


def told_view() -> ExceptionView:
    """One whose card stands in Acme's channel."""
    card_there = AlertPart(part="card", ts="1772556060.000100")
    there = Alert(
        id=1,
        tenant_id=1,
        kind="exception",
        channel="#acme",
        channel_id="C0ACME",
        parts=(card_there,),
        created_at=NOW,
    )
    return replace(view(), thread=there)


MESSAGES: dict[str, Callable[[], Message]] = {
    "personal_assigned": lambda: personal(PersonalView(exception=view(), why=ASSIGNED, by="Joe")),
    "personal_again": lambda: personal(PersonalView(exception=told_view(), why=AGAIN)),
    "personal_worse": lambda: personal(PersonalView(exception=view(credit_cents=420), why=WORSE)),
}
MODALS: dict[str, Callable[[], dict[str, Any]]] = {
    "order_form": lambda: order_view(orders([clock_values.order_view()])),
    "settings_form": lambda: settings_form(UNSET, "America/New_York"),
    "settings_form_set": lambda: settings_form(SETTINGS, "America/New_York"),
}
HOMES: dict[str, Callable[[], dict[str, Any]]] = {
    "home": lambda: home(home_view(), SETTINGS),
    "home_calm": lambda: home(calm_home(), UNSET),
}
