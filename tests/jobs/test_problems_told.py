"""What is wrong with an order opens an exception that is explained, settles and grows by itself."""

import pytest

from bot.policy_files import with_problems
from handlers.blocks import renderer
from jobs.show import show_exception
from jobs.views import ExceptionView
from policies.reasons import Severity, Status
from tests.jobs.world import World
from tests.policies.builders import at, event


@pytest.fixture
def watchful(world: World) -> World:
    """The packaged promises and the packaged problems."""
    world.promises = with_problems(world.promises, None)
    return world


async def _view(world: World, number: int, minute: float) -> ExceptionView:
    view = await show_exception(
        number, (1,), storage=world.storage, promises=world.promises, now=at(minute)
    )
    assert view is not None
    return view


async def test_a_reported_problem_is_told_and_settles(watchful: World) -> None:
    """A failed payment is a card with its explanation; the payment settles it."""
    await watchful.hear(event("payment_failed", 5), minute=6)
    opened = (await watchful.judge(7)).opened
    assert [record.reason_code.value for record in opened] == ["PAYMENT_FAILED"]
    view = await _view(watchful, opened[0].id, 40)
    drawn = renderer.card(view)
    assert "payment failed, for 35 min" in drawn.text
    assert "Problem: the payment failed" in str(drawn.blocks)
    assert "Since" in str(drawn.blocks)
    assert view.record.explanation is not None
    assert view.record.explanation.evidence == ("payment_failed-5",)
    await watchful.hear(event("order_paid", 60), minute=61)
    settled = (await watchful.judge(62)).settled
    assert [record.status for record in settled] == [Status.RESOLVED]
    assert "paid after all" in renderer.card(await _view(watchful, opened[0].id, 63)).text


async def test_time_alone_opens_what_waits_too_long(watchful: World) -> None:
    """A payment that is pending for an hour opens an exception though no event comes."""
    await watchful.hear(event("order_created", 0, financial_status="pending"), minute=1)
    assert (await watchful.judge(2)).opened == ()
    opened = (await watchful.judge(61)).opened
    assert [record.sla_id for record in opened] == ["problem.payment_pending"]


async def test_a_problem_gets_worse_by_being_said_again(watchful: World) -> None:
    """Two attempts in vain are MEDIUM, the third makes the same exception HIGH."""
    day = 1440
    tries = [event("delivery_attempted", n * day) for n in (1, 2, 3)]
    await watchful.hear(*tries[:2], minute=2 * day + 1)
    opened = (await watchful.judge(2 * day + 2)).opened
    assert [record.severity for record in opened] == [Severity.MEDIUM]
    await watchful.hear(tries[2], minute=3 * day + 1)
    assert (await watchful.judge(3 * day + 2)).opened == ()
    assert (await _view(watchful, opened[0].id, 3 * day + 3)).record.severity is Severity.HIGH
