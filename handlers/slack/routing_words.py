"""Reads the words behind `subscribe`, `unsubscribe`, `subscriptions`, `map` and `unmap`.

Must not look anything up, nor guess: what is not understood is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.slack.filters import REASONS, SEVERITIES
from handlers.slack.intents import Incomplete, Intent
from handlers.slack.routing_intents import (
    MapClient,
    ShowSubscriptions,
    Subscribe,
    TrySubscriptions,
    UnmapClient,
    Unsubscribe,
)
from handlers.slack.words import Said, read_id, usage
from policies.reasons import ReasonCode, Severity
from policies.routing import ALERTS, BRIEF, DIGEST, HANDOVER, INSIGHT, INVOICES, Filters

KINDS: dict[str, str] = {
    "alerts": ALERTS,
    "alert": ALERTS,
    "digest": DIGEST,
    "brief": BRIEF,
    "handover": HANDOVER,
    "handovers": HANDOVER,
    "insight": INSIGHT,
    "insights": INSIGHT,
    "invoices": INVOICES,
    "invoice": INVOICES,
}
"""What can be subscribed to, by the first word; none of them means alerts."""
NARROWED = frozenset({ALERTS, BRIEF, HANDOVER})
"""Kinds that can be narrowed to more than clients."""
_KEYS: dict[str, str] = {
    **dict.fromkeys(("client", "clients", "tenant", "for", "of"), "clients"),
    **dict.fromkeys(("site", "sites", "warehouse", "warehouses", "from", "at"), "sites"),
    **dict.fromkeys(("carrier", "carriers", "with", "via"), "carriers"),
    **dict.fromkeys(("reason", "reasons"), "reasons"),
    "severity": "severity",
}
_SMALL = frozenset({"for", "of", "from", "at", "with", "via"})
"""Words that may stand before another filter without a meaning of their own."""
_BETWEEN = frozenset({",", "and", "or", "&", "+"})
_UP = frozenset({"up", "above", "worse", "higher", "more"})
_TOKEN = re.compile(r'"([^"]*)"|(,)|([^\s,]+)')
_PAIR = re.compile(r"^([a-z]+)[:=](.+)$", re.IGNORECASE)
_MOST = 20
_LONGEST = 75
_KNOWN = "Filters are client, site, carrier, reason and severity"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word as typed; what was quoted is a name, whatever it reads like."""

    text: str
    quoted: bool = False

    @property
    def plain(self) -> str:
        return "" if self.quoted else self.text.casefold().strip(";.!")


