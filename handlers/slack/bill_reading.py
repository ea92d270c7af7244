"""Reads the words behind `bills`, and those that come with a bill. Must not look anything up."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.slack.bill_intents import FileClaims, ShowBills
from handlers.slack.words import Said, read_id

_FILLERS = frozenset({"this", "the", "bill", "invoice", "of", "from", "please", "file", "by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BillWords:
    """Whose bill it is, and for which client."""

    carrier: str = ""
    client: str = ""


def read_bills(said: Said) -> ShowBills | FileClaims | None:
    """`bills`, `bills 7`, `bills filed 7`."""
    words = [word.lower() for word in said.rest]
    if not words:
        return ShowBills()
    filed = words[0] in ("filed", "claimed")
    rest = words[1:] if filed else words
    number = read_id(rest[0].rstrip("?")) if len(rest) == 1 else None
    if number is None:
        return None
    return FileClaims(audit_id=number) if filed else ShowBills(audit_id=number)


def read_bill_words(words: Sequence[str]) -> BillWords:
    """`ups`, `ups for Acme Outdoors`."""
    plain = [word.strip(",.:;!?\"'") for word in words]
    lower = [word.lower() for word in plain]
    place = lower.index("for") if "for" in lower else len(plain)
    carrier = [word for word in plain[:place] if word.lower() not in _FILLERS]
    return BillWords(
        carrier=" ".join(carrier)[:60].lower(), client=" ".join(plain[place + 1 :])[:120]
    )
