"""What a model may say of a question about figures: which known phrase an unknown word means.

Must not ask a model. It fills in words of a closed list and nothing else: what is counted, and of
whom, is read from the question as always, and said back.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.questions.plain import Known, plain
from policies.reasons import ReasonCode, Severity, Status

_ASKED = (
    "how many",
    "list",
    "oldest open",
    "worst",
    "average delay",
    "how long until resolved",
    "trend per day",
    "sla compliance",
    "money at risk",
    "about to break",
    "which client",
    "by client",
    "by site",
    "by carrier",
    "by reason",
    "by severity",
    "by owner",
    "per day",
    "today",
    "yesterday",
    "this week",
    "last week",
    "this month",
    "last month",
    "mine",
    "unowned",
    "snoozed",
)
_LEAST_ALIKE, _MOST_NAMES = 0.6, 40
_Words = Annotated[str, Field(max_length=120)]


class Meaning(BaseModel):
    """Words of the question, and the phrase that they mean."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    words: _Words
    phrase: _Words


class Meanings(BaseModel):
    """A model's answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    meanings: list[Meaning] = Field(max_length=8)


def phrases_of(known: Known) -> tuple[str, ...]:
    """All that a word may mean."""
    codes = (*ReasonCode, *Severity, *Status)
    words = [code.value.replace("_", " ").lower() for code in codes]
    return (*_ASKED, *dict.fromkeys(words), *_names(known))


def reworded(
    question: str, unclear: Sequence[str], value: Mapping[str, Any], known: Known
) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The question with known phrases, and what was read as what; None where that is not certain.

    Every word that was not understood has to get a meaning: none is dropped. A name is only read
    into a word that is nearly it.
    """
    try:
        told = Meanings.model_validate(value).meanings
    except ValidationError:
        return None
    read, left = question, set(unclear)
    taken: list[tuple[str, str]] = []
    for one in told:
        if not _may_mean(one, question, known):
            return None
        pattern = rf"(?<!\w){re.escape(one.words)}(?!\w)"
        read = re.sub(pattern, one.phrase, read, count=1, flags=re.IGNORECASE)
        taken.append((one.words, one.phrase))
        left -= set(plain(one.words).split())
    return (read, tuple(taken)) if taken and not left else None


def _may_mean(one: Meaning, question: str, known: Known) -> bool:
    if not one.words.strip() or one.words.casefold() not in question.casefold():
        return False
    if one.phrase in _names(known):
        alike = SequenceMatcher(None, one.words.casefold(), one.phrase.casefold()).ratio()
        return alike >= _LEAST_ALIKE
    return one.phrase in phrases_of(known)


def _names(known: Known) -> tuple[str, ...]:
    return (*known.clients, *known.sites, *known.carriers)[:_MOST_NAMES]
