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
LATER: dict[str, frozenset[str]] = {
    "invoices": frozenset({"check"}),
}
"""Words of the contract that come later, and what may follow them."""
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
    "dlq": "dlq, dlq replay, dlq replay order SO-1042, or dlq discard 12 why",
    "ack": "ack 7",
    "acknowledge": "ack 7",
    "resolve": "resolve 7 what was done",
    "assign": "assign 7 me, or assign 7 @maria",
    "snooze": "snooze 7 2h, snooze 7 until 16:30, or snooze 7 until carrier scan",
    "reopen": "reopen 7",
    "split": "split 7, or split SO-1042, in the thread of a storm",
    "block": "block 7 why",
    "unblock": "unblock 7",
    "role": "role @maria lead, or role @maria lead for Acme",
    "roles": "roles",
    "digest": "digest",
    "subscribe": "subscribe digest",
    "unsubscribe": "unsubscribe digest",
    "policy": "policy show, policy lint, or policy simulate order_paid 13:59 14:01",
    **{word: word for word in LATER},
}
