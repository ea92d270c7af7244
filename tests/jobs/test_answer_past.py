"""Past cases, causes, promises: read again from the rows, filtered as asked, with their sources."""

from dataclasses import replace

import pytest

from jobs.ports.search import EXCEPTIONS, FoundPassage
from tests.jobs.fake_search import FakeSearch, passage
from tests.jobs.test_answer_question import ask, refs
from tests.jobs.world import World, of
from tests.policies.builders import event


def told_of(number: int, words: str, tenant: str = "Acme") -> FoundPassage:
    """What the index has of an exception."""
    return passage(words, tenant=tenant, corpus=EXCEPTIONS, document=f"exception/{number}")


@pytest.fixture
async def cases(world: World) -> World:
    """Three late picks of Acme at two sites, the second settled, and one of Globex."""
    for place, (order, site) in enumerate((("SO-1", "ATL1"), ("SO-2", "ATL1"), ("SO-3", "DFW2"))):
        paid = replace(event("order_paid", 0, f"p-{order}"), payload={"warehouse": site})
        await world.hear(of(order, paid), minute=place)
    await world.hear(of("SO-9", event("order_paid", 0, "p-9")), tenant_id=2)
    await world.judge(0)
    await world.judge(121)
    picked = of("SO-2", event("pick_completed", 130, "k-2"))
    await world.hear(picked, minute=130)
    await world.judge(130)
    return world


def number_of(world: World, order: str) -> int:
    """The exception of that order."""
    return next(one.id for one in world.records() if one.order_id == order)


async def test_cases_like_one_are_told_with_how_they_ended(cases: World) -> None:
    """The case itself is left out, and every other one is cited by its number."""
    number = number_of(cases, "SO-1")
    answer = await ask(cases, f"anything similar to #{number}?", search=FakeSearch())
    assert (answer.route, answer.refused) == ("similar", False)
    assert answer.text.startswith(f"Like #{number} [1]: 1 case, 1 settled")
    assert refs(answer) == [f"exception:{number}", f"exception:{number_of(cases, 'SO-2')}"]


async def test_a_bare_number_is_an_exception_where_a_case_is_meant(cases: World) -> None:
    """`similar to 1` says no more than the number."""
    number = number_of(cases, "SO-1")
    answer = await ask(cases, f"similar to {number}", search=FakeSearch())
    assert refs(answer)[0] == f"exception:{number}"


async def test_what_the_index_says_is_read_again(cases: World) -> None:
    """A passage about an order that is gone, or about a foreign one, is not told."""
    number = number_of(cases, "SO-3")
    search = FakeSearch(
        [
            told_of(999, "pick delay nobody knows"),
            told_of(number_of(cases, "SO-9"), "pick delay", tenant="Acme"),
            told_of(number, "pick delay at DFW2"),
        ]
    )
    answer = await ask(cases, "have we seen something like a pick delay before?", search=search)
    assert refs(answer) == [f"exception:{number}"]


async def test_filters_of_the_question_hold(cases: World) -> None:
    """What is asked of one site is not told of another, and the filter is printed."""
    every = [told_of(number_of(cases, f"SO-{n}"), "pick delay late") for n in (1, 2, 3)]
    search = FakeSearch(every)
    answer = await ask(cases, "similar cases of late picks at DFW2", search=search)
    assert refs(answer) == [f"exception:{number_of(cases, 'SO-3')}"]
    assert "Counted: pick delay, at DFW2." in answer.text


async def test_causes_are_counted_over_what_is_meant(cases: World) -> None:
    """Why they are late is what their explanations say, counted, with examples."""
    answer = await ask(cases, "why are picks late at ATL1?", search=FakeSearch())
    assert (answer.route, answer.refused) == ("why", False)
    assert answer.text.startswith("2 explained exceptions, most often (")
    assert "Counted: pick delay, at ATL1." in answer.text
    assert set(refs(answer)) == {f"exception:{number_of(cases, f'SO-{n}')}" for n in (1, 2)}


async def test_without_an_index_the_rows_say_what_is_alike(cases: World) -> None:
    """Reason, site and carrier are in the rows; that no more was looked at is known."""
    number = number_of(cases, "SO-1")
    down = FakeSearch(why_not="the index is gone")
    answer = await ask(cases, f"anything similar to #{number}?", search=down)
    assert (answer.refused, answer.degraded) == (False, "the index is gone")
    nothing = await ask(cases, "have we seen a meteorite before?", search=down)
    assert nothing.refused
    assert "the index is gone" in nothing.text


async def test_an_order_is_held_against_its_promises(cases: World) -> None:
    """The engine judges; the promise, its version and the events are cited."""
    answer = await ask(cases, "does order SO-1 break its promise?")
    assert (answer.route, answer.refused) == ("record_policy", False)
    head, line, *_ = answer.text.splitlines()
    assert head == "SO-1 broke 1 of the 1 promise that hold for it:"
    assert line.startswith("picked within 2 h of payment: broken, due Mon 02 Mar 12:00 UTC, 30 min")
    assert "names no credit" in line
    assert refs(answer) == ["rule:pick", "event:p-SO-1", f"exception:{number_of(cases, 'SO-1')}"]


async def test_an_exception_is_held_against_its_own_promise(cases: World) -> None:
    """`is 7 covered by a credit` is about the promise that it broke."""
    number = number_of(cases, "SO-2")
    answer = await ask(cases, f"is {number} covered by a credit?")
    assert answer.route == "record_policy"
    assert "kept" not in answer.text
    assert "broken" in answer.text


async def test_in_a_thread_it_is_its_exception(cases: World) -> None:
    """`has this happened before?` and `did it break the promise?` need no number there."""
    number = number_of(cases, "SO-1")
    before = await ask(cases, "has this happened before?", about=number, search=FakeSearch())
    broke = await ask(cases, "did it break the promise?", about=number)
    assert (before.route, broke.route) == ("similar", "record_policy")


@pytest.mark.parametrize("question", ["why is the sky blue?", "anything similar to a meteorite?"])
async def test_what_is_merely_nearest_is_no_case(cases: World, question: str) -> None:
    """There is always a nearest exception; it is told only where it is about what was asked."""
    search = FakeSearch([told_of(number_of(cases, "SO-1"), "pick delay is why it is late")])
    answer = await ask(cases, question, search=search)
    assert (answer.refused, answer.citations) == (True, ())
