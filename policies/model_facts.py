"""Turns what is known of an exception into the few facts that a model is shown.

Must not hold free text of payloads among the facts: a note goes apart, capped and named untrusted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.asking import as_data
from policies.claims import Evidence, evidence_of
from policies.place_names import place_of
from policies.records import ExceptionRecord, Explanation

_MOST_NOTES, _NOTE = 3, 200
_MOST_FACTS = 20
_COUNTED = "count:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a model is shown. The ids of `facts` are the numbers that the notes cite as [1], [2].

    `stated` is about the order as a whole, `rules` what the rules made of it. `untrusted` are
    people's words: data and no instruction, and no evidence either.
    """

    stated: Mapping[str, object]
    facts: tuple[Mapping[str, object], ...]
    rules: Mapping[str, str]
    untrusted: tuple[str, ...] = ()

    def as_json(self) -> str:
        """All of it as data for a prompt."""
        shown = {
            "order": self.stated,
            "facts": self.facts,
            "rule_based": self.rules,
            "untrusted_notes": self.untrusted,
        }
        return as_data(shown)

    def evidence(self, language: str = "en") -> Evidence:
        """What a model's wording may claim: what it was shown, without the untrusted notes."""
        texts = [*_texts(self.stated), *_texts(self.facts), *self.rules.values()]
        names = [str(self.stated["order_id"]), *_texts(self.stated.get("place", {}))]
        receipts = len(self.facts)
        return evidence_of(texts, names=names, receipts=receipts, language=language)


def model_facts(
    record: ExceptionRecord,
    explanation: Explanation,
    *,
    promise: str,
    notes: Iterable[str] = (),
) -> ModelFacts:
    """The facts of an exception that the rules have explained.

    Args:
        record: what is late.
        explanation: what the rules made of it; its receipts become the facts.
        promise: what was promised, in words.
        notes: what people wrote about the order, already without personal data; most recent first.
    """
    receipts = zip(explanation.evidence, explanation.sources, strict=False)
    own = len(explanation.own_evidence)
    facts = tuple(
        {"id": number, "kind": _kind(name, number <= own), "what": words}
        for number, (name, words) in enumerate(receipts, start=1)
    )
    return ModelFacts(
        stated={
            "order_id": record.order_id,
            "reason": record.reason_code.value,
            "severity": record.severity.value,
            "promise": promise,
            "cause": explanation.cause or "unknown",
            "place": place_of(record.facts),
        },
        facts=facts[:_MOST_FACTS],
        rules={
            "label": explanation.label,
            "why": explanation.ops_note,
            "next": explanation.next_step,
            "until": explanation.until,
            "before": explanation.similar,
            "client": explanation.client_note,
        },
        untrusted=tuple(_capped(note) for note in list(notes)[:_MOST_NOTES]),
    )


def _kind(name: str, own: bool) -> str:  # noqa: FBT001 - a predicate of one call
    if name.startswith(_COUNTED):
        return "count"
    return "event" if own else "event of another order"


def _capped(note: str) -> str:
    line = " ".join(note.split())
    return line if len(line) <= _NOTE else line[: _NOTE - 1] + "\u2026"


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - JSON of ours
    """Every string in it."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, tuple | list):
        return [text for one in value for text in _texts(one)]
    return []
