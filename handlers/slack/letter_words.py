"""Reads the words behind `dlq`: what failed, another try for it, or laying it aside.

Must not answer: dead_letters.py does.
"""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from handlers.blocks.ids import MOST_LETTERS, Letters
from handlers.slack.intents import Incomplete, Intent
from handlers.slack.letter_intents import DiscardLetter, ReplayLetters, ShowLetters
from handlers.slack.words import Said, read_id, usage

_REASON = 500
_FILLERS = frozenset({"letter", "letters", "dead", "and", "the", "please"})
_KINDS: dict[str, str] = {
    "event": "event",
    "events": "event",
    "delivery": "event",
    "deliveries": "event",
    "evaluate": "evaluate",
    "evaluation": "evaluate",
    "evaluations": "evaluate",
    "slack": "slack",
    "message": "slack",
    "messages": "slack",
}
_WHY = "Say which one and why: dlq discard 12 the order was a test"


def read_dlq(said: Said) -> Intent | None:
    """`dlq`, `dlq replay 12`, `dlq replay order SO-1042`, `dlq discard 12 a test order`."""
    if not said.rest:
        return ShowLetters()
    word = said.rest[0].lower().strip(",:.!?`")
    reader = READERS.get(word)
    if reader is not None:
        return reader(said.rest[1:], said)
    near = get_close_matches(word, READERS, n=1, cutoff=0.7)
    if said.asks or (said.talk and not near):
        return None
    if near:
        return Incomplete(why=f"I don't know dlq {word[:40]}. Did you mean dlq {near[0]}?")
    return usage("dlq")


def _show(rest: Sequence[str], said: Said) -> Intent | None:
    return ShowLetters() if not rest or not said.talk else None


def _replay(rest: Sequence[str], said: Said) -> Intent | None:
    letters = _letters([word for word in rest if word.lower() not in _FILLERS])
    if letters is not None and not said.asks:
        return ReplayLetters(letters=letters)
    return None if said.talk else usage("dlq")


def _letters(words: Sequence[str]) -> Letters | None:
    """Numbers, a kind, an order, or all; None where it is something else."""
    plain = [word.strip(",.`\"'") for word in words]
    if not plain or plain[0].lower() in ("all", "everything"):
        return Letters() if len(plain) <= 1 else None
    if plain[0].lower() == "order" and len(plain) > 1:
        return Letters(order_id=" ".join(plain[1:])[:128])
    kind = _KINDS.get(plain[0].lower())
    if kind is not None:
        return Letters(kind=kind) if len(plain) == 1 else None
    ids = [read_id(word) for word in plain]
    known = tuple(dict.fromkeys(number for number in ids if number is not None))
    return Letters(ids=known) if len(ids) <= MOST_LETTERS and None not in ids else None


def _discard(rest: Sequence[str], said: Said) -> Intent | None:
    number = read_id(rest[0]) if rest else None
    reason = " ".join(rest[1:]).strip("\"' ")[:_REASON]
    if number is not None and reason:
        return DiscardLetter(letter_id=number, reason=reason)
    return None if said.asks else Incomplete(why=_WHY)


READERS: dict[str, Callable[[Sequence[str], Said], Intent | None]] = {
    "list": _show,
    "show": _show,
    "replay": _replay,
    "retry": _replay,
    "discard": _discard,
}
