"""The words that E2A knows, and a saying taken apart.

Must not give a saying its meaning: grammar.py and deeds.py do.
"""

import re
from dataclasses import dataclass

from handlers.slack.intents import Incomplete

LONGEST = 3000
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "\u2018": "'", "\u2019": "'", "\xa0": " "})
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_GREETED = re.compile(r"^(?:\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:]*)+")
_ID = re.compile(r"^(?:#|exc-?|exception-?)?(\d{1,18})[.,;:!)]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words behind the first one, and how they were said."""

    word: str
    rest: tuple[str, ...]
    whole: str
    talk: bool
    thread: bool

    @property
    def behind(self) -> str:
        """Everything after the first word, as typed."""
        return self.whole.partition(" ")[2].strip()

    @property
    def asks(self) -> bool:
        """Whether it reads like a question to somebody one talks with."""
        return self.talk and self.whole.endswith("?")


def tidy(text: str, *, talk: bool) -> str:
    """One line, straight quotes, no entities, no leading mention."""
    line = _GREETED.sub("", text[:LONGEST]) if talk else text[:LONGEST]
    for entity, mark in _ENTITIES:
        line = line.replace(entity, mark)
    line = " ".join(line.translate(_QUOTES).split())
    return line.removeprefix("/e2a ").strip("` ")


def read_id(word: str) -> int | None:
    """`7`, `#7`, `7,`, `EXC-7`."""
    match = _ID.match(word)
    return int(match[1]) if match else None


def usage(word: str) -> Incomplete:
    """How a word is used."""
    return Incomplete(why=f"Say it like this: {USAGE[word]}")


VERBS: dict[str, str] = {
    "ack": "acknowledge",
    "acknowledge": "acknowledge",
    "resolve": "resolve",
    "assign": "assign",
    "snooze": "snooze",
    "reopen": "reopen",
    "block": "block",
    "unblock": "unblock",
}
USAGE: dict[str, str] = {
    "help": "help",
    "status": "status",
    "exception": "exception 7",
    "exceptions": "exceptions critical mine since 2h",
    "show": "exception 7",
    "list": "exceptions open",
    "order": "order SO-1042",
    "audit": "audit 7, or audit export since 7d",
    "ask": "ask why is SO-1042 late?",
    "replay": "replay 7",
    "draft": "draft 7",
    "explain": "explain 7",
    "dlq": "dlq, dlq replay, dlq replay order SO-1042, or dlq discard 12 why",
    "ack": "ack 7",
    "acknowledge": "ack 7",
    "resolve": "resolve 7 what was done",
    "assign": "assign 7 me, assign 7 @maria, or assign 7 on shift",
    "snooze": "snooze 7 2h, snooze 7 until 16:30, or snooze 7 until carrier scan",
    "reopen": "reopen 7",
    "split": "split 7, or split SO-1042, in the thread of a storm",
    "block": "block 7 why",
    "unblock": "unblock 7",
    "resolution": "resolution 7, resolution undo 7, or resolution for how it goes",
    "invoices": "invoices, invoices 2026-10, or invoices check 2026-10",
    "finding": "finding 12, finding 12 accept, finding 12 ours, or finding 12 dispute why",
    "role": "role @maria lead, or role @maria lead for Acme",
    "roles": "roles",
    "digest": "digest",
    "brief": "brief",
    "handover": "handover",
    "insight": "insight",
    "insights": "insight",
    "subscribe": "subscribe client Acme site ATL1 high and up, subscribe digest, subscribe test",
    "unsubscribe": "unsubscribe, unsubscribe digest, or unsubscribe 3 as subscriptions numbers it",
    "subscriptions": "subscriptions",
    "map": "map Acme, or map Acme as default",
    "unmap": "unmap Acme",
    "learn": "learn for Acme, with the file in the same message",
    "forget": "forget carriers.pdf, or forget carriers.pdf for Acme",
    "documents": "documents",
    "answers": "answers, or answers runbook",
    "bills": "bills, bills 7, or bills filed 7",
    "policy": "policy show, policy lint, or policy simulate order_paid 13:59 14:01",
}
