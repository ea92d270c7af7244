"""Answers that were given are kept alike everywhere, with what people thought of them."""

from dataclasses import replace
from datetime import timedelta

from policies.questions.given import HELPED, NO_HELP, GivenAnswer
from storage.transaction import SqlStorage
from tests.storage.builders import MINUTE, T0
from tests.storage.conftest import World


def given(world: World, **changes: object) -> GivenAnswer:
    """An answer in a thread of Acme's channel."""
    one = GivenAnswer(
        tenant_id=world.tenant.id,
        tenants=(world.tenant.id,),
        asked_by="slack:U0MARIA",
        question="by when must it be packed?\x00",
        route="policy",
        refused=False,
        text="Packed within 3 h of picking. [1]",
        now=T0,
        asked_at=T0,
        channel_id="C1",
        thread_ts="1.2",
        before=("what is the promise?",),
        about=7,
        sources=(("sla.yaml:3", "passage:p1"),),
        passages=("p1", "p2"),
        indexed_at=T0 - MINUTE,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


async def test_an_answer_is_kept_whole(world: World) -> None:
    """All that is needed to give it again can be read back."""
    async with world.storage.write() as tx:
        kept = await tx.answers.keep(given(world, question="by when?"))
    async with world.storage.read() as tx:
        assert await tx.answers.get(kept.id) == replace(
            given(world, question="by when?"), id=kept.id
        )
        assert await tx.answers.get(kept.id + 1) is None


async def test_a_conversation_is_that_of_the_thread_or_of_the_person(world: World) -> None:
    """In a thread everybody's questions, elsewhere one's own; newest first, and none too old."""
    async with world.storage.write() as tx:
        for question, changes in (
            ("old", {"asked_at": T0 - timedelta(hours=2)}),
            ("first", {}),
            ("second", {"asked_by": "slack:U0JOE"}),
            ("aside", {"thread_ts": None}),
            ("theirs", {"thread_ts": None, "asked_by": "slack:U0JOE"}),
            ("elsewhere", {"channel_id": "C2"}),
        ):
            await tx.answers.keep(given(world, question=question, **changes))
    since = T0 - timedelta(hours=1)
    async with world.storage.read() as tx:
        thread = await tx.answers.spoken("C1", "1.2", "slack:U0MARIA", since)
        alone = await tx.answers.spoken("C1", None, "slack:U0MARIA", since)
        assert [one.question for one in thread] == ["second", "first"]
        assert [one.question for one in alone] == ["aside", "first"]
        assert await tx.answers.spoken(None, None, "slack:U0MARIA", since) == []


async def test_what_people_thought_is_found_by_those_who_may_see_all_of_it(world: World) -> None:
    """Judged last comes first; an answer about two clients is for those who see both."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(replace(world.tenant, id=0, name="Initrode"))
        mine = await tx.answers.keep(given(world))
        both = await tx.answers.keep(given(world, tenants=(world.tenant.id, other.id)))
        await tx.answers.keep(given(world))
        for place, one in enumerate((mine, both)):
            judged_at = T0 + place * MINUTE
            judged = replace(
                one, verdict=NO_HELP, why="missing", judged_by="slack:U1", judged_at=judged_at
            )
            assert await tx.answers.judge(judged)
        assert not await tx.answers.judge(replace(mine, id=999, verdict=HELPED))
    async with world.storage.read() as tx:
        seen = [world.tenant.id]
        found = await tx.answers.judged(seen, NO_HELP, 5)
        assert [(one.id, one.why) for one in found] == [(mine.id, "missing")]
        found = await tx.answers.judged([*seen, other.id], NO_HELP, 5)
        assert [one.id for one in found] == [both.id, mine.id]
        assert await tx.answers.judged(seen, HELPED, 5) == []


async def test_a_request_reaches_the_answers_of_its_clients(world: World) -> None:
    """Behind its clients' wall it keeps, finds and judges theirs, and reads no other's."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(replace(world.tenant, id=0, name="Initrode"))
        foreign = await tx.answers.keep(given(world, tenant_id=other.id, tenants=(other.id,)))
    mine = world.storage.of([world.tenant.id])
    async with mine.write() as tx:
        kept = await tx.answers.keep(given(world))
        judged = replace(kept, verdict=HELPED, judged_by="slack:U1", judged_at=T0)
        assert await tx.answers.judge(judged)
    async with mine.read() as tx:
        assert [one.id for one in await tx.answers.judged([world.tenant.id], HELPED, 5)] == [
            kept.id
        ]
        walled = isinstance(world.storage, SqlStorage) and not world.storage.engines.on_sqlite
        assert (await tx.answers.get(foreign.id) is None) is walled
