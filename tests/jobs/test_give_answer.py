"""Conversations: what follows is read with what it follows, and every answer is kept whole."""

from typing import Any

import pytest

from jobs.asking import Asking
from jobs.give_answer import Given, Place, answer_again, give_answer
from jobs.judge_answer import judge_answer, review_answers, seen_answer
from jobs.measure_feedback import measure_feedback
from policies.questions.given import Wrong
from policies.questions.proposals import OFTEN, as_markdown
from tests.jobs.fake_search import FakeSearch, passage
from tests.jobs.test_answer_documents import RETURNS
from tests.jobs.world import World
from tests.policies.builders import at

THREAD = Place(asked_by="slack:U0MARIA", channel_id="C1", thread_ts="1.2", root="1.2")


async def say(world: World, question: str, place: Place = THREAD, **more: Any) -> Given:  # noqa: ANN401
    """Somebody asks there."""
    minutes = more.pop("minutes", 150)
    asking = Asking(
        storage=world.storage,
        promises=world.promises,
        tenant_ids=more.pop("tenants", (1,)),
        now=at(150),
        zone="UTC",
        search=FakeSearch([RETURNS]),
        **more,
    )
    return await give_answer(question, asking, place, wall_now=at(minutes))


@pytest.fixture
async def late(world: World) -> World:
    """SO-11 of Acme is late."""
    await world.late_order("SO-11")
    return world


async def test_a_figure_keeps_its_filters_and_changes_what_is_said(late: World) -> None:
    """`and last week?` asks the same of another week."""
    first = await say(late, "how many pick delays today?")
    split = await say(late, "by severity?")
    then = await say(late, "and yesterday?")
    assert first.answer.text.startswith("1 exception")
    assert split.answer.text.endswith("Counted: pick delay, opened today, Mon 2 Mar 2026 (UTC).")
    assert then.answer.text == "None.\nCounted: pick delay, opened on Sun 1 Mar 2026 (UTC)."


async def test_it_is_what_was_spoken_of(late: World) -> None:
    """After an answer about one exception, `why is it late?` means that one."""
    await say(late, "where is SO-11?")
    answer = (await say(late, "why is it late?")).answer
    assert answer.route == "exception"
    assert answer.text.startswith("#1: SO-11")


async def test_another_thread_another_person_and_another_day_know_nothing(late: World) -> None:
    """A conversation is one thread; without a thread it is one person's, for ten minutes."""
    await say(late, "where is SO-11?")
    elsewhere = Place(asked_by="slack:U0MARIA", channel_id="C1", thread_ts="9.9")
    assert (await say(late, "why is it late?", elsewhere)).answer.route != "exception"
    assert (await say(late, "why is it late?", minutes=150 + 60 * 25)).answer.route != "exception"
    beside = Place(asked_by="slack:U0JOE", channel_id="C1")
    assert (await say(late, "why is it late?", beside)).answer.route != "exception"


async def test_a_conversation_about_unseen_clients_is_not_gone_on_with(late: World) -> None:
    """Who sees fewer clients than the one before does not learn what those asked about."""
    await say(late, "where is SO-11?", tenants=(1, 2))
    assert (await say(late, "why is it late?", tenants=(2,))).answer.route != "exception"


async def test_an_answer_is_kept_with_all_that_made_it(late: World) -> None:
    """Question, route, sources, passages, what the index knew: it can be given again."""
    given = await say(late, "how fast are returned goods inspected?")
    kept = await seen_answer(given.id, (1,), storage=late.storage)
    assert kept is not None
    assert answer_again(kept) == given.answer
    assert (kept.route, kept.public, kept.passages) == ("policy", True, (RETURNS.id,))
    assert await seen_answer(given.id, (2,), storage=late.storage) is None


async def test_nobody_to_see_is_answered_and_not_kept(late: World) -> None:
    """What stands behind no client's wall has no place to be kept."""
    given = await say(late, "where is SO-11?", tenants=())
    assert (given.id, given.answer.refused) == (0, True)


async def judge(world: World, given: Given, **more: Any) -> bool:  # noqa: ANN401
    """Somebody thinks something of it."""
    kept = await seen_answer(given.id, (1,), storage=world.storage)
    assert kept is not None
    usual: dict[str, Any] = {"helped": False, "person": "slack:U1", "wall_now": at(200)}
    return await judge_answer(kept, storage=world.storage, **usual | more)


async def test_leads_review_what_was_no_help(late: World) -> None:
    """With the reason and the note, judged last first; a later thumb counts instead."""
    first = await say(late, "how long is the quarantine?")
    second = await say(late, "can dogs come in?")
    await judge(late, first, why=Wrong.MISSING, note="see page 4")
    await judge(late, second, why=Wrong.WRONG, wall_now=at(201))
    found = await review_answers((1,), storage=late.storage)
    assert [one.question for one in found.no_help] == [
        "can dogs come in?",
        "how long is the quarantine?",
    ]
    assert (found.no_help[1].why, found.no_help[1].note) == ("missing", "see page 4")
    await judge(late, second, helped=True)
    found = await review_answers((1,), storage=late.storage)
    assert [one.id for one in found.no_help] == [first.id]
    assert (await review_answers((2,), storage=late.storage)).no_help == ()


async def test_what_helped_often_is_proposed_for_a_runbook(late: World) -> None:
    """Alike questions count together; figures of a day are never proposed."""
    asked = ("how fast are returned goods inspected?", "when are returned goods inspected?")
    for question in (*asked, "returned goods inspected how fast"):
        await judge(late, await say(late, question), helped=True)
        await judge(late, await say(late, "how many are open?"), helped=True)
    (one,) = (await review_answers((1,), storage=late.storage)).proposals
    assert one.times == OFTEN
    text = as_markdown([one], clients="Acme", day="2026-03-02")
    assert "Returned goods are inspected within 2 business days." in text
    assert "Source: runbooks/returns.md:3-5" in text
    assert "[1]" not in text


async def test_what_people_judged_is_asked_again(late: World) -> None:
    """What helped is looked for by the passage that it cited; what was no help is given anew."""
    helped = await say(late, "how fast are returned goods inspected?")
    await judge(late, helped, helped=True)
    missed = await say(late, "how are pallets wrapped?")
    await judge(late, missed, why=Wrong.MISSING)
    now_there = passage("Pallets are wrapped twice.", corpus="runbooks", document="p.md")
    asking = Asking(
        storage=late.storage,
        promises=late.promises,
        tenant_ids=(1,),
        now=at(300),
        zone="UTC",
        search=FakeSearch([RETURNS, now_there]),
    )
    found = await measure_feedback(asking)
    assert found.rankings[f"{helped.id}"][0] == RETURNS.id
    assert found.judgements == {f"{helped.id}": {RETURNS.id: 1}}
    ((given, answer),) = found.again
    assert (given.id, answer.text) == (missed.id, "Pallets are wrapped twice. [1]")
    async with late.storage.read() as tx:
        assert await tx.answers.get(missed.id + 1) is None
