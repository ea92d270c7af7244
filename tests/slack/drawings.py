"""Everything that E2A draws, by name, so that golden files and limits miss nothing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from handlers.blocks import (
    answer,
    card,
    lists,
    modals,
    notices,
    orders,
    policies,
    status,
    thread,
)
from handlers.blocks.digest import digest
from handlers.blocks.help import usage
from handlers.blocks.home import Desk, empty_home, home
from handlers.blocks.risk import risk
from handlers.blocks.silence import silence
from handlers.blocks.targets import target_alarm
from jobs.ports_slack import Message
from jobs.show_policy import show_policies
from policies.promises import Promises
from policies.reasons import ClockKind, ReasonCode, Severity, Status
from tests.slack import clock_values
from tests.slack.clock_values import order_view
from tests.slack.values import (
    ACME,
    HISTORY,
    NOW,
    SETTLED,
    digest_view,
    entry,
    given_answer,
    listed,
    outlook,
    preview,
    record,
    risk_view,
    silence_view,
    status_view,
    target_view,
    view,
)

SNOOZED = {"snoozed_until": NOW + timedelta(hours=2), "assignee": "U0MARIA"}


def _order(name: str) -> Message:
    return orders.orders([clock_values.STATES[name]()])


MESSAGES: dict[str, Callable[[], Message]] = {
    **{f"order_{name}": partial(_order, name) for name in clock_values.STATES},
    "card_open": lambda: card.card(view()),
    "card_acknowledged": lambda: card.card(view(status=Status.ACKNOWLEDGED, assignee="U0MARIA")),
    "card_snoozed": lambda: card.card(view(status=Status.IN_PROGRESS, **SNOOZED)),
    "card_settled": lambda: card.card(view(**SETTLED)),
    "card_resolved": lambda: card.card(
        view(
            status=Status.RESOLVED,
            assignee="U0MARIA",
            resolved_at=NOW,
            resolution="carrier",
            resolution_note="picked up by the late truck",
        )
    ),
    "card_critical_blocked": lambda: card.card(
        view(
            severity=Severity.CRITICAL,
            facts={},
            resolution_blocked=True,
            resolution_block_reason="AI confidence too low (0.15) - manual review required",
        )
    ),
    "explanation": lambda: thread.explanation(view()),
    "explanation_none": lambda: thread.explanation(view(explanation=None)),
    "history": lambda: thread.history(
        view(
            history=(
                *HISTORY,
                entry("assign", "slack:U0MARIA", 9, after={"assignee": "U0JOE"}),
                entry("settled", "policy:ship", 40, note="settled_late"),
            ),
            **SETTLED,
        )
    ),
    "exceptions": lambda: lists.exceptions(
        listed(record(), record(id=9, assignee="U0JOE", order_id="SO-1050"), total=57)
    ),
    "exceptions_none": lambda: lists.exceptions(listed()),
    "audit": lambda: lists.audit(view(history=HISTORY), {"U0MARIA": "Maria"}),
    "order": lambda: orders.orders([order_view()]),
    "orders_two": lambda: orders.orders([order_view(), order_view()]),
    "policy_show": lambda: policies.policies(clock_values.policy_views()),
    "policy_none": lambda: policies.policies(show_policies([ACME], Promises(rules=()), NOW)),
    "policy_one": lambda: (
        policies.promise(clock_values.policy_views(), "same_day") or notices.not_found(0)
    ),
    "policy_lint": lambda: policies.findings([clock_values.lint_view()]),
    "simulate": lambda: policies.started(clock_values.start_view(service="ground")),
    "simulate_nothing": lambda: policies.started(clock_values.start_view("order_payed")),
    "simulate_order": lambda: policies.moved(clock_values.move_view()),
    "simulate_scan": lambda: policies.moved(clock_values.move_view("carrier_scan")),
    "card_carrier": lambda: card.card(
        view(kind=ClockKind.CARRIER, reason_code=ReasonCode.FIRST_SCAN_MISSING)
    ),
    "card_cured": lambda: card.card(view(**{**SETTLED, "resolution": "cured"})),
    "card_no_longer": lambda: card.card(
        view(status=Status.RESOLVED, resolved_at=NOW, resolution="no_longer_applies")
    ),
    "status": lambda: status.status(status_view()),
    "digest": lambda: digest([digest_view()]),
    "target_half": lambda: target_alarm(target_view()),
    "target_missed": lambda: target_alarm(target_view(late=9)),
    "target_none_allowed": lambda: target_alarm(target_view(late=1, at_least=Decimal("99.9"))),
    "silence": lambda: silence(silence_view()),
    "silence_over": lambda: silence(silence_view(over=True)),
    "risk": lambda: risk(risk_view()),
    "order_to_save": lambda: orders.orders(
        [order_view(outlooks={(1, "SO-1042", "same_day", ""): outlook()})]
    ),
    "subscribed": lambda: notices.subscribed(on=True, changed=True),
    "help": usage,
    "answer": lambda: answer.answer(given_answer()),
    "stale": lambda: notices.stale(record(**SETTLED), HISTORY[1], NOW),
    "stale_active": lambda: notices.stale(record(), HISTORY[0], NOW),
    "went_wrong": lambda: notices.went_wrong("e2a-0a1b2c3d"),
    "too_slow": notices.too_slow,
    "unmapped": notices.unmapped,
    "nowhere": notices.nowhere,
    "not_found": lambda: notices.not_found(7),
    "order_not_found": lambda: notices.order_not_found("SO-<!here>"),
    "unknown": lambda: notices.unknown("excpetions", "exceptions"),
    "later": lambda: notices.later("invoices"),
    "which": lambda: notices.which((7, 8), "ack"),
    "done": lambda: notices.done("acknowledge", record(status=Status.ACKNOWLEDGED)),
    "done_snoozed": lambda: notices.done("snooze", record(**SNOOZED)),
    "replayed": lambda: notices.replayed(preview("#7 would be settled (settled_late).")),
    "replayed_nothing": lambda: notices.replayed(preview()),
}
MODALS: dict[str, Callable[[], dict[str, Any]]] = {
    "loading": lambda: modals.loading("Resolve"),
    "refusal": lambda: modals.refusal("Resolve", notices.refused("Guests cannot.")),
    "resolve_form": lambda: modals.resolve_form(view(), "C0ACME"),
    "snooze_form": lambda: modals.snooze_form(view(), None),
    "replay_form": lambda: modals.replay_form(view(), preview("It changes.", retryable=2), "C1"),
    "replay_form_nothing": lambda: modals.replay_form(view(), preview(), "C0ACME"),
    "shown": lambda: modals.shown(view()),
}
HOMES: dict[str, Callable[[], dict[str, Any]]] = {
    "home": lambda: home(
        Desk(status=status_view(), mine=listed(), unowned=listed(record(), total=3))
    ),
    "home_empty": lambda: empty_home(notices.nowhere()),
}


def as_json(name: str) -> dict[str, Any]:
    """A drawing as it goes to Slack."""
    if name in MESSAGES:
        drawn = MESSAGES[name]()
        return {"text": drawn.text, "color": drawn.color, "blocks": list(drawn.blocks)}
    return (MODALS | HOMES)[name]()
