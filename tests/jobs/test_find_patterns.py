"""What repeats and what changed: told where somebody asked for it, and only what is new."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.find_patterns import forget_patterns, post_due_patterns, show_patterns
from jobs.gather_patterns import patterns_of
from jobs.relocate import Refusal, relocate
from policies.pattern_finding import Kind
from policies.quiet import AWAKE, ChannelQuiet, Quiet, QuietHours
from policies.reasons import ReasonCode
from policies.routing import INSIGHT
from policies.sightings import Dimension
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import ACME, GLOBEX, World, of
from tests.policies.builders import event
from tests.storage.builders import a_record

END = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""A Monday; Acme keeps UTC."""
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
NOON = END - 4 * HOUR


async def opened(
    world: World, at: datetime, count: int, *, tenant_id: int = ACME.id, **facts: str
) -> None:
    """So many late picks at that time."""
    begun = len(world.storage.state.exceptions)
    records = [
        a_record(
            tenant_id,
            f"SO-{begun + number}",
            opened_at=at + timedelta(minutes=number),
            deadline_at=at,
            resolved_at=at + HOUR,
            reason_code=ReasonCode.PICK_DELAY,
            facts=facts,
        )
        for number in range(count)
    ]
    async with world.storage.write() as tx:
        await tx.exceptions.open(records)


@pytest.fixture
async def floor(world: World) -> World:
    """Acme's channel asked for insights; UPS has two late picks each Monday noon, FedEx too."""
    async with world.storage.write() as tx:
        await tx.tenants.learn_channel_id(ACME.id, "C0ACME")
        await tx.tenants.learn_channel_id(GLOBEX.id, "C0GLOBEX")
        await tx.subscriptions.add(INSIGHT, "C0ACME", [ACME.id], "slack:U1", END - WEEK)
    for week in range(9, -1, -1):
        for carrier in ("UPS", "FedEx"):
            await opened(world, NOON - week * WEEK, 2, carrier=carrier, warehouse="ATL1")
    return world


async def post(world: World, now: datetime = END, quiet: QuietHours = AWAKE) -> int:
    """The job at that time."""
    return await post_due_patterns(
        storage=world.storage,
        quiet=quiet,
        default_channel="#e2a-alerts",
        now=now,
        wall_now=now,
    )


async def posted(world: World) -> str:
    """What the last insight in the outbox says."""
    message = [one for key, one in world.outbox().items() if key.startswith("insight:")][-1]
    messenger = FakeMessenger()
    delivery = Delivery(
        storage=world.storage,
        promises=world.promises,
        messenger=messenger,
        renderer=renderer,
        default_channel="#e2a-alerts",
    )
    assert await deliver_notice(message, delivery=delivery, now=END) == "posted"
    return "\n".join(
        block["text"]["text"] for block in messenger.drawn[-1].blocks if "text" in block
    )


async def test_nothing_is_posted_where_nothing_is_new(floor: World) -> None:
    """A usual Monday is no message, however often it is looked at."""
    assert [await post(floor, END + n * HOUR) for n in range(9)] == [0] * 9
    assert floor.outbox() == {}


async def test_nothing_is_posted_where_nobody_subscribed(floor: World) -> None:
    """A flood of another client's is told nobody who did not ask for it."""
    await opened(floor, NOON, 30, tenant_id=GLOBEX.id, carrier="DHL")
    assert await post(floor) == 0


async def test_a_change_is_told_once(floor: World) -> None:
    """With its numbers, the usual, and the words that list it; not again in the next hours."""
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    minutes = timedelta(minutes=20)
    assert [await post(floor, END + n * minutes) for n in range(3)] == [1, 0, 0]
    said = await posted(floor)
    assert "*Acme*" in said
    assert "site DAL2" in said
    assert "20 from" in said
    assert "usually none in these hours (8 weeks)" in said
    assert "all site DAL2 carrier UPS client Acme since 2026-03-02T12:00Z`" in said
    rows = floor.storage.state.told_patterns
    assert {one.channel_id for one in rows.values()} == {"C0ACME"}


async def test_it_is_told_again_when_clearly_worse(floor: World) -> None:
    """Half as many again is news; the same number in the next four hours is none."""
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    assert await post(floor) == 1
    await opened(floor, END, 21, carrier="UPS", warehouse="DAL2")
    assert await post(floor, END + 4 * HOUR) == 0
    await opened(floor, END + 4 * HOUR, 45, carrier="UPS", warehouse="DAL2")
    assert await post(floor, END + 8 * HOUR) == 1


