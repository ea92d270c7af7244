"""Brings the words of questions and of documents into one form, so that they can be compared.

Must not judge what they are about: grounds.py does.
"""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple

_WORD = re.compile(r"[a-z][a-z'\u2019]*|\d+(?:[.,:]\d+)*", re.IGNORECASE)
_PHRASES = (
    (r"\bpick(?:s|ed|ing)?[- ]?ups?\b", "collection"),
    (r"\bset (?:aside|apart)\b", "aside"),
    (r"\bcut[- ]?offs?\b", "cutoff"),
    (r"\bsign(?:s|ed)?[- ]?offs?\b", "approve"),
    (r"\bgift[- ]wrap\w*\b", "giftwrap"),
    (r"\btake(?:s)? care of\b", "handle"),
    (r"\bhow (?:high|low|big|large|heavy|far)\b", " "),
)
_STOP = """
a an and are as at be been being but by can could did do does doing done for from get gets
    got had has have having he her here his how i if in into is it its just let like long many may
    me might more most much must my need no not now of off on one or our out over please s shall
    she should so some soon such t than that the their them then there these they this those to too
    under until up us use used using very was we were what when where which while who whom whose
    why will with within would you your ll re ve m d quick quickly fast often about after any every
    each all also again only other per tell show say says said know give me find want ask happen
    happens happened actually really exactly currently usually normally still ever thing things
    someone somebody anyone anybody people go goes going come comes make makes take takes took
    time times kind sort way case cases today didn doesn don isn aren wasn weren couldn wouldn hasn
haven hadn myself yourself himself herself itself ourselves themselves came per"""
_GENERIC = """
policy policies rule rules document documents runbook runbooks contract contracts tariff
    tariffs guideline guidelines procedure procedures handbook sop page section written state
    states stated according regarding concerning question answer info information e2a"""
_SILENT = frozenset(f"{_STOP} {_GENERIC}".split())
"""Words that say nothing of what is asked about."""
_IRREGULAR = {
    "kept": "keep", "won": "win", "sent": "send", "lost": "lose", "held": "hold", "paid": "pay",
    "broke": "break", "broken": "break", "told": "tell", "left": "leave", "gave": "give",
    "bought": "buy", "sold": "sell", "built": "build", "stuck": "stick", "found": "find",
    "chose": "choose", "wrote": "write", "began": "begin", "begun": "begin", "ran": "run",
    "lent": "lend", "spent": "spend", "met": "meet", "shut": "close", "children": "child",
}  # fmt: skip
_ALIKE = """
price cost fee charge rate pay bill surcharge
promise sla ola target deadline commit commitment due
collection collect
late delay overdue tardy
parcel package shipment carton box
damage break smash crush
client merchant customer brand
refund reimburse compensate compensation
keep store retain retention storage hold
call phone ring contact telephone
hour hr h
minute min
inspect check examine inspection
stock inventory
warehouse site building
person staff employee worker team
approve allow permit approval sign
forbid prohibit ban
begin start
correct fix mend amend repair
end finish stop
hazmat hazardous dangerous
return rma
urgent rush express
label sticker
worth value
miss skip fail
notify inform alert
deliver delivery
claim dispute
address destination street postcode zip
mistake error typo
truck lorry van
throw discard dispose disposal destroy
"""
"""A line holds words that mean the same here."""
_SAME = {word: line.split()[0] for line in _ALIKE.strip().splitlines() for word in line.split()}
_SHORT = 3
_SLIP_FROM, _SLIP_ALIKE = 5, 0.88
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "es", "ed", "s", "ly")


class Term(NamedTuple):
    """A word as typed, and the form in which it is compared."""

    word: str
    stem: str


def terms_of(text: str) -> tuple[Term, ...]:
    """The words that say what a text is about, each once."""
    lowered = text.replace("_", " ").lower()
    for pattern, instead in _PHRASES:
        lowered = re.sub(pattern, instead, lowered)
    found: dict[str, Term] = {}
    for word in _WORD.findall(lowered):
        bare = re.sub(r"['\u2019](?:s|re|ve|ll|d|t)?$", "", word)
        if not bare or bare in _SILENT:
            continue
        stem = stem_of(bare)
        found.setdefault(stem, Term(word=bare, stem=stem))
    return tuple(found.values())


def nearly(stem: str, known: Collection[str]) -> bool:
    """Whether it is one of these but for a slip of the pen."""
    if len(stem) < _SLIP_FROM or not stem.isalpha():
        return False
    swapped = (sorted(one) == sorted(stem) for one in known if len(one) == len(stem))
    return any(swapped) or bool(get_close_matches(stem, known, n=1, cutoff=_SLIP_ALIKE))


def stem_of(word: str) -> str:
    """Without its ending, and one word of those that mean the same."""
    known = _SAME.get(_IRREGULAR.get(word, word))
    if known is not None:
        return _cut(known)
    word = _IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        whole = word.removesuffix(ending)
        forms = (whole, f"{whole}e", whole[:-1] if whole[-2:-1] == whole[-1:] else whole)
        known = next((_SAME[one] for one in forms if one in _SAME), None)
        if whole != word and known is not None:
            return _cut(known)
    return _cut(word)


def _cut(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORT:
            word = word[: -len(ending)]
            break
    if len(word) > _SHORT and word[-1] == word[-2] and word[-1] not in "aeiousl":
        word = word[:-1]
    return word.rstrip("e") if len(word) > _SHORT else word


_EVERYWHERE = """
cutoff order carrier client parcel warehouse promise day hour minute pick pack ship good price
"""
COMMON = frozenset(map(stem_of, _EVERYWHERE.split()))
"""What documents of a warehouse speak of all the time."""
