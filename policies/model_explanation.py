"""What a model is asked to answer about an exception, and how much of it is believed.

Must not ask a model. What the evidence does not bear out goes; nothing left means: not used.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.claims import (
    ONE_LINE,
    Evidence,
    UnsupportedError,
    check,
    check_client_note,
    check_ops_note,
)
from policies.next_steps import CAUSES
from policies.records import Explanation

UNKNOWN = "unknown"
ROOT_CAUSES = (*CAUSES, UNKNOWN)
_LABEL = 60
_RECEIPT = re.compile(r"\[\d+\]")
_Action = Annotated[str, Field(max_length=300)]


class ModelExplanation(BaseModel):
    """A model's explanation as it answers it; longer and further fields are refused or ignored.

    `evidence` are ids of the facts that it was shown, `confidence` is between 0 and 1.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    label: str = Field(max_length=200, description="What is wrong, in at most six words.")
    confidence: float = Field(ge=0, le=1, description="How sure the root cause is.")
    ops_note: str = Field(max_length=2000, description="Why, for operations, with [1] receipts.")
    client_note: str = Field(max_length=1200, description="For the client, in plain words.")
    root_cause: str = Field(max_length=40, description=f"One of {', '.join(ROOT_CAUSES)}.")
    next_actions: list[_Action] = Field(default_factory=list, max_length=5)
    reasoning: str = Field("", max_length=2000, description="Which facts led to the root cause.")
    evidence: list[int] = Field(default_factory=list, max_length=20)


def read_answer(value: Mapping[str, Any]) -> ModelExplanation | None:
    """The answer, None where it is not of that shape."""
    try:
        return ModelExplanation.model_validate(value)
    except ValidationError:
        return None


def believed(answer: ModelExplanation, known: Explanation, evidence: Evidence) -> Explanation:
    """The known explanation in the model's words, where these are borne out.

    Receipts, counts, the last moment and past cases stay those of the rules; so does any text of
    which nothing is left, and the cause unless the model names another one of the list and a fact.

    Raises:
        UnsupportedError: nothing of its note for operations is left, or it rests on no receipt
            although there are some: words that say nothing of this order explain nothing.
    """
    ops_note = check_ops_note(answer.ops_note, evidence).text
    if known.evidence and not _RECEIPT.search(ops_note):
        message = "the note cites none of the evidence"
        raise UnsupportedError(message)
    actions = (check(one, evidence, most=ONE_LINE).text for one in answer.next_actions)
    settled = known.next_step.startswith("Nothing")
    return replace(
        known,
        source="ai",
        confidence=answer.confidence,
        ops_note=ops_note,
        label=check(answer.label, evidence, most=_LABEL).text or known.label,
        client_note=check_client_note(answer.client_note, evidence).text or known.client_note,
        next_step=(not settled and next((one for one in actions if one), "")) or known.next_step,
        reasoning=check(answer.reasoning, evidence).text or None,
        cause=_cause(answer, known),
    )


def _cause(answer: ModelExplanation, known: Explanation) -> str | None:
    """What the rules found is kept; a model may only name one where they found none."""
    cited = [number for number in answer.evidence if 1 <= number <= len(known.evidence)]
    named = answer.root_cause if answer.root_cause in CAUSES and cited else None
    return known.cause or named
