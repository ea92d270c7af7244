"""Answers a question: by names, by figures, from documents or from past cases, or says why not.

Must not guess: the words decide where the answer is looked for, and what is not there is refused.
"""

from dataclasses import replace

from jobs.answer_documents import answer_documents
from jobs.answer_figures import answer_figures, known_names
from jobs.answer_past import causes, similar_cases
from jobs.answer_promises import covered
from jobs.answer_records import Records, named_records, told, unknown
from jobs.asking import Asking
from jobs.fill_question import answer_filled
from jobs.views import Answer
from policies.naming import Named, bare_numbers, named_in
from policies.questions.plain import Known
from policies.questions.route import Route, Sense, of_a_record, points_back, senses_of

_OF_ONE = frozenset({Sense.SIMILAR, Sense.COVERED, Sense.WHY})
"""What is asked of one record; there a bare number is one."""
_OF_TEXTS = frozenset({Sense.PRICE, Sense.DOCUMENTS})
_HELP = """Ask me in plain words, for example:
- an order or an exception: where is SO-1042? why is #7 late?
- figures: how many pick delays are open for Acme? SLA compliance last week by client
- what is written down: by when must an order be packed? what do we do when a pick-up is missed?
- past cases: anything similar to #7? why are picks late at ATL1 today?
- an order against its promises: does SO-1042 break its promise? is #7 covered by a credit?
`help` shows the commands."""
_NOBODY = "I see no client from here, so there is nothing that I could tell."
_SMALL_TALK = (
    "I only speak of orders, exceptions, figures and what is written down here. For example: "
    "what is open for Acme? why is #7 late? by when must an order be packed?"
)


async def answer_question(question: str, asking: Asking, *, about: int | None) -> Answer:
    """Answers in a sentence or two, with citations, or says what was looked at in vain.

    Args:
        question: what was asked, as typed.
        asking: who asks, what they may see, and as of when.
        about: the exception of the thread in which it was asked, if any.
    """
    senses = senses_of(question)
    if Sense.HELP in senses:
        return _said(_HELP, Route.HELP, asking, refused=False)
    if Sense.SMALL_TALK in senses and not named_in(question).anything:
        return _said(_SMALL_TALK, Route.SMALL_TALK, asking, refused=True)
    if not asking.tenant_ids:
        return _said(_NOBODY, Route.NONE, asking, refused=True)
    named = _named(question, senses, about)
    if of_a_record(question, named, about):
        answer = await _of_records(question, named, senses, asking, about)
        if answer is not None:
            return answer
    return await _of_all(question, senses, asking)


def _named(question: str, senses: tuple[Sense, ...], about: int | None) -> Named:
    named = named_in(question)
    if named.anything or about is not None or not _OF_ONE & set(senses):
        return named
    numbers = bare_numbers(question)
    return replace(named, exceptions=numbers, words=tuple(f"#{one}" for one in numbers))


async def _of_records(
    question: str,
    named: Named,
    senses: tuple[Sense, ...],
    asking: Asking,
    about: int | None,
) -> Answer | None:
    """About the records that it names, or that of the thread; None where those are no names."""
    if not named.anything and about is not None:
        named = replace(named, exceptions=(about,), words=(f"#{about}",))
    records = await named_records(named, asking)
    if not records.found:
        # a wave or a service can look like an order's number
        figures = await answer_figures(question, asking)
        if figures is not None and not figures.refused:
            return figures
        return unknown(named.words, asking) if named.anything else None
    of_goods = bool(records.exceptions or records.orders)
    if Sense.SIMILAR in senses and of_goods:
        return await similar_cases(question, records, asking, await _known(asking))
    if Sense.COVERED in senses and of_goods:
        return await covered(records, asking)
    return told(records, asking)


async def _of_all(question: str, senses: tuple[Sense, ...], asking: Asking) -> Answer:
    """About no record by name: figures where they are understood, else past cases, else texts."""
    written = await _written(question, asking) if Sense.PRICE in senses else None
    if written is not None and not written.refused:
        return written
    figures = await answer_figures(question, asking)
    if figures is not None and not figures.refused and written is None:
        return figures
    past = await _past(question, senses, asking)
    if past is not None and not past.refused:
        return past
    found = written or await _written(question, asking)
    if found.refused and past is not None:
        return past
    if found.refused and figures is not None and not _OF_TEXTS & set(senses):
        return await answer_filled(question, asking) or figures
    return found


async def _past(question: str, senses: tuple[Sense, ...], asking: Asking) -> Answer | None:
    if Sense.SIMILAR in senses:
        return await similar_cases(question, Records(), asking, await _known(asking))
    if Sense.WHY in senses:
        return await causes(question, asking, await _known(asking))
    return None


async def _written(question: str, asking: Asking) -> Answer:
    return await answer_documents(_in_full(question, asking), asking)


def _in_full(question: str, asking: Asking) -> str:
    """A question that follows another one is about that one's matter as well."""
    return (
        f"{asking.before[-1]} {question}" if asking.before and points_back(question) else question
    )


async def _known(asking: Asking) -> Known:
    async with asking.storage.read() as tx:
        tenants = [one for one in await tx.tenants.all() if one.id in asking.tenant_ids]
        return await known_names(tx, tenants, asking)


def _said(text: str, route: Route, asking: Asking, *, refused: bool) -> Answer:
    return Answer(text=text, citations=(), route=route, refused=refused, now=asking.now)
