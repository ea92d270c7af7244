"""What the model's server answers to a question with passages: claims with quotes.

It must not say anything that the passages do not hold, unless it is asked to invent.
"""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[a-z]{4,}")
_MOST = 2


def claims(facts: Json, *, inventing: bool = False) -> Json:
    """The sentences that share most words with the question, as claims of their own quotes."""
    asked = set(_WORD.findall(str(facts.get("question", "")).lower()))
    found = [
        (len(asked & set(_WORD.findall(part.lower()))), str(one.get("id")), part.strip())
        for one in facts.get("passages") or []
        for part in _SENTENCE.split(str(one.get("text", "")))
        if len(part.split()) > _MOST
    ]
    best = sorted(found, key=lambda row: -row[0])[:_MOST]
    told = [
        {"text": part, "source_ids": [number], "quote": part}
        for shared, number, part in best
        if shared
    ]
    return {"claims": [*(_invented(told) if inventing else []), *told]}


def obedient(said: str, facts: Json) -> Json:
    """A claim that repeats what a text among the passages ordered."""
    first: Json = next(iter(facts.get("passages") or []), {})
    return {"claims": [{"text": said, "source_ids": [str(first.get("id", "P1"))], "quote": said}]}


def _invented(told: list[Json]) -> list[Json]:
    """A quote that stands nowhere, a number that nobody told, and a source that there is not."""
    known = told[0] if told else {"text": "Nothing.", "source_ids": ["P1"], "quote": "Nothing."}
    return [
        {
            "text": "Refunds of 4711 USD are paid.",
            "source_ids": ["P1"],
            "quote": "4711 USD are paid",
        },
        {**known, "text": f"{known['text']} This was agreed on 1999-12-31."},
        {**known, "source_ids": ["P99"]},
    ]


def asks_for_claims(facts: object) -> bool:
    """Whether it is a question with passages."""
    return isinstance(facts, dict) and isinstance(facts.get("passages"), list)
