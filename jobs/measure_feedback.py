"""Asks again what people judged: is what helped still found, is what was no help answered anew?

Must not judge the answers: people did. Nothing is kept of what is asked here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.answer_question import answer_question
from jobs.asking import Asking
from jobs.ports.search import POLICIES, RUNBOOKS
from jobs.views import Answer
from policies.questions.given import HELPED, NO_HELP, GivenAnswer
from policies.questions.route import Route

_MOST, _DEPTH = 500, 10
_PASSAGE = "passage:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is found today for questions whose answer helped, and what it should be.

    `rankings` are ids of passages by question, `judgements` a grade for each that was cited then.
    `again` are the questions whose answer was no help, with the answer of today.
    """

    rankings: Mapping[str, Sequence[str]]
    judgements: Mapping[str, Mapping[str, int]]
    again: tuple[tuple[GivenAnswer, Answer], ...]


async def measure_feedback(asking: Asking) -> Measured:
    """Of all clients of `asking`, as of its time.

    Raises:
        SearchUnavailableError: there is nothing to search.
    """
    async with asking.storage.read() as tx:
        names = {one.id: one.name for one in await tx.tenants.all()}
        good = await tx.answers.judged(asking.tenant_ids, HELPED, _MOST)
        bad = await tx.answers.judged(asking.tenant_ids, NO_HELP, _MOST)
    rankings: dict[str, Sequence[str]] = {}
    judgements: dict[str, Mapping[str, int]] = {}
    for given in good:
        cited = _cited(given)
        if given.route == Route.POLICY and cited and not given.before:
            found = await asking.search.find(
                given.question,
                tenants=[names[one] for one in given.tenants],
                at=asking.now,
                public=given.public,
                corpora=(POLICIES, RUNBOOKS),
                limit=_DEPTH,
            )
            key = f"{given.id}"
            rankings[key] = [one.id for one in found.passages]
            judgements[key] = dict.fromkeys(cited, 1)
    again = [(one, await _again(one, asking)) for one in bad]
    return Measured(rankings=rankings, judgements=judgements, again=tuple(again))


async def _again(given: GivenAnswer, asking: Asking) -> Answer:
    theirs = replace(
        asking, tenant_ids=given.tenants, public=given.public, before=given.before, composing=None
    )
    return await answer_question(given.question, theirs, about=given.about)


def _cited(given: GivenAnswer) -> list[str]:
    refs = (ref for _, ref in given.sources)
    return [ref.removeprefix(_PASSAGE) for ref in refs if ref.startswith(_PASSAGE)]
