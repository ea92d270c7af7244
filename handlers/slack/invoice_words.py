"""Reads the words behind `invoices` and `finding`. Must not look anything up."""

import re

from handlers.slack.intents import Incomplete, Intent
from handlers.slack.invoice_intents import (
    CheckInvoices,
    DecideFinding,
    ShowFinding,
    ShowInvoices,
)
from handlers.slack.words import Said, read_id
from policies.money.findings.filed import FindingState

_MONTH = re.compile(r"^20\d\d-(0[1-9]|1[0-2])$")
_CHOICES = {
    "accept": FindingState.ACCEPTED,
    "ours": FindingState.OUR_ERROR,
    "dispute": FindingState.DISPUTED,
}


def read_invoices(said: Said) -> Intent | None:
    """`invoices`, `invoices 2026-10`, `invoices check`, `invoices check 2026-10`."""
    words = [word.lower() for word in said.rest]
    check = words[:1] == ["check"]
    rest = words[1:] if check else words
    if len(rest) > 1 or said.asks:
        return None
    if rest and not _MONTH.match(rest[0]):
        if said.talk:
            return None
        return Incomplete(why=f"Write the month as 2026-10, not {rest[0][:20]}.")
    period = rest[0] if rest else None
    return CheckInvoices(period=period) if check else ShowInvoices(period=period)


def read_finding(said: Said) -> Intent | None:
    """`finding 12`, `finding 12 accept`, `finding 12 ours`, `finding 12 dispute why`."""
    number = read_id(said.rest[0]) if said.rest else None
    if number is None:
        return None
    if len(said.rest) == 1:
        return ShowFinding(finding_id=number)
    state = _CHOICES.get(said.rest[1].lower())
    if state is None or said.asks:
        return None
    words = " ".join(said.rest[2:])
    if state is FindingState.DISPUTED and not words:
        return Incomplete(why=f"Say why the invoice is right: finding {number} dispute why")
    return DecideFinding(finding_id=number, state=state, words=words)
