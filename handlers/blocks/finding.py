"""Draws one finding as a card, and what proves it.

Must not look anything up or decide: notes and events are handed in.
"""

from typing import Any

from handlers.blocks.amounts import amount, day
from handlers.blocks.elements import (
    MOST_MODAL_BLOCKS,
    Block,
    actions,
    context,
    fit,
    message,
    plain_button,
    section,
    title,
)
from handlers.blocks.finding_words import about, code_words, compared, difference
from handlers.blocks.ids import Form, Verb
from handlers.blocks.invoice_ids import FindingTarget, encode_finding
from handlers.blocks.text import counted, data, joined, moment
from jobs.decide_finding import FindingDone
from jobs.ports.slack import Message
from jobs.views.findings import EvidenceView, FindingView
from policies.money.findings.filed import FiledFinding, FindingState
from policies.money.findings.finding import Cause
from policies.money.invoice_values import SYSTEM, Adjustment, Approval, NoteStatus

View = dict[str, Any]
_SHOWN = 2_900
_STATES = {
    FindingState.ACCEPTED: "accepted",
    FindingState.OUR_ERROR: "our error",
    FindingState.DISPUTED: "disputed: the invoice stands",
    FindingState.GONE: "withdrawn: it is not true any more",
}
_WAITS = {
    Approval.AUTOMATIC: "goes out by itself",
    Approval.SECOND_PERSON: "waits for a person",
    Approval.LEAD: "waits for a lead",
}


def finding_card(view: FindingView) -> list[Block]:
    """The finding in three lines, and its buttons while it is open."""
    filed, finding = view.filed, view.filed.finding
    where = joined(
        f"*Finding {filed.id}*",
        data(view.tenant.name, 40),
        data(finding.order_id, 60) if finding.order_id else data(filed.period, 20),
        data(finding.invoice, 40) if finding.invoice else "not billed",
    )
    follow = finding.follow_up_cents
    also = (
        f"{amount(follow, finding.currency)} of it follows in minimum, multipliers, discount or tax"
        if follow
        else None
    )
    lines = [
        where,
        f"{about(finding.cause, finding.code).capitalize()}: {compared(finding)}",
        joined(f"*{difference(finding.difference_cents, finding.currency)}*", also),
    ]
    blocks = [section(*lines), context(_small_print(view))]
    return [*blocks, _buttons(filed)] if filed.state is FindingState.OPEN else blocks


def one_finding(view: FindingView) -> Message:
    """A finding by itself."""
    finding = view.filed.finding
    text = (
        f"Finding {view.filed.id}: {about(finding.cause, finding.code)}, "
        f"{difference(finding.difference_cents, finding.currency)}"
    )
    return message(text, finding_card(view))


def decided(done: FindingDone, name: str) -> Message:
    """Who decided what, and what becomes of it."""
    text = (
        f"{data(name, 60)}: finding {done.filed.id} is {_STATES[done.filed.state]}. "
        f"{_outcome(done.filed, done.note)}"
    )
    return message(text, [section(text)])


def evidence_view(view: EvidenceView) -> View:
    """Everything behind a finding: the billed line, the tariff's line, the order's events."""
    finding = view.view.filed.finding
    blocks: list[Block] = [
        *finding_card(view.view)[:2],
        section("*Billed*", _billed_line(view)),
        section("*Due*", _due(view)),
        section("*Events*", *_events(view)),
    ]
    if finding.evidence and not view.proofs:
        shown = ", ".join(data(one, 60) for one in finding.evidence[:20])
        blocks.append(section("*Proof*", shown))
    return {
        "type": "modal",
        "callback_id": Form.FINDING_EVIDENCE.value,
        "title": title(f"Finding {view.view.filed.id}"),
        "close": title("Close"),
        "blocks": fit(blocks, MOST_MODAL_BLOCKS, _SHOWN * 3),
    }


def _small_print(view: FindingView) -> str:
    filed, finding = view.filed, view.filed.finding
    rule = f"tariff {data(finding.tariff_version, 30)}, {code_words(finding.code)}"
    if finding.cause is Cause.OTHER_VERSION and finding.billed_version:
        rule += f"; that price is in {data(finding.billed_version, 30)}"
    return joined(
        rule if finding.code != "*" else f"tariff {data(finding.tariff_version, 30)}",
        day(finding.service_date) if finding.service_date else None,
        counted(len(finding.evidence), "event") if finding.evidence else "no event",
        _standing(filed, view.note),
    )


def _standing(filed: FiledFinding, note: Adjustment | None) -> str:
    if filed.state is FindingState.OPEN:
        if note is None:
            return "waits for a decision"
        return f"{_note(note).lower()} {_WAITS[note.approval]}"
    by = "by the tariff's limit" if filed.decided_by == SYSTEM else _person(filed.decided_by)
    return joined(_STATES[filed.state], by, _number(note))


def _outcome(filed: FiledFinding, note: Adjustment | None) -> str:
    if filed.state is FindingState.DISPUTED:
        return "No note goes out."
    if note is None:
        return "There is no invoice to correct; the next run bills what is due."
    return f"{_note(note)} goes out: {note.number}."


def _note(note: Adjustment) -> str:
    kind = "A credit note" if note.amount_cents < 0 else "A debit note"
    return f"{kind} of {amount(abs(note.amount_cents), note.currency)}"


def _number(note: Adjustment | None) -> str | None:
    return note.number if note is not None and note.status is NoteStatus.ISSUED else None


def _person(actor: str) -> str:
    kind, _, name = actor.partition(":")
    return f"<@{data(name, 40)}>" if kind == "slack" else data(actor, 40)


def _buttons(filed: FiledFinding) -> Block:
    value = encode_finding(FindingTarget(finding_id=filed.id))
    accept = {**plain_button(Verb.FINDING_ACCEPT, value), "style": "primary"}
    rest = (Verb.FINDING_OURS, Verb.FINDING_DISPUTE, Verb.FINDING_ASK, Verb.FINDING_EVIDENCE)
    return actions([accept, *(plain_button(verb, value) for verb in rest)])


def _billed_line(view: EvidenceView) -> str:
    finding, line = view.view.filed.finding, view.line
    if view.invoice is None:
        return "nothing"
    if line is None:
        return f"{data(finding.invoice, 40)}, {amount(finding.billed_cents, finding.currency)}"
    return joined(
        f"{data(finding.invoice, 40)} line {line.number}",
        f"{code_words(line.code)} {line.quantity:,} x {amount(line.unit_cents, line.currency)}",
        amount(line.amount_cents, line.currency),
        f"tariff {data(line.tariff_version, 30)}",
    )


def _due(view: EvidenceView) -> str:
    finding = view.view.filed.finding
    return joined(
        f"tariff {data(finding.tariff_version, 30)}",
        code_words(finding.code) if finding.code != "*" else "all lines",
        amount(finding.expected_cents, finding.currency),
    )


def _events(view: EvidenceView) -> list[str]:
    lines = [
        joined(
            f"{'*' if one.counted else ''}{data(one.kind.replace('_', ' '), 60)}"
            f"{'*' if one.counted else ''}",
            moment(one.at),
            f"{data(one.source, 30)} {data(one.event_id, 60)}",
        )
        for one in view.proofs
    ]
    if view.more:
        lines.append(f"and {view.more} more")
    return lines or ["no event of this order is known"]
