"""Reads the filters of `exceptions`, and says them back as they were understood.

Must not select anything: run.py does, within what the person may see.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from handlers.slack.intents import Wanted
from handlers.slack.times import read_since
from policies.reasons import ACTIVE_STATUSES, ReasonCode, Severity, Status

STATUSES: dict[str, tuple[Status, ...]] = {
    "open": (Status.OPEN,),
    "acknowledged": (Status.ACKNOWLEDGED,),
    "acked": (Status.ACKNOWLEDGED,),
    "in_progress": (Status.IN_PROGRESS,),
    "progress": (Status.IN_PROGRESS,),
    "resolved": (Status.RESOLVED,),
    "settled": (Status.RESOLVED,),
    "closed": (Status.CLOSED,),
    "active": ACTIVE_STATUSES,
    "all": tuple(Status),
}
SEVERITIES: dict[str, Severity] = {
    **{severity.value.lower(): severity for severity in Severity},
    "med": Severity.MEDIUM,
    "crit": Severity.CRITICAL,
}
REASONS: dict[str, ReasonCode] = {code.value.lower(): code for code in ReasonCode}
FLAGS: dict[str, str] = {
    "mine": "mine",
    "my": "mine",
    "unowned": "unowned",
    "unassigned": "unowned",
}
_NOISE = frozenset(
    {"and", "or", "the", "with", "for", "only", "please", "exceptions", "status", "severity"}
    | {"reason", "are", "in", "of"}
)
STATED: dict[str, str] = {
    "carrier": "carrier",
    "site": "warehouse",
    "warehouse": "warehouse",
    "service": "service",
    "wave": "wave",
    "tier": "customer_tier",
}
"""Facts that exceptions are narrowed to, by the word before the value."""
_NAMES_END = frozenset(
    {"and", "or", "with", "for", "in", "on", "at", "of", "from", "by", "this", "these", "that"}
    | {"yesterday", "week", "month", "during", "over", "are", "is", "was", "were", "open"}
)
_LONGEST = 80
_PAIR = re.compile(r"^([a-z_]+)[:=](.+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood:
    """The first word that is no filter."""

    word: str


def read_filters(words: Sequence[str]) -> Wanted | NotUnderstood:
    """All words as one filter; without a status word, what is still open."""
    left = _split_pairs(words)
    wanted = Wanted()
    while left:
        word = left[0].lower().strip(",;.").replace("-", "_")
        if word == "in" and len(left) > 1 and left[1].lower() == "progress":
            left = left[1:]
            continue
        taken = _valued(word, left[1:], wanted) or _single(word, left[1:], wanted)
        if taken is None:
            if word not in _NOISE and word:
                return NotUnderstood(word=left[0])
            left = left[1:]
            continue
        wanted, used = taken
        left = left[1 + used :]
    return wanted if wanted.statuses else replace(wanted, statuses=ACTIVE_STATUSES)


def said_back(wanted: Wanted, since: str | None) -> str:
    """The filter in words, as it was understood."""
    active = set(wanted.statuses) == set(ACTIVE_STATUSES)
    everything = set(wanted.statuses) == set(Status)
    statuses = " or ".join(status.value.lower().replace("_", " ") for status in wanted.statuses)
    parts = (
        "not settled" if active else "any status" if everything else statuses,
        wanted.severity.value.lower() if wanted.severity else None,
        wanted.reason_code.value if wanted.reason_code else None,
        f"order {wanted.order_id}" if wanted.order_id else None,
        "yours" if wanted.mine else None,
        "without owner" if wanted.unowned else None,
        f"client {wanted.client}" if wanted.client else None,
        *(f"{_word_of(fact)} {value}" for fact, value in wanted.stated),
        f"since {since}" if since else None,
    )
    return ", ".join(part for part in parts if part)


Taken = tuple[Wanted, int]


def _single(word: str, rest: Sequence[str], wanted: Wanted) -> Taken | None:
    """A word that stands for itself; reasons may be two words (`pick delay`)."""
    if word in STATUSES:
        return replace(wanted, statuses=wanted.statuses + STATUSES[word]), 0
    if word in SEVERITIES:
        return replace(wanted, severity=SEVERITIES[word]), 0
    if word in FLAGS:
        return (
            replace(wanted, mine=True) if FLAGS[word] == "mine" else replace(wanted, unowned=True)
        ), 0
    if word in REASONS:
        return replace(wanted, reason_code=REASONS[word]), 0
    two = f"{word}_{rest[0].lower()}" if rest else ""
    if two in REASONS:
        return replace(wanted, reason_code=REASONS[two]), 1
    return _since("today", wanted) if word == "today" else None


def _valued(word: str, rest: Sequence[str], wanted: Wanted) -> Taken | None:
    """A word that needs another behind it."""
    reader = _VALUED.get(word)
    return reader(rest, wanted) if reader and rest else None


def _order(rest: Sequence[str], wanted: Wanted) -> Taken | None:
    return replace(wanted, order_id=rest[0].strip("#,\"'")[:128]), 1


def _client(rest: Sequence[str], wanted: Wanted) -> Taken | None:
    """Up to the next word that is a filter; clients may have names of several words."""
    name: list[str] = []
    for word in rest:
        if name and _is_filter(word):
            break
        name.append(word)
    return replace(wanted, client=" ".join(name).strip("\"',")[:100]), len(name)


def _stated(word: str) -> "Callable[[Sequence[str], Wanted], Taken | None]":
    """A name of one or more words, up to the next filter or what goes on with a sentence."""

    def read(rest: Sequence[str], wanted: Wanted) -> Taken | None:
        name: list[str] = []
        for one in rest:
            if one.lower() in _NAMES_END or (name and _is_filter(one)):
                break
            name.append(one.strip("\"',?"))
        value = " ".join(name).strip()[:_LONGEST]
        if not value:
            return None
        return replace(wanted, stated=(*wanted.stated, (STATED[word], value))), len(name)

    return read


def _word_of(fact: str) -> str:
    return next(word for word, known in STATED.items() if known == fact)


def _since_word(rest: Sequence[str], wanted: Wanted) -> Taken | None:
    taken = _since(rest[0], wanted)
    return (taken[0], 1) if taken else None


def _since(word: str, wanted: Wanted) -> Taken | None:
    since = read_since(word.strip(",;."))
    return (replace(wanted, since=since), 0) if since else None


_VALUED: dict[str, Callable[[Sequence[str], Wanted], Taken | None]] = {
    "order": _order,
    "client": _client,
    "tenant": _client,
    "since": _since_word,
    "last": _since_word,
    **{word: _stated(word) for word in STATED},
}


def _is_filter(word: str) -> bool:
    bare = word.lower().strip(",;.").replace("-", "_")
    known: tuple[dict[str, object], ...] = (
        {**STATUSES},
        {**SEVERITIES},
        {**FLAGS},
        {**REASONS},
        {**_VALUED},
    )
    return bare == "today" or any(bare in table for table in known)


def _split_pairs(words: Sequence[str]) -> list[str]:
    """`status:open` and `since=2h` as two words."""
    split: list[str] = []
    for word in words:
        pair = _PAIR.match(word)
        split += [pair[1], pair[2]] if pair else [word]
    return split
