"""Answers questions, and does what people want of an answer: judge, share, keep, review.

Must not let an answer be seen where one of its clients may not be.
"""

import asyncio
from functools import partial

from handlers.blocks import notices
from handlers.blocks.answer import Around, answer, answer_flow
from handlers.blocks.answer_review import review
from handlers.blocks.sheets import Sheet
from handlers.slack.answer_intents import JudgeAnswer, ShareAnswer, ShowAnswers
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk, exceptions_beside, exceptions_of_thread
from handlers.slack.intents import Ask
from jobs.asking import Asking, Composing
from jobs.give_answer import Given, Place, answer_again, give_answer
from jobs.judge_answer import judge_answer, review_answers, seen_answer
from jobs.show_cards import cards_of
from jobs.views import Answer
from policies.questions.given import GivenAnswer
from policies.questions.proposals import as_markdown

Outcome = tuple[Reply, str]
ANSWERED, UNANSWERED, NOT_FOUND = "answered", "unanswered", "not_found"
_GONE = "That answer is not here any more, or not for you to see. Ask again."
_THANKS = "Thank you, noted."
_NOTED = "Thank you. Leads of the same clients see it, and the answer counts as wrong in tests."


async def answer_it(intent: Ask, desk: Desk) -> Outcome:
    """An answer with its sources, or that there is none."""
    begun = desk.services.wall_now()
    place = await _place(desk)
    given = await give_answer(intent.question, _asking(desk), place, wall_now=begun)
    took = (desk.services.wall_now() - begun).total_seconds()
    outcome = "refused" if given.answer.refused else "answered"
    desk.services.observe_slack.question(given.answer.route, outcome, took)
    reply = await _reply(given, desk)
    return reply, UNANSWERED if given.answer.refused else ANSWERED


async def judge_it(intent: JudgeAnswer, desk: Desk) -> Outcome:
    """Keeps the thumb."""
    found = await _found(intent.answer_id, desk)
    if found is None:
        return Reply(message=notices.told(_GONE), private=True), NOT_FOUND
    await judge_answer(
        found,
        helped=intent.helped,
        why=intent.why,
        note=intent.note,
        person=desk.asker.actor,
        storage=desk.services.storage,
        wall_now=desk.services.wall_now(),
    )
    thanks = _THANKS if intent.helped else _NOTED
    return Reply(message=notices.told(thanks), private=True), "done"


async def say_again(intent: ShareAnswer, desk: Desk) -> Outcome:
    """The answer as it was given, with who shared it."""
    found = await _found(intent.answer_id, desk)
    may = found is not None and (intent.keep or (found.public and not desk.asker.alone))
    if found is None or not may:
        return Reply(message=notices.told(_GONE), private=True), NOT_FOUND
    by = None if intent.keep else desk.person.name
    kept = answer_again(found)
    around = Around(links=await _links(kept, desk), id=found.id, by=by)
    return Reply(message=answer(kept, around)), "done"


async def show_answers(intent: ShowAnswers, desk: Desk) -> Outcome:
    """For leads, to them alone."""
    found = await review_answers(desk.tenant_ids, storage=desk.services.storage)
    if not intent.runbook:
        return Reply(message=review(found), private=True), ANSWERED
    if not found.proposals:
        why = "No answer helped often enough yet to be worth writing down."
        return Reply(message=notices.told(why), private=True), ANSWERED
    clients = ", ".join(tenant.name for tenant in desk.tenants)
    write = partial(as_markdown, found.proposals, clients=clients, day=f"{desk.now:%Y-%m-%d}")
    text = await asyncio.to_thread(write)
    title = f"Draft of a runbook from {len(found.proposals)} answers that helped"
    name = f"answers-{desk.now:%Y-%m-%d}.md"
    told = notices.told(f"{title}. The file is in your direct messages with E2A.")
    sheet = Sheet(name=name, title=title, content=text.encode())
    return Reply(message=told, private=True, sheet=sheet), ANSWERED


async def no_help_of(desk: Desk) -> tuple[GivenAnswer, ...]:
    """The latest answers that were none, about the clients for which they are a lead."""
    theirs = desk.allowing("review")
    if not theirs.tenant_ids:
        return ()
    found = await review_answers(theirs.tenant_ids, storage=theirs.services.storage)
    return found.no_help


async def _reply(given: Given, desk: Desk) -> Reply:
    """A command is answered to the asker alone, who can share it; a mention in its thread."""
    aside = not desk.asker.alone and desk.asker.asked_ts is None
    around = Around(links=await _links(given.answer, desk), id=given.id, aside=aside)
    drawn = answer(given.answer, around)
    return Reply(message=drawn, flow=answer_flow(given.answer, around))


def _asking(desk: Desk) -> Asking:
    services = desk.services
    composing = (
        Composing(asking=services.asking, wall_now=services.wall_now()) if services.asking else None
    )
    return Asking(
        storage=services.storage,
        promises=services.promises,
        tenant_ids=desk.tenant_ids,
        now=desk.now,
        zone=str(desk.zone),
        person=desk.asker.user_id,
        search=services.search,
        public=not desk.asker.alone,
        composing=composing,
    )


async def _place(desk: Desk) -> Place:
    """Where the conversation is; a mention that opens a thread goes on with nothing there."""
    asker = desk.asker
    here = await exceptions_of_thread(asker, desk.services)
    here = here or await exceptions_beside(asker, desk.services)
    return Place(
        asked_by=asker.actor,
        channel_id=asker.channel_id,
        thread_ts=None if asker.thread_ts == asker.asked_ts else asker.thread_ts,
        root=asker.thread_ts or asker.asked_ts,
        about=here[0] if len(here) == 1 else None,
    )


async def _found(answer_id: int, desk: Desk) -> GivenAnswer | None:
    return await seen_answer(answer_id, desk.tenant_ids, storage=desk.services.storage)


async def _links(given: Answer, desk: Desk) -> dict[int, str]:
    refs = (one.ref.removeprefix("exception:") for one in given.citations)
    numbers = [int(ref) for ref in refs if ref.isdecimal()]
    cards = await cards_of(numbers, storage=desk.services.storage)
    return {
        number: f"https://slack.com/archives/{channel_id}/p{ts.replace('.', '')}"
        for number, (channel_id, ts) in cards.items()
    }
