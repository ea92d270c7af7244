"""Lets through what a model worded only as far as the evidence bears it out, sentence by sentence.

Must not rewrite anything: a sentence stays as it is or goes. A text without a sentence is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.claim_kinds import Claim, claims_in
from policies.claim_words import BLAME, INTERNAL, STOPWORDS
from policies.plain_text import sentences

OPS_NOTE, CLIENT_NOTE, ONE_LINE = 600, 400, 200
"""The longest notes, in characters; whole sentences go from the end."""
_INTERNAL = re.compile(rf"\b(?:{INTERNAL})\b|\[\d+\]|_", re.IGNORECASE)
_BLAME = re.compile(rf"\b(?:{BLAME})\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 5
_SMALL = frozenset({"0", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a text may claim: the claims of all texts that were shown, and the receipts' numbers."""

    claims: frozenset[Claim]
    language: str = "en"

    def bears(self, claim: Claim) -> bool:
        """Whether it was stated; nought and one need no evidence."""
        if claim.kind == "number" and claim.value in _SMALL:
            return True
        return claim in self.claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is left of a text, and the sentences that went, each with its first bad claim.

    A sentence that went for a trick has no claim and is not kept: nobody should read it.
    """

    text: str
    dropped: tuple[tuple[str, Claim], ...] = ()


class UnsupportedError(ValueError):
    """Nothing of the text is borne out by the evidence, so none of it is used."""


def evidence_of(
    texts: Iterable[str], *, names: Iterable[str] = (), receipts: int = 0, language: str = "en"
) -> Evidence:
    """Evidence from the texts that a model was shown.

    Args:
        texts: rule-based notes, facts and identifiers; all that they claim is supported.
        names: names that stand for themselves, such as an order's id or a carrier.
        receipts: how many numbered receipts there are.
        language: of the text that is wanted.
    """
    claims = {Claim("ref", str(number)) for number in range(1, receipts + 1)}
    for text in texts:
        claims.update(_stated(text))
    for name in names:
        claims.update(_stated(name))
        claims.update({Claim("name", name.casefold()), Claim("id", name.casefold())})
    return Evidence(claims=frozenset(claims), language=language)


def check(text: str, evidence: Evidence, *, most: int = OPS_NOTE) -> Checked:
    """Keeps the sentences whose every claim is supported, up to `most` characters."""
    kept, dropped = [], []
    for sentence in sentences(text):
        bad = next((f.claim for f in claims_in(sentence) if not evidence.bears(f.claim)), None)
        if bad is None:
            kept.append(sentence)
        else:
            dropped.append((sentence, bad))
    whole = _capped(kept, most)
    if whole and language_of(whole) not in (None, evidence.language):
        return Checked(text="", dropped=tuple(dropped))
    return Checked(text=whole, dropped=tuple(dropped))


def check_ops_note(text: str, evidence: Evidence) -> Checked:
    """As `check`.

    Raises:
        UnsupportedError: nothing is left.
    """
    checked = check(text, evidence)
    if not checked.text:
        message = "no sentence of the note is supported by the evidence"
        raise UnsupportedError(message)
    return checked


def check_client_note(text: str, evidence: Evidence) -> Checked:
    """As `check`, and without sentences that use our own words or blame somebody."""
    plain = [s for s in sentences(text) if not _INTERNAL.search(s) and not _BLAME.search(s)]
    return check("\n".join(plain), evidence, most=CLIENT_NOTE)


def language_of(text: str) -> str | None:
    """The language by its commonest words; None of a text that is too short to tell."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS:
        return None
    counts: Mapping[str, int] = {
        language: sum(word in common for word in words) for language, common in STOPWORDS.items()
    }
    best = max(counts.values())
    found = [language for language, count in counts.items() if count == best]
    return None if not best or "en" in found[1:] else found[0]


def _stated(text: str) -> Iterator[Claim]:
    """A share such as 12 of 14 states both of its numbers, too."""
    for found in claims_in(text):
        yield found.claim
        if found.claim.kind == "ratio":
            for number in found.claim.value.split("/"):
                yield Claim("number", number)


def _capped(kept: Sequence[str], most: int) -> str:
    text = ""
    for sentence in kept:
        longer = f"{text} {sentence}".strip()
        if len(longer) > most:
            break
        text = longer
    return text
