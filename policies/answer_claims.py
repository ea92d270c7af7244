"""What a model answers to a question as claims, and which of them the passages bear out.

Must not ask a model, and rewrites nothing: a claim stays as it is or goes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.claims import check, evidence_of
from policies.plain_text import is_hostile
from policies.questions.terms import terms_of

_LONGEST, _LEAST_QUOTED, _BORNE_OUT = 320, 3, 0.7
_NOT = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|without|cannot|unless|except|only|forbidden|"
    r"prohibited)\b|n't\b",
    re.IGNORECASE,
)
_Id = Annotated[str, Field(max_length=8)]


class Claim(BaseModel):
    """One sentence with what it rests on; longer and further fields are refused or ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str = Field(max_length=600, description="One short sentence.")
    source_ids: list[_Id] = Field(max_length=5, description="Ids of the passages it rests on.")
    quote: str = Field(max_length=600, description="Words in a row, copied from one of them.")


class ModelAnswer(BaseModel):
    """A model's answer: no claim where the passages do not answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    claims: list[Claim] = Field(max_length=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backed:
    """A claim that is borne out, and the ids of the passages that bear it out."""

    text: str
    source_ids: tuple[str, ...]


def read_claims(value: Mapping[str, Any]) -> tuple[Claim, ...]:
    """The claims of an answer; none where it is not of that shape."""
    try:
        return tuple(ModelAnswer.model_validate(value).claims)
    except ValidationError:
        return ()


def borne_out(claims: Sequence[Claim], passages: Mapping[str, str]) -> tuple[Backed, ...]:
    """Those whose sources were shown, whose quote is in one, and who claim no more than these say.

    Args:
        claims: as the model made them.
        passages: what it was shown, by id.
    """
    found = (_backed(claim, passages) for claim in claims)
    kept = {one.text: one for one in found if one is not None}
    return tuple(kept.values())


def _backed(claim: Claim, passages: Mapping[str, str]) -> Backed | None:
    ids = tuple(dict.fromkeys(claim.source_ids))
    if not ids or any(one not in passages for one in ids):
        return None
    quoted = [one for one in ids if _folded(claim.quote) in _folded(passages[one])]
    if not quoted or len(claim.quote.split()) < _LEAST_QUOTED:
        return None
    shown = " ".join(passages[one] for one in quoted)
    text = " ".join(claim.text.split())
    if len(text) > _LONGEST or is_hostile(text) or not _says_the_same(text, claim.quote, shown):
        return None
    whole = check(text, evidence_of([shown]), most=_LONGEST).text
    return Backed(text=whole, source_ids=tuple(quoted)) if whole == text else None


def _says_the_same(text: str, quote: str, shown: str) -> bool:
    """Its words are the passage's, and it denies where that denies."""
    words = {term.stem for term in terms_of(text)}
    known = {term.stem for term in terms_of(shown)}
    quoted = {term.stem for term in terms_of(quote)}
    if not words or len(words & known) < _BORNE_OUT * len(words) or not words & quoted:
        return False
    return bool(_NOT.search(text)) == bool(_NOT.search(quote))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
