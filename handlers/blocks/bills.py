"""Draws audits of bills: how the columns are taken, what came of it, what is due.

Must not look anything up, and quotes nothing of a bill but headings and numbers.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from handlers.blocks.bill_ids import BillTarget, encode_bill
from handlers.blocks.bill_words import COLUMNS, VERDICTS, amount, amounts, cause_words
from handlers.blocks.elements import Block, actions, context, message, plain_button, section
from handlers.blocks.ids import COMMAND, Verb
from handlers.blocks.text import counted, data
from jobs.audit_bill import Asked
from jobs.ports.slack import Message
from jobs.views.bills import BillView, ClaimsView
from policies.money.audit.totals import CauseSum
from policies.money.audit.verdict import Verdict

_MOST_CAUSES, _MOST_BILLS = 25, 10
_HEAD = ("Why", "Lines", "Difference", "Claim by")
_OPEN = (Verdict.AMBIGUOUS, Verdict.NO_RATE, Verdict.UNREADABLE)
_ELSEWHERE = (Verdict.INCLUDED, Verdict.SEPARATELY)


def asked(view: Asked) -> Message:
    """How the columns are taken, with a button to agree and one to change them."""
    target = encode_bill(BillTarget(audit_id=view.audit.id, channel=view.audit.channel_id or ""))
    text = f"Are these the columns of {data(view.audit.name, 60)}?"
    if view.open:
        text = f"Before {data(view.audit.name, 60)} can be proved: {data(view.open[0], 120)}?"
    taken = [
        f"{COLUMNS[column]}: *{_title(view.titles, place)}*"
        for column, place in view.columns.places.items()
    ]
    buttons = [plain_button(Verb.BILL_COLUMNS, target)]
    if not view.open:
        agree = {**plain_button(Verb.BILL_CONFIRM, target), "style": "primary"}
        buttons.insert(0, agree)
    shown = [
        section(f"*{text}*"),
        section(" · ".join(taken) or "No column was recognised."),
        *(section(f"Open, too: {data(one, 200)}") for one in view.open[1:]),
        actions(buttons),
        context("Nothing is judged before. What you say is remembered for files like this."),
    ]
    return message(text, shown)


def audited(view: BillView, *, again: bool = False) -> Message:
    """The sum in dispute by cause, and what nobody could judge."""
    totals = view.totals
    text = f"{_whose(view)}: {_dispute(view)}"
    lines = [f"{counted(totals.lines, 'line')}, {amounts(totals.billed)} billed."]
    lines += [_counts(view)]
    shown: list[Block] = [section(f"*{text}*", *lines)]
    table = _table(totals.causes)
    words = [section(*_in_words(totals.causes))] if totals.causes else []
    tail = [*_notes(view, again=again), *_buttons(view)]
    drawn = message(text, [*shown, *([table] if table else []), *tail])
    return replace(drawn, plain=(*shown, *words, *tail))


def claims_due(view: ClaimsView) -> Message:
    """How long there is to dispute what is in dispute."""
    bill, days = view.bill, (view.last_day - view.today).days
    left = "today is the last day" if days <= 0 else f"{counted(days, 'day')} left"
    text = f"{_whose(bill)}: {left} to claim {amounts(view.sums)}"
    causes = dict.fromkeys(cause_words(one.verdict, one.cause) for one in view.causes)
    until = f"Until {view.last_day} for {', '.join(causes)}."
    return message(text, [section(f"*{text}*", until), *_buttons(bill)])


def filed(view: BillView) -> Message:
    """The claims are made: nobody is reminded any more."""
    text = f"{_whose(view)}: claims filed. No more reminders."
    return message(text, [section(text)])


def recent(views: Sequence[BillView]) -> Message:
    """The latest bills, one line each."""
    text = counted(len(views), "audited bill") if views else "No bill was audited yet"
    lines = [section(_listed(one)) for one in views[:_MOST_BILLS]]
    how = (
        "Upload a carrier's CSV or XLSX with the words `audit ups`. "
        f"`{COMMAND} bills 7` shows one, `{COMMAND} bills filed 7` ends its reminders."
    )
    return message(text, [section(f"*{text}*"), *lines, context(how)])


def _listed(view: BillView) -> str:
    day = view.audit.claim_by
    until = f", claim by {day}" if day and view.totals.disputed and not view.audit.filed_at else ""
    done = ", claims filed" if view.audit.filed_at else ""
    return f"*{view.audit.id}* {_whose(view)}: {_dispute(view)}{until}{done}"


def _whose(view: BillView) -> str:
    carrier = f" of {data(view.audit.carrier, 30)}" if view.audit.carrier else ""
    return f"Bill {data(view.audit.name, 60)}{carrier} for {data(view.tenant.name, 60)}"


def _dispute(view: BillView) -> str:
    disputed = [(currency, cents) for currency, cents in view.totals.disputed if cents]
    return f"{amounts(disputed)} in dispute" if disputed else "nothing in dispute"


def _counts(view: BillView) -> str:
    totals = view.totals
    fine = totals.count(Verdict.OK)
    parts = [f"{fine:,} {VERDICTS[Verdict.OK]}"] if fine else []
    parts += [
        f"{many:,} {VERDICTS[verdict]}"
        for verdict in (*_OPEN, *_ELSEWHERE)
        if (many := totals.count(verdict))
    ]
    return " · ".join(parts)


def _notes(view: BillView, *, again: bool) -> list[Block]:
    totals = view.totals
    notes = [f"{data(one, 200)}." for one in totals.notes]
    unsure = sum(totals.count(verdict) for verdict in _OPEN)
    if unsure:
        notes.append(f"{counted(unsure, 'line')} without a sure price: not in dispute, not agreed.")
    if totals.drift:
        notes.append(f"Small differences that were let go of come to {amounts(totals.drift)}.")
    if again:
        notes.append(f"This file was audited on {view.audit.done_at:%Y-%m-%d}: the same result.")
    return [context(" ".join(notes))] if notes else []


def _buttons(view: BillView) -> list[Block]:
    disputed = any(cents for _, cents in view.totals.disputed)
    if not disputed or view.audit.filed_at or not view.audit.channel_id:
        return []
    target = BillTarget(audit_id=view.audit.id, channel=view.audit.channel_id)
    return [actions([plain_button(Verb.BILL_FILED, encode_bill(target))])]


def _table(causes: Sequence[CauseSum]) -> Block | None:
    if not causes:
        return None
    rows = [[_cell(word) for word in _HEAD]]
    rows += [[_cell(one) for one in _cells(cause)] for cause in causes[:_MOST_CAUSES]]
    aligned = [{"align": "left"}, {"align": "right"}, {"align": "right"}, {"align": "left"}]
    return {"type": "table", "column_settings": aligned, "rows": rows}


def _in_words(causes: Sequence[CauseSum]) -> list[str]:
    lines = []
    for one in causes[:_MOST_CAUSES]:
        why, many, cents, until = _cells(one)
        limit = f", claim by {until}" if one.claim_by else ""
        lines.append(f"{cents} {why} ({counted(int(many.replace(',', '')), 'line')}){limit}")
    return lines


def _cells(one: CauseSum) -> tuple[str, str, str, str]:
    return (
        cause_words(one.verdict, one.cause),
        f"{one.lines:,}",
        amount(one.cents, one.currency),
        _day(one.claim_by),
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text}


def _title(titles: Sequence[str], place: int) -> str:
    named = titles[place] if place < len(titles) else ""
    return data(named, 40) if named else f"column {place + 1}"
