"""Asks the product every question of a set, in the channel of the workspace, and has it judged.

Must not judge by itself, and must not touch a table: the one door is `answer_question`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.asking.fill import Question, questions
from bench.asking.judge import Verdict, judged, stands
from bench.asking.never_tune_figures import NEVER_TUNE_FIGURES
from bench.asking.never_tune_texts import NEVER_TUNE_TEXTS
from bench.asking.shelf import texts
from bench.asking.slots import NEVER_TUNE, TUNE
from bench.asking.stored import promises, stored
from bench.asking.template import Kind
from bench.asking.tune_figures import TUNE_FIGURES
from bench.asking.tune_more import TUNE_MORE
from bench.asking.tune_spoken import TUNE_SPOKEN
from bench.asking.tune_texts import TUNE_TEXTS
from bench.asking.workspace import (
    ASKER,
    CLIENTS,
    NOW,
    PEOPLE,
    SEEN,
    ZONE,
    Workspace,
    generated,
)
from jobs.answer_question import answer_question
from jobs.asking import Asking
from jobs.ports.search import POLICIES, RUNBOOKS, NoSearch, Search
from rag.passage import Passage
from storage.memory import MemoryStorage

_DEPTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A workspace in storage, and who asks in it."""

    workspace: Workspace
    storage: MemoryStorage
    asking: Asking
    texts: Mapping[str, Passage]


async def scene() -> Scene:
    """The generated workspace and its channel; nothing can be searched yet."""
    workspace, kept = generated(), promises()
    storage = await stored(workspace, kept)
    asking = Asking(
        storage=storage,
        promises=kept,
        tenant_ids=SEEN,
        now=NOW,
        zone=ZONE,
        person=ASKER,
        people=PEOPLE,
        search=NoSearch("the index is down"),
    )
    return Scene(workspace=workspace, storage=storage, asking=asking, texts=texts())


def searching(found: Scene, search: Search) -> Scene:
    """The same with an index."""
    return replace(found, asking=replace(found.asking, search=search))


def tune_set(workspace: Workspace) -> tuple[Question, ...]:
    """The questions that words and thresholds are improved on."""
    return questions((*TUNE_FIGURES, *TUNE_MORE, *TUNE_SPOKEN, *TUNE_TEXTS), TUNE, workspace)


def never_tune_set(workspace: Workspace) -> tuple[Question, ...]:
    """The questions that nothing was tuned on."""
    return questions((*NEVER_TUNE_FIGURES, *NEVER_TUNE_TEXTS), NEVER_TUNE, workspace)


async def verdicts_on(found: Scene, asked: Sequence[Question]) -> list[Verdict]:
    """Every question asked by itself."""
    return [
        judged(
            one,
            await answer_question(one.text, found.asking, about=None),
            found.workspace,
            found.texts,
        )
        for one in asked
    ]


async def ranks_of(found: Scene, asked: Sequence[Question]) -> list[int | None]:
    """At which place the first passage stands that answers each policy question."""
    return [await _rank(found, question) for question in asked if question.kind is Kind.POLICY]


async def _rank(found: Scene, question: Question) -> int | None:
    hits = await found.asking.search.find(
        question.text,
        tenants=[CLIENTS[number] for number in found.asking.tenant_ids],
        at=NOW,
        public=True,
        corpora=(POLICIES, RUNBOOKS),
        limit=_DEPTH,
    )
    for place, one in enumerate(hits.passages, start=1):
        if stands(found.texts[one.id], question.template.places):
            return place
    return None
