"""Everything that E2A draws, by name, so that golden files and limits miss nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from handlers.blocks import (
    authority,
    card,
    dead_letters,
    drafts,
    lists,
    modals,
    notices,
    orders,
    policies,
    shifts,
    status,
    storm,
    storm_forms,
    thread,
)
from handlers.blocks.call import call
from handlers.blocks.digest import digest
from handlers.blocks.help import usage
from handlers.blocks.home import empty_home
from handlers.blocks.ids import Target
from handlers.blocks.silence import silence
from handlers.blocks.targets import target_alarm
from handlers.blocks.undo import TIME, Undoing, with_undo
from jobs.ports.slack import Message
from jobs.show_policy import show_policies
from policies.lifecycle import AWAITED
from policies.promises import Promises
from policies.reasons import ClockKind, ReasonCode, Severity, Status
from policies.roles import Role
from tests.slack import (
    answer_values,
    authority_values,
    bill_values,
    brief_values,
    call_values,
    card_values,
    clock_values,
    home_values,
    insight_values,
    letter_values,
    model_values,
    resolution_values,
    routing_values,
    storm_values,
)
from tests.slack.clock_values import order_view
from tests.slack.values import (
    ACME,
    HISTORY,
    NOW,
    SETTLED,
    WHOLE_EXPLANATION,
    digest_view,
    entry,
    listed,
    outlook,
    preview,
    record,
    silence_view,
    status_view,
    target_view,
    view,
)

MERGED: dict[str, Any] = {
    "order_id": "shopify:5001",
    "status": Status.RESOLVED,
    "resolved_at": NOW,
    "resolution": "merged",
    "resolution_note": "SO-1042",
}
AWAITING: dict[str, Any] = {
    "snoozed_until": NOW + timedelta(hours=15),
    "facts": {**record().facts, AWAITED: {"event": "carrier_scan", "since": NOW.isoformat()}},
}
SNOOZED = {"snoozed_until": NOW + timedelta(hours=2), "assignee": "U0MARIA"}


def _order(name: str) -> Message:
    return orders.orders([clock_values.STATES[name]()])


MESSAGES: dict[str, Callable[[], Message]] = {
    **brief_values.MESSAGES,
    **insight_values.MESSAGES,
    **answer_values.MESSAGES,
    **bill_values.MESSAGES,
    **{f"order_{name}": partial(_order, name) for name in clock_values.STATES},
    "card_open": lambda: card.card(view()),
    "card_with_credit": lambda: card.card(view(credit_cents=420)),
    "card_acknowledged": lambda: card.card(view(status=Status.ACKNOWLEDGED, assignee="U0MARIA")),
    "card_snoozed": lambda: card.card(view(status=Status.IN_PROGRESS, **SNOOZED)),
    "card_with_link": lambda: card.card(
        replace(view(), order_url="https://wms.example/?q=SO-1042&x=1", order_place="the WMS")
    ),
    "card_snoozed_until_scan": lambda: card.card(view(**AWAITING)),
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
    "explanation_whole": lambda: thread.explanation(view(explanation=WHOLE_EXPLANATION)),
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
    "card_merged": lambda: card.card(view(**MERGED)),
    "history_merged": lambda: thread.history(
        view(
            history=(
                *HISTORY,
                entry("settled", "policy:ship", 40, note="merged", after={"order_id": "SO-1042"}),
            ),
            **MERGED,
        )
    ),
    "order_named": lambda: orders.orders(
        [order_view(names=("shiphero:204", "shopify:5001", *(f"tracking:1Z{n}" for n in range(4))))]
    ),
    "status": lambda: status.status(status_view()),
    "digest": lambda: digest([digest_view()]),
    "target_half": lambda: target_alarm(target_view()),
    "target_missed": lambda: target_alarm(target_view(late=9)),
    "target_none_allowed": lambda: target_alarm(target_view(late=1, at_least=Decimal("99.9"))),
    "silence": lambda: silence(silence_view()),
    "silence_over": lambda: silence(silence_view(over=True)),
    **card_values.DRAWINGS,
    **model_values.DRAWINGS,
    **resolution_values.DRAWINGS,
    **home_values.MESSAGES,
    "order_to_save": lambda: orders.orders(
        [order_view(outlooks={(1, "SO-1042", "same_day", ""): outlook()})]
    ),
    **routing_values.MESSAGES,
    "authority_refused": lambda: authority.refused(
        "To resolve takes an operator, a lead or an admin.",
        authority_values.WHO_MAY,
        authority_values.WISH,
    ),
    "authority_refused_nobody": lambda: authority.refused("To grant takes an admin.", (), None),
    "authority_asked": lambda: authority.asked(authority_values.WHO_MAY),
    "authority_request": lambda: authority.request(
        authority_values.REQUEST, authority_values.WHO_MAY
    ),
    "authority_decided": lambda: authority.decided(authority_values.ASKED, "Maria", approved=True),
    "authority_decided_before": lambda: authority.decided_before(authority_values.ASKED),
    "authority_roles": lambda: authority.roles(
        authority_values.GRANTS, {"Acme Outdoors": {Role.OPERATOR}}, {1: "Acme Outdoors"}
    ),
    "authority_given": lambda: authority.role_given("<@U0MARIA>", "is now lead for Acme."),
    "dead_letters": lambda: dead_letters.dead_letters(letter_values.WAITING),
    "dead_letters_none": lambda: dead_letters.dead_letters(letter_values.NONE),
    "dead_letters_preview": lambda: dead_letters.preview(letter_values.SOME_GO, letter_values.ALL),
    "dead_letters_preview_all": lambda: dead_letters.preview(
        letter_values.ALL_GO, letter_values.ALL
    ),
    "dead_letters_none_fit": dead_letters.nothing_fits,
    "dead_letters_replayed": lambda: dead_letters.replayed(letter_values.TRIED),
    "dead_letter_discarded": lambda: dead_letters.discarded(letter_values.ASIDE),
    "dead_letter_discarded_before": lambda: dead_letters.discarded(letter_values.EARLIER),
    "history_called": lambda: thread.history(view(history=call_values.CALLED_HISTORY)),
    "call": lambda: call(call_values.UNANSWERED),
    "call_nobody": lambda: call(call_values.NOBODY_CALLED),
    "call_silence": lambda: call(call_values.SILENT),
    "call_direct": lambda: call(call_values.DIRECT),
    "call_storm": lambda: call(call_values.OF_STORM),
    "shift_given": lambda: shifts.given(record(), "Maria", "ATL1 nights", 2),
    "shift_given_first": lambda: shifts.given(record(), "Maria", "ATL1 nights", 0),
    "shift_nobody": lambda: shifts.nobody_on_shift("ATL1", call_values.TURN),
    "shift_nobody_ever": lambda: shifts.nobody_on_shift(None, None),
    "shift_nobody_may": lambda: shifts.nobody_may((call_values.TURN,), ACME),
    "storm_card": lambda: storm.storm_card(storm_values.storm_view()),
    "storm_card_broad": lambda: storm.storm_card(storm_values.broad_view()),
    "storm_card_settled": lambda: storm.storm_card(storm_values.settled_view()),
    "storm_list": lambda: storm.storm_list(storm_values.storm_view()),
    "storm_explanation": lambda: storm.storm_explanation(storm_values.broad_view()),
    "storm_all_done": lambda: storm_forms.all_done("resolve", storm_values.DONE),
    "storm_split": lambda: storm_forms.split_done(storm_values.SPLIT),
    "storm_which": lambda: storm_forms.which_of_storm(storm_values.storm_view(), "ack"),
    "help": usage,
    "stale": lambda: notices.stale(record(**SETTLED), HISTORY[1], NOW),
    "stale_active": lambda: notices.stale(record(), HISTORY[0], NOW),
    "went_wrong": lambda: notices.went_wrong("e2a-0a1b2c3d"),
    "too_slow": notices.too_slow,
    "unmapped": notices.unmapped,
    "nowhere": notices.nowhere,
    "not_found": lambda: notices.not_found(7),
    "order_not_found": lambda: notices.order_not_found("SO-<!here>"),
    "unknown": lambda: notices.unknown("excpetions", "exceptions"),
    "which": lambda: notices.which((7, 8), "ack"),
    "done": lambda: notices.done("acknowledge", record(status=Status.ACKNOWLEDGED)),
    "done_snoozed": lambda: notices.done("snooze", record(**SNOOZED)),
    "draft_offer": lambda: drafts.draft_offer(view()),
    "draft_to_copy": lambda: drafts.draft_to_copy(record(), "Hello,\n\n*it* is <!here> `late`"),
    "done_with_undo": lambda: with_undo(
        notices.done("resolve", record(**SETTLED)),
        Undoing(target=Target(id=7, version=4), until=NOW + TIME),
    ),
    "done_undone": lambda: notices.done("undo", record(assignee="U0MARIA")),
    "done_snoozed_until_scan": lambda: notices.done("snooze", record(**AWAITING)),
    "replayed": lambda: notices.replayed(preview("#7 would be settled (settled_late).")),
    "replayed_nothing": lambda: notices.replayed(preview()),
}
MODALS: dict[str, Callable[[], dict[str, Any]]] = {
    **brief_values.MODALS,
    **answer_values.MODALS,
    **bill_values.VIEWS,
    "loading": lambda: modals.loading("Resolve"),
    "refusal": lambda: modals.refusal("Resolve", notices.refused("Guests cannot.")),
    "resolve_form": lambda: modals.resolve_form(view(), "C0ACME"),
    "draft_form": lambda: drafts.draft_form(view(), "C0ACME"),
    "draft_form_formal_german": lambda: drafts.draft_form(view(), None, "formal", "de"),
    "snooze_form": lambda: modals.snooze_form(view(), None, "Tue 14:00, your time"),
    "replay_form": lambda: modals.replay_form(view(), preview("It changes.", retryable=2), "C1"),
    "replay_form_nothing": lambda: modals.replay_form(view(), preview(), "C0ACME"),
    "shown": lambda: modals.shown(view()),
    "storm_members": lambda: storm_forms.storm_members(
        storm_values.storm_view(), storm_values.FORM
    ),
    "storm_acknowledge": lambda: storm_forms.act_form(
        storm_values.preview(), "acknowledge", "C0ACME"
    ),
    "storm_resolve": lambda: storm_forms.act_form(storm_values.preview(), "resolve", "C0ACME"),
    "storm_snooze": lambda: storm_forms.act_form(storm_values.preview(), "snooze", None),
    "storm_nothing": lambda: storm_forms.act_form(
        storm_values.preview(nothing=True), "resolve", "C0ACME"
    ),
    **home_values.MODALS,
    **routing_values.MODALS,
    "storm_split_form": lambda: storm_forms.split_form(storm_values.storm_view(), "C0ACME"),
}
HOMES: dict[str, Callable[[], dict[str, Any]]] = {
    **home_values.HOMES,
    **model_values.HOMES,
    "home_empty": lambda: empty_home(notices.nowhere()),
}


def as_json(name: str) -> dict[str, Any]:
    """A drawing as it goes to Slack."""
    if name in MESSAGES:
        drawn = MESSAGES[name]()
        return {"text": drawn.text, "color": drawn.color, "blocks": list(drawn.blocks)}
    return (MODALS | HOMES)[name]()
