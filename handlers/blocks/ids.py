"""The names by which Slack and E2A know their buttons, forms and commands, in one place.

Must not draw or handle anything; a test holds the manifest to these names.
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from handlers.blocks.values import count_of, read_back

COMMAND = "/e2a"
EVENTS = (
    "app_context_changed",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "link_shared",
    "message.im",
    "reaction_added",
    "tokens_revoked",
)
"""What the manifest subscribes to."""
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "links:read",
    "links:write",
    "reactions:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
"""What the manifest and the installation ask for."""


class Verb(StrEnum):
    """Action ids of buttons."""

    ACKNOWLEDGE = "e2a_acknowledge"
    ASSIGN = "e2a_assign"
    RESOLVE = "e2a_resolve"
    SNOOZE = "e2a_snooze"
    REPLAY = "e2a_replay"
    REOPEN = "e2a_reopen"
    SHOW = "e2a_show"
    EXPLAIN = "e2a_explain"
    DLQ_REPLAY = "e2a_dlq_replay"
    STORM_LIST = "e2a_storm_list"
    STORM_ACKNOWLEDGE = "e2a_storm_acknowledge"
    STORM_RESOLVE = "e2a_storm_resolve"
    STORM_SNOOZE = "e2a_storm_snooze"
    STORM_SPLIT = "e2a_storm_split"
    STORM_PAGE = "e2a_storm_page"
    STORM_CLIENT = "e2a_storm_client"
    STORM_UNDO = "e2a_storm_undo"
    TAKE_OVER = "e2a_take_over"
    ASK = "e2a_ask_approval"
    APPROVE = "e2a_approve"
    DECLINE = "e2a_decline"
    UNDO = "e2a_undo"
    DRAFT = "e2a_draft"
    DRAFT_TONE = "e2a_draft_tone"
    DRAFT_LANGUAGE = "e2a_draft_language"
    ORDER = "e2a_order"
    SETTINGS = "e2a_settings"
    REFRESH = "e2a_refresh"
    MAP = "e2a_map"
    SUBSCRIPTION_EDIT = "e2a_subscription_edit"
    SUBSCRIPTION_ADD = "e2a_subscription_add"
    SUBSCRIPTION_REMOVE = "e2a_subscription_remove"
    SUBSCRIPTION_TEST = "e2a_subscription_test"
    ANSWER_HELPED = "e2a_answer_helped"
    ANSWER_NO_HELP = "e2a_answer_no_help"
    ANSWER_SHARE = "e2a_answer_share"
    ANSWER_KEEP = "e2a_answer_keep"
    FINDING_ACCEPT = "e2a_finding_accept"
    FINDING_OURS = "e2a_finding_ours"
    FINDING_DISPUTE = "e2a_finding_dispute"
    FINDING_ASK = "e2a_finding_ask"
    FINDING_EVIDENCE = "e2a_finding_evidence"
    FINDING_GROUP = "e2a_finding_group"
    BILL_CONFIRM = "e2a_bill_confirm"
    BILL_COLUMNS = "e2a_bill_columns"
    BILL_FILED = "e2a_bill_filed"


class Form(StrEnum):
    """Callback ids of modals and of the Home tab."""

    WAIT = "e2a_wait"
    SHOW = "e2a_show_view"
    RESOLVE = "e2a_resolve_form"
    SNOOZE = "e2a_snooze_form"
    REPLAY = "e2a_replay_form"
    DRAFT = "e2a_draft_form"
    STORM = "e2a_storm_view"
    STORM_ACT = "e2a_storm_form"
    STORM_SPLIT = "e2a_storm_split_form"
    TAKE_OVER = "e2a_take_over_form"
    ASK = "e2a_ask_form"
    ANSWER = "e2a_answer_form"
    ORDER = "e2a_order_view"
    SETTINGS = "e2a_settings_form"
    HOME = "e2a_home"
    SUBSCRIPTION = "e2a_subscription_form"
    BILL = "e2a_bill_form"
    FINDING_DISPUTE = "e2a_finding_dispute_form"
    FINDING_ASK = "e2a_finding_ask_form"
    FINDING_GROUP = "e2a_finding_group_form"
    FINDING_EVIDENCE = "e2a_finding_view"


class Field(StrEnum):
    """Block ids of a modal's inputs; each holds one element of the same action id."""

    REASON = "reason"
    NOTE = "note"
    UNTIL = "until"
    CUSTOM = "custom"
    MEMBER = "member"
    ORDER = "order"
    DRAFT = "draft"
    WORDS = "words"
    QUIET_DAYS = "quiet_days"
    QUIET_FROM = "quiet_from"
    QUIET_UNTIL = "quiet_until"
    TELL = "tell"
    LANGUAGE = "language"
    CLIENTS = "clients"
    SITES = "sites"
    CARRIERS = "carriers"
    REASONS = "reasons"
    SEVERITY = "severity"


class Shortcut(StrEnum):
    """Callback ids of shortcuts: on a message, and from anywhere."""

    ACTIONS = "e2a_exception_actions"
    ASK = "e2a_ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which exception a button or form is about, and the version that its presser saw."""

    id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTarget:
    """A form's target and where it was opened, so that the answer goes back there."""

    target: Target
    channel: str | None = None


MOST_LETTERS = 50
"""Dead letters that a button can name by number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Which dead letters a replay is about: by number, of a kind, of an order, or all.

    `newest` is the last one that was shown before the press; None before anything was shown.
    """

    ids: tuple[int, ...] = ()
    kind: str | None = None
    order_id: str | None = None
    newest: int | None = None


def encode(target: Target) -> str:
    """The button's value: `{"id":7,"v":3}`."""
    return json.dumps({"id": target.id, "v": target.version}, separators=(",", ":"))


def decode(value: object) -> Target | None:
    """The button's target, or None for anything that `encode` did not write."""
    data = read_back(value)
    if data is None:
        return None
    number, version = count_of(data.get("id")), count_of(data.get("v"))
    if not number or not version:
        return None
    return Target(id=number, version=version)


def encode_form(form: FormTarget) -> str:
    """The form's private_metadata."""
    data = {"id": form.target.id, "v": form.target.version, "channel": form.channel}
    return json.dumps(data, separators=(",", ":"))


def decode_form(value: object) -> FormTarget | None:
    """The form's target, or None for anything that `encode_form` did not write."""
    target, data = decode(value), read_back(value)
    if target is None or data is None:
        return None
    channel = data.get("channel")
    return FormTarget(target=target, channel=channel if isinstance(channel, str) else None)


def encode_letters(letters: Letters) -> str:
    """The button's value: `{"ids":[],"kind":"slack","order":null,"to":41}`."""
    data = {
        "ids": letters.ids,
        "kind": letters.kind,
        "order": letters.order_id,
        "to": letters.newest,
    }
    return json.dumps(data, separators=(",", ":"))


def decode_letters(value: object) -> Letters | None:
    """What the button is about, or None for anything that `encode_letters` did not write."""
    data = read_back(value)
    if data is None:
        return None
    ids, kind, order, newest = (data.get(name) for name in ("ids", "kind", "order", "to"))
    counts = [*ids, newest] if isinstance(ids, list) else [None]
    if not all(map(count_of, counts)) or len(counts) > MOST_LETTERS + 1:
        return None
    if not all(one is None or isinstance(one, str) for one in (kind, order)):
        return None
    return Letters(ids=tuple(ids), kind=kind, order_id=order, newest=newest)  # type: ignore[arg-type]
