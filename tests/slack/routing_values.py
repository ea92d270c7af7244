"""What goes where, for drawings of it. Must not look anything up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from handlers.blocks import mapping, subscription_form
from handlers.blocks import subscriptions as drawn
from handlers.blocks.mapping_ids import Confirmed
from handlers.blocks.subscription_form import SubscriptionForm
from jobs.ports.slack import Message
from jobs.views.routing import ClientRoutes, KnownNames, TrialView, UnreachedView
from policies.reasons import ReasonCode, Severity
from policies.routing import ALERTS, DIGEST, HANDOVER, INSIGHT, Destination, Filters, Subscription
from tests.slack.values import ACME, GLOBEX

NARROW = Filters(
    sites=("ATL1", "DAL2 & <!here>"),
    carriers=("UPS",),
    reasons=(ReasonCode.PICK_DELAY, ReasonCode.CARRIER_ISSUE),
    at_least=Severity.HIGH,
)
ONE = Subscription(
    id=3, tenant_id=1, channel_id="C0ACME", channel="#acme", kind=ALERTS, filters=NARROW.as_json
)
DIGESTED = replace(ONE, id=4, kind=DIGEST, filters={})
FAR = replace(ONE, id=5, tenant_id=2, channel_id="C0FAR", channel="", filters={})
KNOWN = KnownNames(sites=("ATL1", "DAL2"), carriers=("FedEx", "UPS"))
FORM = SubscriptionForm(channel="C0ACME", number=3)
ACME_ROUTES = ClientRoutes(
    tenant=ACME,
    home=Destination(channel="C0ACME", home="#acme"),
    subscriptions=(ONE, DIGESTED),
    shown=("C0TOO",),
)
GLOBEX_ROUTES = ClientRoutes(
    tenant=GLOBEX,
    home=Destination(channel="C0GLOBEX", home="#globex"),
    subscriptions=(FAR,),
    shown=("C0ACME", "C0FAR"),
)
BOARD = drawn.Board(
    clients=(ACME_ROUTES, GLOBEX_ROUTES),
    here="C0ACME",
    home_ids={1: "C0ACME", 2: "C0GLOBEX"},
    theirs=frozenset({"C0ACME", "C0GLOBEX", "C0TOO"}),
    may_change=True,
)
UNREACHED = UnreachedView(
    tenant=ACME,
    channel_id="C0FAR",
    why="is_archived",
    leads=("user:U0JOE", "group:S0OPS"),
    numbers=(5, 7),
)

MESSAGES: dict[str, Callable[[], Message]] = {
    "subscribed": lambda: drawn.subscribed(
        ALERTS, ["Acme", "Globex"], NARROW, ["What fits nowhere comes here."], fresh=True
    ),
    "subscribed_insight": lambda: drawn.subscribed(INSIGHT, ["Acme"], Filters(), [], fresh=True),
    "subscribed_digest": lambda: drawn.subscribed(DIGEST, ["Acme"], Filters(), [], fresh=True),
    "subscribed_already": lambda: drawn.subscribed(
        ALERTS, ["Acme"], Filters(at_least=Severity.CRITICAL), [], fresh=False
    ),
    "unsubscribed": lambda: drawn.unsubscribed(
        [("Acme", ONE), ("Acme", DIGESTED)], [drawn.all_again(["Acme"])]
    ),
    "unsubscribed_nothing": lambda: drawn.unsubscribed([], []),
    "subscribed_handover": lambda: drawn.subscribed(
        HANDOVER, ["Acme"], Filters(sites=("ATL1",)), [], fresh=True
    ),
    "subscriptions": lambda: drawn.board(BOARD),
    "subscriptions_alone": lambda: drawn.board(replace(BOARD, here=None)),
    "subscriptions_none": lambda: drawn.board(
        replace(BOARD, clients=(GLOBEX_ROUTES,), here="C0EMPTY", may_change=False)
    ),
    "trial": lambda: drawn.trial(TrialView(channel_id="C0ACME", clients=BOARD.clients)),
    "trial_nothing": lambda: drawn.trial(TrialView(channel_id="C0EMPTY", clients=BOARD.clients)),
    "trial_sent": drawn.trial_sent,
    "unreached": lambda: drawn.unreached(UNREACHED),
    "mapped": lambda: mapping.mapped("Acme <!here>", "#acme", fresh=True),
    "mapped_already": lambda: mapping.mapped("Acme", "C0ACME", fresh=False),
    "mapped_default": lambda: mapping.is_default("Acme", "C0OLD", fresh=True),
    "mapped_default_already": lambda: mapping.is_default("Acme", None, fresh=False),
    "mapped_outside": lambda: mapping.outside(
        "Acme", Confirmed(tenant_id=1, channel_id="C0ACME"), known=True
    ),
    "unmapped_now": lambda: mapping.unmapped_now("Acme"),
    "unmapped_default": lambda: mapping.still_default("Acme"),
}
MODALS: dict[str, Callable[[], dict[str, Any]]] = {
    "subscription_edit": lambda: subscription_form.edit_form(FORM, "Acme", ONE, KNOWN),
    "subscription_add": lambda: subscription_form.add_form(
        replace(FORM, number=None), (ACME, GLOBEX), KnownNames()
    ),
    "subscription_removed": lambda: subscription_form.removed("Acme", ONE),
}
