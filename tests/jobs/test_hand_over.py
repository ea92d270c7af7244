"""A shift is handed over once, in time, where somebody asked for it, and says what there is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.blocks import renderer
from jobs.act_on_exception import act_on_exception
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.hand_over import post_due_handovers, show_handovers
from jobs.ports.slack import Person
from jobs.views.briefs import HandoverView
from policies.briefs import Handover, Occasions
from policies.lifecycle import Act
from policies.reasons import Severity
from policies.routing import Filters
from policies.shifts import Shift, ShiftBook
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import ACME, World, of
from tests.policies.builders import at, event

DAY = Shift(
    name="Day",
    zone="UTC",
    days=(0, 1, 2, 3, 4, 5, 6),
    begins=360,
    ends=840,
    sites=("ATL1",),
    group="S0DAY",
)
LATE = replace(DAY, name="Late", begins=840, ends=1320, group=None, people=("U0ANN",))
BOOK = ShiftBook(shifts=(DAY, LATE))
END = 240
"""14:00, in minutes after ten."""
KEY = f"handover:C0ACME:Day:{int(at(END).timestamp())}"


class Directory:
    """Maria is in the day shift's group, Joe is not."""

    def serves(self, workspace_id: str | None) -> bool:
        """There is but one workspace."""
        return workspace_id is None

    async def person(self, user_id: str) -> Person | None:
        """By id."""
        names = {"U0MARIA": "Maria", "U0JOE": "Joe"}
        name = names.get(user_id)
        return Person(id=user_id, name=name, team_id="T1") if name else None

    async def channel_id(self, name_or_id: str) -> str | None:
        """Nobody asks."""
        return name_or_id

    async def groups_of(self, user_id: str) -> frozenset[str]:
        """Maria's."""
        return frozenset({"S0DAY"}) if user_id == "U0MARIA" else frozenset()

    async def members_of(self, group_id: str) -> frozenset[str]:
        """Nobody asks."""
        del group_id
        return frozenset()

    async def shared_outside(self, channel_id: str) -> bool | None:
        """Nobody asks."""
        del channel_id
        return None

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """Nobody asks."""
        del user_id
        return frozenset()


@pytest.fixture
async def floor(world: World) -> World:
    """Acme's channel is known and asked for handovers."""
    async with world.storage.write() as tx:
        await tx.tenants.learn_channel_id(ACME.id, "C0ACME")
        await tx.subscriptions.add("handover", "C0ACME", [ACME.id], "slack:U0MARIA", at(0))
    return world


async def post(world: World, minute: float, book: ShiftBook = BOOK) -> int:
    """The job at that minute."""
    return await post_due_handovers(
        storage=world.storage,
        book=book,
        handover=Handover(),
        default_channel="#e2a-alerts",
        directory=Directory(),
        now=at(minute),
        wall_now=at(minute),
    )


async def late(world: World, *orders: str, site: str = "ATL1", minute: float = 121) -> None:
    """Orders that are not picked in time."""
    for order in orders:
        paid = event("order_paid", minute - 121, f"paid-{order}", warehouse=site)
        await world.hear(of(order, paid), minute=minute - 121)
    await world.judge(minute)


async def take(world: World, number: int, who: str, minute: float) -> None:
    """Somebody acknowledges it."""
    act = Act(
        verb="acknowledge",
        exception_id=number,
        actor=f"slack:{who}",
        actor_name=who,
        tenant_ids=(1,),
    )
    await act_on_exception(act, storage=world.storage, now=at(minute), wall_now=at(minute))


async def deliver(world: World, key: str, minute: float) -> FakeMessenger:
    """What is posted."""
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage,
        promises=world.promises,
        renderer=renderer,
        messenger=slack,
        occasions=Occasions(book=BOOK),
    )
    await deliver_notice(world.outbox()[key], delivery=delivery, now=at(minute))
    return slack


async def shown(world: World, minute: float) -> Sequence[HandoverView]:
    """Somebody asks for it."""
    return await show_handovers(
        [ACME],
        storage=world.storage,
        promises=world.promises,
        book=BOOK,
        directory=Directory(),
        now=at(minute),
    )


async def test_nothing_is_posted_where_nobody_subscribed(world: World) -> None:
    """A shift may end without anybody who wants to hear of it."""
    await late(world, "SO-1")
    assert await post(world, END - 5) == 0
    assert not any(key.startswith("handover") for key in world.outbox())


async def test_it_is_posted_once_before_the_end(floor: World) -> None:
    """A quarter of an hour before; a second look, or another replica, posts nothing."""
    await late(floor, "SO-1")
    assert [await post(floor, minute) for minute in (END - 16, END - 15, END - 14)] == [0, 1, 0]
    assert floor.outbox()[KEY].lane == "C0ACME"


