"""Draws the form of one alert subscription: which clients, and what it is narrowed to.

Must not look up names: they are given, and those that a subscription has already are kept.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.blocks.elements import (
    MOST_MODAL_BLOCKS,
    Block,
    actions,
    context,
    field,
    fit,
    option,
    plain_button,
    section,
    title,
    words,
)
from handlers.blocks.ids import Field, Form, Verb
from handlers.blocks.subscriptions import reason_words, wanted
from handlers.blocks.text import data
from handlers.blocks.values import FORM, count_of, read_back, text_of
from jobs.views.routing import KnownNames
from policies.reasons import ReasonCode, Severity
from policies.records import Tenant
from policies.routing import Filters, Subscription

View = dict[str, Any]
ALL = "all"
NAME = "Subscription"
_MOST = 100
_NONE = "No site or carrier was named of late. To narrow to one, type it: subscribe site ATL1."


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionForm:
    """Which subscription a form is about (None: a new one), opened in which channel."""

    channel: str
    number: int | None = None


def encode_subscription(form: SubscriptionForm) -> str:
    """The form's private_metadata."""
    return json.dumps({"channel": form.channel, "sub": form.number}, separators=(",", ":"))


def decode_subscription(value: object) -> SubscriptionForm | None:
    """The form, or None for anything that `encode_subscription` did not write."""
    found = read_back(value, FORM) or {}
    channel, stated = text_of(found.get("channel")), found.get("sub")
    number = count_of(stated)
    if channel is None or (stated is not None and number is None):
        return None
    return SubscriptionForm(channel=channel, number=number)


def edit_form(form: SubscriptionForm, client: str, one: Subscription, known: KnownNames) -> View:
    """One subscription, to change or to take away."""
    now = f"Now: {wanted(one.kind, [client], one.wanted)}."
    remove = plain_button(Verb.SUBSCRIPTION_REMOVE, str(form.number))
    blocks = [
        section(now),
        *_filters(one.wanted, known),
        actions([{**remove, "style": "danger"}, plain_button(Verb.SUBSCRIPTION_TEST)]),
    ]
    return _view(form, "Save", blocks)


def add_form(form: SubscriptionForm, clients: Sequence[Tenant], known: KnownNames) -> View:
    """A new one, of any of the clients that the channel sees."""
    chosen = [option(data(one.name, 75), str(one.id)) for one in clients[:_MOST]]
    element = {"type": "multi_static_select", "options": chosen, "initial_options": chosen}
    blocks = [
        section("Alerts come here as they are narrowed below. What is empty does not narrow."),
        field(Field.CLIENTS, "Clients", element),
        *_filters(Filters(), known),
    ]
    return _view(form, "Subscribe", blocks)


def removed(client: str, one: Subscription) -> View:
    """Takes the place of the form whose subscription is gone."""
    said = wanted(one.kind, [client], one.wanted)
    return {
        "type": "modal",
        "callback_id": Form.WAIT.value,
        "title": title(NAME),
        "close": title("Close"),
        "blocks": [section(f"Taken away: {said}.")],
    }


def _filters(filters: Filters, known: KnownNames) -> list[Block]:
    blocks = [
        *_names(Field.SITES, "Sites", known.sites, filters.sites),
        *_names(Field.CARRIERS, "Carriers", known.carriers, filters.carriers),
    ]
    codes = {code.value: reason_words(code) for code in ReasonCode}
    reasons = _several(codes, [code.value for code in filters.reasons])
    least = {ALL: "All", **{one.value: _up(one) for one in Severity if one is not Severity.LOW}}
    at_least = filters.at_least.value if filters.at_least else ALL
    severity = {
        "type": "static_select",
        "options": [option(text, value) for value, text in least.items()],
        "initial_option": option(least[at_least], at_least),
    }
    return [
        *(blocks or [context(_NONE)]),
        field(Field.REASONS, "Reasons", reasons, optional=True),
        field(Field.SEVERITY, "Severity", severity),
    ]


def _names(block: Field, label: str, known: Sequence[str], held: Sequence[str]) -> list[Block]:
    """Those that are held come first, so that none is lost where there are many."""
    given = {name.casefold() for name in held}
    names = [*held, *(name for name in known if name.casefold() not in given)][:_MOST]
    if not names:
        return []
    choices = {name: data(name, 75) for name in names}
    return [field(block, label, _several(choices, held), optional=True)]


def _several(choices: Mapping[str, str], held: Sequence[str]) -> Block:
    made: Block = {
        "type": "multi_static_select",
        "options": [option(text, value) for value, text in choices.items()],
    }
    initial = [option(choices[value], value) for value in held if value in choices]
    return {**made, "initial_options": initial} if initial else made


def _up(severity: Severity) -> str:
    return f"{severity.value} {'only' if severity is Severity.CRITICAL else 'and up'}"


def _view(form: SubscriptionForm, submit: str, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": Form.SUBSCRIPTION.value,
        "title": title(NAME),
        "submit": words(submit, 24),
        "close": title("Cancel"),
        "private_metadata": encode_subscription(form),
        "blocks": fit(blocks, MOST_MODAL_BLOCKS, 20_000),
    }