@dataclass(kw_only=True)
class _Found:
    """What was read so far."""

    names: dict[str, list[str]] = field(default_factory=dict)
    reasons: list[ReasonCode] = field(default_factory=list)
    least: Severity | None = None
    exact: set[Severity] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Clients as typed, and the other filters."""

    clients: tuple[str, ...]
    filters: Filters


def read_subscribe(said: Said) -> Intent | None:
    """`subscribe`, `subscribe client Acme site ATL1 high and up`, `subscribe digest`, ... test."""
    if said.asks:
        return None
    words = _words(said.behind)
    if [word.plain for word in words] == ["test"]:
        return TrySubscriptions()
    kind, words = _kind(words)
    found = _read(words)
    if isinstance(found, Incomplete):
        return found
    if found.filters != Filters() and kind not in NARROWED:
        return Incomplete(why=f"The {kind} can be narrowed to clients only: client Acme.")
    return Subscribe(kind=kind, clients=found.clients, filters=found.filters)


def read_unsubscribe(said: Said) -> Intent | None:
    """`unsubscribe`, `unsubscribe digest`, `unsubscribe client Acme high+`, `unsubscribe 3`."""
    if said.asks:
        return None
    kind, words = _kind(_words(said.behind))
    number = read_id(words[0].text) if len(words) == 1 else None
    if number is not None:
        return Unsubscribe(kind=kind, number=number)
    found = _read(words)
    if isinstance(found, Incomplete):
        return found
    only_clients = found.filters == Filters()
    filters = None if only_clients else found.filters
    return Unsubscribe(kind=kind, clients=found.clients, filters=filters)


def read_subscriptions(said: Said) -> Intent | None:
    """`subscriptions`."""
    return ShowSubscriptions() if not said.rest or not said.talk else None


def read_map(said: Said) -> Intent | None:
    """`map Acme`, `map Acme here`, `map Acme as default`."""
    if said.asks:
        return None
    words = list(said.rest)
    default = [word.lower() for word in words[-2:]] == ["as", "default"]
    words = words[:-2] if default else words
    if len(words) > 1 and words[-1].lower() == "here":
        words = words[:-1]
    name = _name(words)
    return MapClient(client=name, default=default) if name else usage(said.word)


def read_unmap(said: Said) -> Intent | None:
    """`unmap Acme`."""
    if said.asks:
        return None
    name = _name(said.rest)
    return UnmapClient(client=name) if name else usage(said.word)


def _name(words: Sequence[str]) -> str:
    return " ".join(words).strip("\"'., ")[:_LONGEST]


def _words(text: str) -> list[_Word]:
    """Words, commas and what is quoted; `site:ATL1` and `site=ATL1` are two words."""
    found: list[_Word] = []
    for quoted, comma, bare in _TOKEN.findall(text):
        pair = _PAIR.match(bare)
        if quoted:
            found.append(_Word(text=quoted, quoted=True))
        elif pair and pair[1].casefold() in _KEYS:
            found += [_Word(text=pair[1]), *_words(pair[2])]
        elif comma or bare:
            found.append(_Word(text=comma or bare))
    return found


def _kind(words: list[_Word]) -> tuple[str, list[_Word]]:
    known = KINDS.get(words[0].plain) if words else None
    return (known, words[1:]) if known else (ALERTS, words)


def _read(words: Sequence[_Word]) -> Narrowed | Incomplete:
    """All words as filters, or what has to be asked."""
    found, left = _Found(), list(words)
    while left:
        key = _KEYS.get(left[0].plain)
        used = _severity(left, found) or _reason(left, found)
        if used:
            left = left[used:]
        elif left[0].plain in _BETWEEN:
            left = left[1:]
        elif key in ("severity", "reasons"):
            if len(left) == 1 or not (_severity(left[1:], _Found()) or _reason(left[1:], _Found())):
                return _unknown(left[1].text if len(left) > 1 else left[0].text)
            left = left[1:]
        elif key is not None:
            small = left[0].plain in _SMALL
            names, left = _names(left[1:])
            if not names and small and _starts(left):
                continue  # `for high and up`
            if not names:
                return Incomplete(why=f"Which one? Say a name behind {words[-1].text[:40]}.")
            found.names.setdefault(key, []).extend(names)
        else:
            return _unknown(left[0].text)
    return _narrowed(found)


def _narrowed(found: _Found) -> Narrowed | Incomplete:
    least = _least(found)
    if isinstance(least, Incomplete):
        return least
    for names in found.names.values():
        if len(names) > _MOST or max(map(len, names)) > _LONGEST:
            return Incomplete(why=f"At most {_MOST} names a filter, of {_LONGEST} letters each.")
    filters = Filters(
        sites=tuple(dict.fromkeys(found.names.get("sites", ()))),
        carriers=tuple(dict.fromkeys(found.names.get("carriers", ()))),
        reasons=tuple(dict.fromkeys(found.reasons)),
        at_least=None if least is Severity.LOW else least,
    )
    return Narrowed(clients=tuple(dict.fromkeys(found.names.get("clients", ()))), filters=filters)


def _least(found: _Found) -> Severity | Incomplete | None:
    """The least severity; severities that are no such thing are asked about."""
    if not found.exact:
        return found.least
    lowest = min(found.exact, key=_rank)
    above = {one for one in Severity if _rank(one) >= _rank(lowest)}
    if found.least is None and above != found.exact:
        said, name = lowest.value.lower(), lowest.value
        why = "A channel gets a severity and all above it."
        return Incomplete(why=f"{why} Say severity {said}+ for {name} and up.")
    return min((lowest, found.least or lowest), key=_rank)


def _names(words: Sequence[_Word]) -> tuple[list[str], list[_Word]]:
    """Names up to the next filter; several are divided by commas, `and` or `or`."""
    names: list[list[str]] = [[]]
    left = list(words)
    while left and not _starts(left):
        if left[0].plain in _BETWEEN:
            names.append([])
        elif left[0].quoted:
            names += [[left[0].text.strip()], []]
        else:
            names[-1].append(left[0].text.strip(";\"'"))
        left = left[1:]
    return [" ".join(name) for name in names if any(name)], left


def _starts(left: Sequence[_Word]) -> bool:
    """Whether another filter begins here."""
    known = bool(left) and left[0].plain in _KEYS
    return known or bool(left and (_severity(left, _Found()) or _reason(left, _Found())))


def _severity(left: Sequence[_Word], found: _Found) -> int:
    """How many words are a severity: `high+`, `high and up`, `critical`; 0 where none is."""
    word = left[0].plain
    severity = SEVERITIES.get(word.rstrip("+"))
    if severity is None:
        return 0
    rest = [one.plain for one in left[1:3]]
    up = word.endswith("+")
    behind = len(rest) > 1 and rest[0] in ("and", "or") and rest[1] in _UP
    if up or behind:
        found.least = min((severity, found.least or severity), key=_rank)
    else:
        found.exact.add(severity)
    return 3 if behind and not up else 1


def _reason(left: Sequence[_Word], found: _Found) -> int:
    """How many words are a reason: `PICK_DELAY`, `pick delay`, `pick delays`; 0 where none is."""
    for count in (3, 2, 1):
        words = [one.plain for one in left[:count]]
        name = "_".join(words).replace("-", "_")
        reason = REASONS.get(name) or REASONS.get(name.removesuffix("s"))
        if reason is not None and len(words) == count:
            found.reasons.append(reason)
            return count
    return 0


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)


def _unknown(word: str) -> Incomplete:
    said = f"I don't know the filter {word[:40]}. {_KNOWN}, for example: "
    return Incomplete(why=f"{said}subscribe client Acme site ATL1 carrier UPS high and up")
