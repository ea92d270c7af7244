"""What somebody can want of an answer that was given.

Must not hold words or rules: grammar.py reads words into these, run.py does them.
"""

from dataclasses import dataclass

from policies.questions.given import Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAnswer:
    """It helped, or it did not and why."""

    answer_id: int
    helped: bool
    why: Wrong | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareAnswer:
    """Say it again where it is told: in the channel (`keep` False), or to the asker's messages."""

    answer_id: int
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAnswers:
    """What was no help, and what is worth writing down; `runbook` as a draft to upload."""

    runbook: bool = False


AnswerIntent = JudgeAnswer | ShareAnswer | ShowAnswers
