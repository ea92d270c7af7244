"""Questions: answered from the records they name, with a citation, or honestly refused."""

from typing import Any

import pytest

from jobs.answer_question import answer_question
from jobs.asking import Asking
from jobs.views import Answer
from tests.jobs.fake_search import FakeSearch
from tests.jobs.world import World, of
from tests.policies.builders import at, event
from tests.storage.test_invoices import an_invoice


async def ask(
    world: World,
    question: str,
    *,
    tenants: tuple[int, ...] = (1,),
    about: int | None = None,
    **more: Any,  # noqa: ANN401 - fields of Asking
) -> Answer:
    """Somebody who sees those tenants asks."""
    asking = Asking(
        storage=world.storage,
        promises=world.promises,
        tenant_ids=tenants,
        now=at(150),
        zone="UTC",
        person="U0MARIA",
        **more,
    )
    return await answer_question(question, asking, about=about)


def refs(answer: Answer) -> list[str]:
    """What the answer's citations point at, in order."""
    assert [citation.number for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    return [citation.ref for citation in answer.citations]


@pytest.fixture
async def late(world: World) -> World:
    """SO-11 of Acme is late; SO-99 of Globex too."""
    await world.late_order("SO-11")
    await world.late_order("SO-99", tenant_id=2)
    return world


async def test_an_order_is_told_with_its_last_event_and_exceptions(late: World) -> None:
    """What is known of a named order is said, each sentence with its source."""
    answer = await ask(late, "where is SO-11?")
    assert (answer.route, answer.refused) == ("order", False)
    assert answer.text == (
        "Last heard of SO-11: order paid Mon 10:00 UTC [1]. "
        "#1 SO-11 pick delay, open, 30 min over, nobody owns it [2]."
    )
    assert refs(answer) == ["event:paid-SO-11", "exception:1"]


async def test_an_order_without_exception_says_so(world: World) -> None:
    """A healthy order is told as healthy."""
    await world.hear(of("SO-11", event("order_paid", 100)), minute=100)
    await world.judge(100)
    answer = await ask(world, "what about SO-11")
    assert "It has no exception." in answer.text
    assert refs(answer) == ["event:order_paid-100"]


async def test_an_exception_is_told_by_its_number(late: World) -> None:
    """A number is answered with the account and its evidence."""
    answer = await ask(late, "why is #1 late?")
    assert (answer.route, answer.refused) == ("exception", False)
    assert answer.text.startswith("#1: SO-11 pick delay, open, 30 min over")
    assert refs(answer) == ["event:paid-SO-11", "exception:1"]


async def test_a_question_in_a_thread_is_about_its_exception(late: World) -> None:
    """Nothing named in an alert's thread means the thread's exception."""
    answer = await ask(late, "why?", about=1)
    assert (answer.route, refs(answer)[-1]) == ("exception", "exception:1")


async def test_an_order_named_in_a_thread_is_what_is_meant(late: World) -> None:
    """A name in the question goes before the thread it is asked in."""
    await late.hear(of("SO-22", event("order_paid", 140, "o-2")), minute=140)
    answer = await ask(late, "and SO-22?", about=1)
    assert (answer.route, refs(answer)) == ("order", ["event:o-2"])


@pytest.mark.parametrize(
    "question", ["where is SO-99?", "where is SO-7777?", "why is #2 late", "#99"]
)
async def test_foreign_and_unknown_are_refused_alike(late: World, question: str) -> None:
    """Another client's records and those that do not exist give the same answer."""
    answer = await ask(late, question)
    assert (answer.route, answer.refused, answer.citations) == ("unknown_record", True, ())
    assert answer.text.startswith("I know no ")
    assert answer.text.endswith(" among the clients that are seen here.")
    assert "late" not in answer.text.removeprefix("I know no ")


async def test_a_question_that_names_nothing_is_not_guessed_at(late: World) -> None:
    """Where nothing is written down, the answer says what was looked at, and no more."""
    answer = await ask(late, "how is the weather?", search=FakeSearch())
    assert (answer.route, answer.refused, answer.citations) == ("none", True, ())
    assert answer.text.startswith("I don't know")
    assert "policies and runbooks of Acme" in answer.text


async def test_nobody_sees_anything_without_tenants(late: World) -> None:
    """An unmapped channel gets no data, whatever it asks."""
    for question in ("where is SO-11?", "#1", "what is open?"):
        answer = await ask(late, question, tenants=(), about=1)
        assert (answer.refused, answer.citations) == (True, ())
        assert "pick delay" not in answer.text


async def test_an_invoice_is_told_by_its_number(world: World) -> None:
    """However its number is typed; a number that nobody issued is not known."""
    async with world.storage.write() as tx:
        await tx.invoices.one_at_a_time(1)
        await tx.invoices.issue([an_invoice(1)])
    for typed in ("invoice 1", "what is on INV-000001?", "inv 1"):
        answer = await ask(world, typed)
        assert (answer.route, answer.refused) == ("invoice", False)
        assert answer.text.startswith("INV-000001 of Acme for SO-1")
        assert refs(answer) == ["invoice:Acme/INV-000001"]
    assert (await ask(world, "invoice 1", tenants=(2,))).route == "unknown_record"
    assert (await ask(world, "invoice 99")).text.startswith("I know no invoice 99")