async def test_nothing_is_caught_up(floor: World) -> None:
    """A bot that was down for the end of three shifts tells of none of them."""
    await late(floor, "SO-1")
    assert await post(floor, END + 3 * 1440 + 31) == 0


async def test_a_site_that_is_none_of_theirs_is_left_out(floor: World) -> None:
    """A channel does not hear of the shifts of a site at which nothing of its clients is."""
    await late(floor, "SO-1", site="DFW1")
    assert await post(floor, END - 5) == 0


async def test_a_subscription_can_be_narrowed(floor: World) -> None:
    """Who asked for critical ones at a site hears of those."""
    await late(floor, "SO-1")
    narrow = Filters(at_least=Severity.CRITICAL).as_json
    async with floor.storage.write() as tx:
        await tx.subscriptions.remove("handover", "C0ACME")
        await tx.subscriptions.add(
            "handover", "C0ACME", [ACME.id], "slack:U0MARIA", at(0), filters=narrow
        )
    assert await post(floor, END - 5) == 0


async def test_a_channel_that_may_not_see_the_client_hears_nothing(world: World) -> None:
    """A subscription of a channel that lost sight of a client counts for nothing."""
    await late(world, "SO-1")
    async with world.storage.write() as tx:
        await tx.subscriptions.add("handover", "C0OTHER", [ACME.id], "slack:U0MARIA", at(0))
    assert await post(world, END - 5) == 0


async def test_it_says_what_there_is(floor: World) -> None:
    """Open by owner, those of the shift first; what is due next; what was done, and how fast."""
    await late(floor, "SO-1", "SO-2", "SO-3", "SO-4", minute=121)
    await take(floor, 1, "U0MARIA", 131)
    await take(floor, 2, "U0JOE", 141)
    async with floor.storage.write() as tx:
        asleep = replace(floor.record(3), snoozed_until=at(END + 60))
        tx.state.exceptions[3] = asleep
    soon = of("SO-9", event("order_paid", 200, "paid-SO-9", warehouse="ATL1"))
    elsewhere = of("SO-8", event("order_paid", 200, "paid-SO-8", warehouse="DFW1"))
    await floor.hear(soon, elsewhere, minute=200)
    await floor.hear(of("SO-4", event("pick_completed", 150, "picked")), minute=150)
    await floor.judge(210)
    (view,) = await shown(floor, END - 15)
    assert (view.shift, view.next, view.until) == ("Day", "Late", at(END + 480))
    assert view.open == (("MEDIUM", 3),)
    told = [(one.owner, one.total, one.ending) for one in view.owners]
    assert told == [("U0MARIA", 1, True), ("U0JOE", 1, False), (None, 1, False)]
    assert view.to_take == 1
    assert [row.order_id for row in view.coming.soonest if row.sla_id == "pick"] == ["SO-9"]
    assert [record.id for record in view.waking] == [3]
    done = view.done
    assert (done.opened, done.settled, done.breached) == (4, 1, 4)
    assert (done.acknowledged, done.ack_minutes) == (2, 15.0)


async def test_what_is_delivered_is_the_present_state(floor: World) -> None:
    """The message is drawn when it is sent; who left the book meanwhile is not told of."""
    await late(floor, "SO-1")
    await post(floor, END - 15)
    slack = await deliver(floor, KEY, END - 14)
    assert slack.texts == ["Day hands over to Late · 1 open"]
    message = floor.outbox()[KEY]
    gone = replace(message, payload={**message.payload, "shift": "Night:1772460000"})
    async with floor.storage.write() as tx:
        held = next(o for o in tx.state.outbox.values() if o.message.dedup_key == KEY)
        tx.state.outbox[held.message.id] = replace(held, message=gone)
    assert (await deliver(floor, KEY, END - 14)).posts == []


async def test_the_first_of_many_is_told(floor: World) -> None:
    """Ten deadlines are named, all of them are counted."""
    for number in range(14):
        paid = event("order_paid", END - 60 + number, f"p-{number}", warehouse="ATL1")
        await floor.hear(of(f"SO-{number:02}", paid), minute=END - 60 + number)
    await floor.judge(END - 40)
    (view,) = await shown(floor, END - 1)
    assert (view.shift, view.coming.total) == ("Day", 14)
    assert len(view.coming.soonest) == 10
    deadlines = [row.deadline_at for row in view.coming.soonest]
    assert deadlines == sorted(deadlines)


async def test_who_owns_nothing_is_not_asked_about(floor: World) -> None:
    """A shift of which nobody owns anything has nothing to take over."""
    await late(floor, "SO-1")
    (view,) = await shown(floor, 130)
    assert (view.to_take, view.names) == (0, {})
    assert [one.owner for one in view.owners] == [None]
    assert view.ends_at - timedelta(hours=8) == at(-240)
