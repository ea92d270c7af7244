"""What is made of an exception stage by stage, and what is not there yet, with the reason.

Must not do any of it: the judging, the model and the resolution policy do. States only follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from policies.records import ExceptionRecord, Explanation


class EnrichmentStage(StrEnum):
    """What is made of an exception, one after the other."""

    ORDER_ANALYSIS = "order_analysis"
    """Its order was judged, and the rules explained it."""
    CLASSIFICATION = "classification"
    """A model said what it is, and how sure it is."""
    AUTOMATION = "automation"
    """The resolution policy did what it lists."""


class EnrichmentState(StrEnum):
    """Where a stage stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    """There is nothing to do, and the reason says why: that is complete."""


DONE = frozenset({EnrichmentState.COMPLETED, EnrichmentState.SKIPPED})


class Note(NamedTuple):
    """A stage as it stands. Whatever is not COMPLETED has a reason (REASONS)."""

    state: EnrichmentState
    reason: str | None = None


def waits(reason: str) -> Note:
    """To be done yet."""
    return Note(EnrichmentState.PENDING, reason)


def skipped(reason: str) -> Note:
    """Nothing is to be done."""
    return Note(EnrichmentState.SKIPPED, reason)


def failed(reason: str) -> Note:
    """Tried without success."""
    return Note(EnrichmentState.FAILED, reason)


def under_way(reason: str) -> Note:
    """Is being done."""
    return Note(EnrichmentState.IN_PROGRESS, reason)


COMPLETED = Note(EnrichmentState.COMPLETED)
NEW = waits("new")
UNANALYSED = waits("waits_for_order_analysis")
UNTRIED = waits("to_be_looked_at")

REASONS: Mapping[str, str] = {
    "new": "has just opened",
    "not_explained": "the rules have not explained it yet",
    "evaluation_failed": "its order could not be judged; the dead letter says why",
    "waits_for_order_analysis": "waits for the order analysis",
    "waits_for_model": "waits for the model",
    "asked": "the model is being asked",
    "changed": "the order was judged anew meanwhile",
    "circuit_open": "the model is left alone after failures",
    "budget": "the client's budget of the day is spent",
    "no_model": "no model is set",
    "ai_mode": "the severity is not one that a model is asked about",
    "storm": "it is told in a storm, which is explained once",
    "settled": "the exception ended before",
    "too_long": "more facts than a model is shown",
    "refused_answer": "the answer was too unsure, or nothing of it was borne out",
    "nothing_to_word": "nothing was left to be worded",
    "no_outcome": "nothing came back of asking the model",
    "failed": "something went wrong; the log says what",
    "timeout": "the model did not answer in time",
    "unreachable": "the model was not reached",
    "disconnected": "the model hung up",
    "server_error": "the model's server failed",
    "rate_limited": "the model's server asked to wait",
    "refused": "the model's server refused the call",
    "prompt_refused": "the model's server refused the question",
    "too_large": "the answer was too large",
    "junk": "the answer was no answer",
    "no_policy": "no policy lists anything for this reason code",
    "to_be_looked_at": "the policy has not been looked at yet",
    "conditions": "the policy's conditions are not met",
    "in_hand": "a person has it in hand",
    "blocked": "nothing is done by itself about it",
    "approval": "waits for somebody's approval",
    "attempt": "an attempt is under way, or waits for its proof",
    "attempt_failed": "an attempt did not help; another one may follow",
    "attempts_used_up": "no attempt helped, and none is left",
    "dry_run": "it was a dry run",
    "declined": "somebody declined it",
}
"""Every reason in words. What is not in here reads as `failed`."""


def in_words(reason: str) -> str:
    """A reason as people read it."""
    return REASONS.get(reason, REASONS["failed"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """How far an exception is enriched. All times are wall time: it is about our own work.

    `tries` of a model brought nothing, in a row. `ask_at` is when a model is asked next,
    `next_at` when the stages are looked at next, None: not by themselves. `confidence` is the
    model's and stays None until one answered. `filled` of `expected` fields have a value.
    """

    tenant_id: int
    exception_id: int
    begun_at: datetime
    order_analysis: Note = NEW
    classification: Note = UNANALYSED
    automation: Note = UNTRIED
    tries: int = 0
    ask_at: datetime | None = None
    next_at: datetime | None = None
    completed_at: datetime | None = None
    confidence: float | None = None
    filled: int = 0
    expected: int = 0
    quality: int = 0

    @property
    def stages(self) -> Mapping[EnrichmentStage, Note]:
        """Every stage as it stands, in their order."""
        return {
            EnrichmentStage.ORDER_ANALYSIS: self.order_analysis,
            EnrichmentStage.CLASSIFICATION: self.classification,
            EnrichmentStage.AUTOMATION: self.automation,
        }

    @property
    def complete(self) -> bool:
        """Whether nothing is owed: each stage is done, or skipped for a reason."""
        return all(note.state in DONE for note in self.stages.values())

    @property
    def given_up(self) -> bool:
        """Whether a model failed so often that nobody asks it any more."""
        return self.classification.state is EnrichmentState.FAILED and self.ask_at is None

    @property
    def owed(self) -> bool:
        """Whether something is still to come by itself."""
        open_ones = (EnrichmentState.PENDING, EnrichmentState.IN_PROGRESS)
        if self.order_analysis.state not in DONE or self.automation.state in open_ones:
            return True
        return self.classification.state not in DONE and not self.given_up


_BY_RULES = ("label", "ops_note", "client_note", "next_step", "evidence", "cause")
_BY_MODEL = ("confidence", "reasoning")


def with_quality(enrichment: Enrichment, record: ExceptionRecord) -> Enrichment:
    """How well it is enriched, from 0 to 100.

    The share of the fields that have a value, times the model's confidence where one answered.
    Six fields are the rules'; two more are expected unless the classification is skipped.
    """
    told = record.explanation
    by_model = enrichment.classification.state is not EnrichmentState.SKIPPED
    names = (*_BY_RULES, *_BY_MODEL) if by_model else _BY_RULES
    filled = sum(_has(told, name) for name in names)
    sure = 1.0 if enrichment.confidence is None else enrichment.confidence
    quality = int(100 * filled * sure / len(names) + 0.5)
    return replace(enrichment, filled=filled, expected=len(names), quality=quality)


def _has(told: Explanation | None, name: str) -> bool:
    value = getattr(told, name, None)
    return value is not None and value not in ("", ())
