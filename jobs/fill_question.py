"""Has a model say what words of a question about figures mean, where the reader does not know them.

Must not let it ask anything else than was asked: the reworded question is read as always.
"""

from collections.abc import Mapping
from typing import Any

from jobs.answer_figures import answer_figures, known_names
from jobs.ask_model import Inquiry, NotTold, ask_model
from jobs.asking import Asking
from jobs.errors import TemporarilyUnavailableError
from jobs.views import Answer
from jobs.worded import worded
from policies.asking import AnswerLimits, Prompt, as_data
from policies.questions.follow import read_following
from policies.questions.meanings import Meanings, phrases_of, reworded
from policies.questions.shape import Unclear
from prompts.fill_model import VERSION, ask_to_fill

OPERATION = "question"
_TOKENS = 300


async def answer_filled(question: str, asking: Asking) -> Answer | None:
    """The figures, with what was read as what; None where no model answers or it is not certain."""
    if asking.composing is None:
        return None
    async with asking.storage.read() as tx:
        tenants = [one for one in await tx.tenants.all() if one.id in asking.tenant_ids]
        known = await known_names(tx, tenants, asking)
    read = read_following(question, asking.before, known, asking.now, asking.zone)
    if not isinstance(read, Unclear) or not tenants:
        return None
    unclear = read.words
    inquiry = Inquiry(
        tenant=tenants[0],
        operation=OPERATION,
        facts={
            "question": question,
            "not_understood": list(unclear),
            "phrases": list(phrases_of(known)),
        },
        prompt=_worded,
        accept=lambda value: reworded(question, unclear, value, known) is not None,
    )
    composing = asking.composing
    try:
        told = await ask_model(inquiry, composing.asking, wall_now=composing.wall_now)
    except TemporarilyUnavailableError:
        return None  # what it would cost cannot be counted just now
    found = None if isinstance(told, NotTold) else reworded(question, unclear, told.value, known)
    if found is None or isinstance(told, NotTold):
        return None
    return await _said_back(*found, asking, told.model)


async def _said_back(
    question: str, meant: tuple[tuple[str, str], ...], asking: Asking, model: str
) -> Answer | None:
    answer = await answer_figures(question, asking)
    if answer is None or answer.refused:
        return None
    read = ", ".join(f"\u201c{words}\u201d as {phrase}" for words, phrase in meant)
    return Answer(
        text=f"{answer.text}\nRead by {model}: {read}.",
        citations=answer.citations,
        route=answer.route,
        refused=False,
        now=answer.now,
        model=None,
    )


def _worded(redacted: Mapping[str, Any]) -> Prompt:
    return worded(
        OPERATION,
        VERSION,
        Meanings.model_json_schema(),
        lambda schema: ask_to_fill(facts=as_data(redacted), schema=schema),
        limits=AnswerLimits(output_tokens=_TOKENS),
    )
