"""Gives an answer within its conversation, and keeps it with all that it takes to give it again.

Must not answer by itself: answer_question.py does. What cannot be kept is told all the same.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobs.answer_question import answer_question
from jobs.asking import Asking
from jobs.errors import TemporarilyUnavailableError
from jobs.views import Answer, Citation
from policies.naming import named_in
from policies.questions.follow import follows
from policies.questions.given import GivenAnswer
from policies.questions.route import points_back

_IN_THREAD, _BESIDE = timedelta(hours=24), timedelta(minutes=10)
"""For how long what was said before may be meant: in a thread, and where there is none."""
_MOST_BEFORE = 4
_EXCEPTION = "exception:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it is asked: `thread_ts` is the thread that goes on, None where none does.

    `root` is the message below which the answer stands, `about` the exception of an alert's thread.
    """

    asked_by: str
    channel_id: str | None = None
    thread_ts: str | None = None
    root: str | None = None
    about: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer, and its number; 0 where it could not be kept."""

    answer: Answer
    id: int


async def give_answer(question: str, asking: Asking, place: Place, *, wall_now: datetime) -> Given:
    """Answers, as the piece of a conversation that the question may be."""
    last = await _last(asking, place, wall_now)
    before, about = _context(question, last, place)
    asking = replace(asking, before=before)
    answer = await answer_question(question, asking, about=about)
    given = _given(question, answer, asking, place, about, wall_now)
    try:
        async with asking.storage.write() as tx:
            kept = await tx.answers.keep(given) if given else None
    except TemporarilyUnavailableError:
        kept = None  # told all the same
    return Given(answer=answer, id=kept.id if kept else 0)


async def _last(asking: Asking, place: Place, wall_now: datetime) -> GivenAnswer | None:
    since = wall_now - (_IN_THREAD if place.thread_ts else _BESIDE)
    async with asking.storage.read() as tx:
        found = await tx.answers.spoken(place.channel_id, place.thread_ts, place.asked_by, since)
    mine = (one for one in found if set(one.tenants) <= set(asking.tenant_ids))
    return next(mine, None)


def _context(
    question: str, last: GivenAnswer | None, place: Place
) -> tuple[tuple[str, ...], int | None]:
    """The questions that this one follows, and the exception that it is about."""
    if last is None or not (follows(question) or points_back(question)):
        return (), place.about
    before = (*last.before, last.question)[-_MOST_BEFORE:]
    if place.about is not None or named_in(question).anything or not points_back(question):
        return before, place.about
    return before, last.about or _only_exception(last)


def _only_exception(last: GivenAnswer) -> int | None:
    """What `it` means after an answer about one exception."""
    refs = [ref for _, ref in last.sources if ref.startswith(_EXCEPTION)]
    return int(refs[0].removeprefix(_EXCEPTION)) if len(refs) == 1 else None


def _given(
    question: str,
    answer: Answer,
    asking: Asking,
    place: Place,
    about: int | None,
    wall_now: datetime,
) -> GivenAnswer | None:
    """None where nobody is to be seen: it stands behind no client's wall."""
    if not asking.tenant_ids:
        return None
    tenants = tuple(sorted(asking.tenant_ids))
    return GivenAnswer(
        tenant_id=tenants[0],
        tenants=tenants,
        asked_by=place.asked_by,
        question=question,
        route=answer.route,
        refused=answer.refused,
        text=answer.text,
        now=answer.now,
        asked_at=wall_now,
        channel_id=place.channel_id,
        thread_ts=place.root,
        public=asking.public,
        before=asking.before,
        about=about,
        sources=tuple((one.label, one.ref) for one in answer.citations),
        passages=answer.passages,
        indexed_at=answer.indexed_at,
        model=answer.model,
    )


def answer_again(given: GivenAnswer) -> Answer:
    """An answer that was kept, as it was given."""
    return Answer(
        text=given.text,
        citations=tuple(
            Citation(number=number, label=label, ref=ref)
            for number, (label, ref) in enumerate(given.sources, start=1)
        ),
        route=given.route,
        refused=given.refused,
        now=given.now,
        passages=given.passages,
        indexed_at=given.indexed_at,
        model=given.model,
    )
