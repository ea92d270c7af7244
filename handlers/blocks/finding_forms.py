"""Draws the forms of findings: why one is disputed, whom to ask what, deciding on all of a cause.

Must not look anything up or decide: a preview is handed in.
"""

from typing import Any

from handlers.blocks.elements import Block, context, field, option, section, title
from handlers.blocks.finding_words import cluster_words, compared
from handlers.blocks.ids import Field, Form
from handlers.blocks.invoice_ids import (
    FindingTarget,
    GroupTarget,
    encode_finding,
    encode_group,
)
from handlers.blocks.modals import NOTE_LENGTH
from handlers.blocks.text import data, joined
from jobs.views.findings import GroupView
from policies.money.findings.filed import FindingState

View = dict[str, Any]
CHOICES: tuple[tuple[FindingState, str], ...] = (
    (FindingState.ACCEPTED, "Accept: correct the invoices"),
    (FindingState.OUR_ERROR, "Our error: correct them, and put it down to us"),
    (FindingState.DISPUTED, "Dispute: the invoices stand"),
)


def dispute_form(target: FindingTarget) -> View:
    """Why the invoice stands."""
    why = field(Field.NOTE, "Why the invoice is right", _text())
    said = section("The invoice stays as it is, and no note goes out. The reason is kept.")
    return _form(Form.FINDING_DISPUTE, "Dispute", "Dispute", [said, why], encode_finding(target))


def ask_form(target: FindingTarget) -> View:
    """A question to a colleague, which is posted with the finding."""
    person = {"type": "users_select"}
    blocks = [
        field(Field.MEMBER, "Whom", person),
        field(Field.NOTE, "What you want to know", _text()),
    ]
    return _form(Form.FINDING_ASK, "Ask", "Ask", blocks, encode_finding(target))


def group_form(view: GroupView, channel: str | None) -> View:
    """What would be decided, the first few whole; submitting decides on exactly these."""
    cluster = view.cluster
    target = GroupTarget(
        tenant_id=view.tenant.id, key=cluster.key, up_to=view.up_to, channel=channel
    )
    options = [option(text, state.value) for state, text in CHOICES]
    choice = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    lines = [
        joined(
            f"{one.id}",
            data(one.finding.order_id or one.period, 60),
            data(one.finding.invoice or "not billed", 40),
            compared(one.finding),
        )
        for one in view.shown
    ]
    rest = cluster.count - len(view.shown)
    blocks: list[Block] = [
        section(f"*{data(view.tenant.name, 60)}*: {cluster_words(cluster)}"),
        section(*lines, f"and {rest:,} more" if rest > 0 else None),
        field(Field.REASON, "Decision on all of them", choice),
        field(Field.NOTE, "Note", _text(), optional=True),
        context("What takes a lead stays open where you are none. Nothing found later is in it."),
    ]
    return _form(Form.FINDING_GROUP, "Decide on all", "Decide", blocks, encode_group(target))


def _text() -> Block:
    return {"type": "plain_text_input", "multiline": True, "max_length": NOTE_LENGTH}


def _form(form: Form, name: str, submit: str, blocks: list[Block], metadata: str) -> View:
    return {
        "type": "modal",
        "callback_id": form.value,
        "title": title(name),
        "submit": title(submit),
        "close": title("Cancel"),
        "private_metadata": metadata,
        "blocks": blocks,
    }
