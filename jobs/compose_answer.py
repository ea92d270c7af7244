"""Has a model word an answer from passages, and keeps of it what the passages bear out.

Must not make anybody wait without an end, and must not be needed: the verbatim sentences stand
where no model answers or nothing of its answer is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.ask_model import Inquiry, NotTold, ask_model
from jobs.asking import Composing
from jobs.errors import TemporarilyUnavailableError
from jobs.ports.search import FoundPassage
from jobs.worded import worded
from policies.answer_claims import Backed, ModelAnswer, borne_out, read_claims
from policies.asking import AnswerLimits, Prompt, as_data
from policies.records import Tenant
from prompts.answer_model import VERSION, ask_to_answer

OPERATION = "answer"
_MOST_PASSAGES, _LONGEST, _TOKENS = 4, 2400, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """Sentences, each with the passages that bear it out, and who worded them."""

    claims: tuple[tuple[str, tuple[FoundPassage, ...]], ...]
    model: str


async def compose_answer(
    question: str, passages: Sequence[FoundPassage], tenant: Tenant, composing: Composing
) -> Composed | None:
    """What the model says as far as it is borne out; None where nothing is."""
    shown = {f"P{n}": one for n, one in enumerate(passages[:_MOST_PASSAGES], start=1)}
    texts = {name: _words(one) for name, one in shown.items()}
    inquiry = Inquiry(
        tenant=tenant,
        operation=OPERATION,
        facts={
            "question": question,
            "passages": [{"id": name, "text": text} for name, text in texts.items()],
        },
        prompt=_worded,
        accept=lambda value: bool(_believed(value, texts)),
    )
    try:
        told = await ask_model(inquiry, composing.asking, wall_now=composing.wall_now)
    except TemporarilyUnavailableError:
        return None  # what it would cost cannot be counted just now
    if isinstance(told, NotTold):
        return None
    claims = tuple(
        (one.text, tuple(shown[name] for name in one.source_ids))
        for one in _believed(told.value, texts)
    )
    return Composed(claims=claims, model=told.model) if claims else None


def _believed(value: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[Backed, ...]:
    return borne_out(read_claims(value), texts)


def _words(passage: FoundPassage) -> str:
    parts = (passage.heading, passage.lead, passage.text)
    return "\n".join(part for part in parts if part)[:_LONGEST]


def _worded(redacted: Mapping[str, Any]) -> Prompt:
    return worded(
        OPERATION,
        VERSION,
        ModelAnswer.model_json_schema(),
        lambda schema: ask_to_answer(facts=as_data(redacted), schema=schema),
        limits=AnswerLimits(output_tokens=_TOKENS),
    )