async def test_what_is_over_is_said_with_the_next_news(floor: World) -> None:
    """Alone it is no message; with the next it is one line, once."""
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    await post(floor)
    assert await post(floor, END + 4 * HOUR) == 0
    await opened(floor, END + 4 * HOUR, 20, carrier="DHL", warehouse="RNO3")
    assert await post(floor, END + 8 * HOUR) == 1
    assert "Back to usual: site DAL2" in await posted(floor)
    await opened(floor, END + 8 * HOUR, 20, carrier="USPS", warehouse="SEA4")
    assert await post(floor, END + 12 * HOUR) == 1
    assert "DAL2" not in await posted(floor)


@pytest.mark.parametrize(
    ("late", "count"),
    [
        pytest.param(0, 1, id="at the end of the four hours"),
        pytest.param(59, 1, id="within the hour"),
        pytest.param(60, 0, id="nothing is caught up"),
    ],
)
async def test_when_it_is_posted(floor: World, late: int, count: int) -> None:
    """Shortly after four hours are over, or not at all."""
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    assert await post(floor, END + timedelta(minutes=late)) == count


async def test_quiet_hours_are_kept(floor: World) -> None:
    """Nothing is posted in them, and what was not posted is news afterwards."""
    window = Quiet(begins=15 * 60, ends=17 * 60)
    quiet = QuietHours(windows=(ChannelQuiet(window=window, channels=frozenset({"c0acme"})),))
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    await opened(floor, END, 20, carrier="UPS", warehouse="DAL2")
    assert await post(floor, quiet=quiet) == 0
    assert await post(floor, END + 4 * HOUR, quiet) == 1


async def test_a_channel_that_asks_no_more_is_forgotten(floor: World) -> None:
    """Who subscribes again is told what is so then; of others what was told a month ago goes."""
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    await post(floor)

    async def kept(now: datetime) -> int:
        await forget_patterns(storage=floor.storage, default_channel="#e2a-alerts", now=now)
        return len(floor.storage.state.told_patterns)

    assert await kept(END + 28 * DAY)
    async with floor.storage.write() as tx:
        await tx.subscriptions.remove(INSIGHT, "C0ACME")
    assert await kept(END) == 0


async def test_what_slack_refuses_stays_news(floor: World) -> None:
    """A further channel that cannot be posted in hears of it once it can."""
    async with floor.storage.write() as tx:
        await tx.subscriptions.remove(INSIGHT, "C0ACME")
        await tx.tenants.show_in(ACME.id, "C0MORE", "slack:U1", END)
        await tx.subscriptions.add(INSIGHT, "C0MORE", [ACME.id], "slack:U1", END)
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    assert await post(floor) == 1
    assert floor.storage.state.told_patterns
    (message,) = [one for key, one in floor.outbox().items() if key.startswith("insight:")]
    refusal = Refusal(message=message, why="not_in_channel", now=END, wall_now=END)
    assert await relocate(refusal, storage=floor.storage, telling=floor.telling)
    assert floor.storage.state.told_patterns == {}


async def test_who_asks_sees_what_is_so(floor: World) -> None:
    """All of it where nothing was told; as told before where it was, which is not new."""
    await opened(floor, NOON, 20, carrier="UPS", warehouse="DAL2")
    (view,) = await show_patterns([ACME], storage=floor.storage, now=END, channel_id="C0ACME")
    assert view.news is None
    assert view.patterns.findings[0].count == 20
    await post(floor)
    (view,) = await show_patterns([ACME], storage=floor.storage, now=END, channel_id="C0ACME")
    assert view.news is not None
    assert (view.news.fresh, view.news.still) == ((), view.patterns.findings)


async def test_complex_orders_are_told_apart(floor: World) -> None:
    """An order's pieces, holds and flags are read from its events as they were then."""
    for number in range(12):
        name = f"SO-hard-{number}"
        told = event("order_paid", 0, f"p-{name}", items=20, flags=["hazmat", "fragile"])
        await floor.hear(of(name, told))
    records = [
        a_record(
            ACME.id,
            f"SO-hard-{number}",
            opened_at=NOON + timedelta(minutes=number),
            facts={"carrier": "UPS", "warehouse": "ATL1"},
        )
        for number in range(12)
    ]
    async with floor.storage.write() as tx:
        await tx.exceptions.open(records)
    patterns, known_since = await patterns_of(ACME, END, storage=floor.storage)
    more = next(one for one in patterns.findings if one.kind is Kind.MORE)
    named = {value for values in (more.values, *more.along) for value in values}
    assert (Dimension.COMPLEXITY, "complex") in named
    assert known_since == NOON - 9 * WEEK
