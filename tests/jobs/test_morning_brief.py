"""The morning brief: once a day where somebody asked for it, in each zone's own morning."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.morning_brief import post_due_briefs, show_briefs
from jobs.ports.slack import CHART
from jobs.views.briefs import BriefView
from policies.briefs import Briefing, ChartAs, Occasions
from policies.money.remedy import Credit, Remedy
from policies.reasons import Status
from policies.shifts import NO_SHIFTS, Shift, ShiftBook
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import ACME, GLOBEX, World, of
from tests.policies.builders import T0, at, event

SHIFT = Shift(
    name="Day",
    zone="America/New_York",
    days=(0, 1, 2, 3, 4, 5, 6),
    begins=360,
    ends=840,
    sites=("ATL1",),
    people=("U1",),
)
BERLIN = replace(SHIFT, name="Berlin", zone="Europe/Berlin", sites=("BER1",))
DAY = timedelta(days=1)
KEY = "brief:C0GLOBEX:America/New_York:2026-03-06"


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026; New York puts its clocks forward on the 8th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def floor(world: World) -> World:
    """Both channels are known; that of Globex, which is in New York, asked for the brief."""
    async with world.storage.write() as tx:
        await tx.tenants.learn_channel_id(ACME.id, "C0ACME")
        await tx.tenants.learn_channel_id(GLOBEX.id, "C0GLOBEX")
        await tx.subscriptions.add("brief", "C0GLOBEX", [GLOBEX.id], "slack:U1", utc(1, 0))
    return world


async def post(world: World, now: datetime, book: ShiftBook = NO_SHIFTS) -> int:
    """The job at that time."""
    return await post_due_briefs(
        storage=world.storage,
        book=book,
        briefing=Briefing(),
        default_channel="#e2a-alerts",
        now=now,
        wall_now=now,
    )


async def shown(
    world: World, now: datetime, book: ShiftBook = NO_SHIFTS, chart: ChartAs = ChartAs.NATIVE
) -> list[BriefView]:
    """Somebody asks for Acme's."""
    return await show_briefs(
        [ACME], storage=world.storage, promises=world.promises, book=book, chart=chart, now=now
    )


async def order(
    world: World, name: str, paid: datetime, *, picked: bool = True, **facts: str
) -> None:
    """An order of Acme, paid then, and picked in time or not yet."""
    minute = (paid - T0) / timedelta(minutes=1)
    told = [event("order_paid", minute, f"paid-{name}", **facts)]
    told += [event("pick_completed", minute + 30, f"picked-{name}", **facts)] if picked else []
    await world.hear(*(of(name, one) for one in told), minute=minute)
    await world.judge(minute + 31)


async def test_nothing_is_posted_where_nobody_subscribed(world: World) -> None:
    """A brief nobody asked for is never written, at any hour."""
    assert [await post(world, utc(6, hour, 45)) for hour in range(24)] == [0] * 24


@pytest.mark.parametrize(
    ("now", "posted"),
    [
        pytest.param(utc(6, 12, 29), 0, id="07:29"),
        pytest.param(utc(6, 12, 30), 1, id="07:30"),
        pytest.param(utc(6, 14, 29), 1, id="two hours later"),
        pytest.param(utc(6, 14, 30), 0, id="nothing is caught up"),
        pytest.param(utc(9, 11, 30), 1, id="07:30 in summer time"),
    ],
)
async def test_it_is_posted_in_the_morning(floor: World, now: datetime, posted: int) -> None:
    """At half past seven where the client is, in winter and in summer, once."""
    assert [await post(floor, now), await post(floor, now)] == [posted, 0]


async def test_every_zone_of_the_sites_has_its_morning(floor: World) -> None:
    """Berlin's comes first, New York's six hours later; each once."""
    book = ShiftBook(shifts=(SHIFT, BERLIN))
    posted = [await post(floor, utc(6, hour, 35), book) for hour in range(24)]
    assert [hour for hour, count in enumerate(posted) if count] == [6, 12]
    assert len([key for key in floor.outbox() if key.startswith("brief:")]) == 2


async def test_a_day_is_compared_with_its_weekday(world: World) -> None:
    """The mean of the same weekday of earlier weeks; unknown weeks are left out."""
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for week, count in ((0, 5), (1, 2), (3, 4)):
        for number in range(count):
            await order(world, f"SO-{week}-{number}", monday - timedelta(weeks=week))
    late = of("SO-late", event("order_paid", 0, "paid-late"))
    await world.hear(late, minute=0)
    await world.judge(121)
    (view,) = await shown(world, monday + DAY)
    assert view.yesterday == date(2026, 3, 2)
    assert view.orders is not None
    assert (view.orders.value, view.orders.usual, view.orders.days) == (6, 3.0, 2)
    opened = [record for record in world.records() if record.opened_at.date() == view.yesterday]
    assert opened
    assert (view.opened.value, view.opened.usual) == (len(opened), 0.0)
    assert (view.settled.value, view.settled.usual) == (0, 0.0)


async def test_a_first_morning_has_nothing_to_compare_with(world: World) -> None:
    """Where no week before is known, nothing is called usual."""
    await order(world, "SO-1", T0)
    (view,) = await shown(world, T0 + DAY)
    assert (view.opened.usual, view.opened.days) == (None, 0)


async def test_it_says_what_breaks_today_and_what_is_open(world: World) -> None:
    """Promises due until midnight by the hour; what is open with the longest over; the night."""
    morning = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
    await order(world, "SO-old", T0, picked=False)
    await world.judge(121)
    await order(world, "SO-night", morning.replace(hour=1), picked=False)
    await world.judge((morning - T0) / timedelta(minutes=1) - 60)
    for number, hour in enumerate((6, 6, 7)):
        await order(world, f"SO-{number}", morning.replace(hour=hour, minute=10), picked=False)
    (view,) = await shown(world, morning)
    picks = [row for row in view.coming.soonest if row.sla_id == "pick"]
    assert [row.order_id for row in picks] == ["SO-0", "SO-1", "SO-2"]
    assert view.coming.total == sum(hour.count for hour in view.due)
    assert {hour.label: hour.count for hour in view.due}["08:00"] == 2
    labels = [hour.label for hour in view.due]
    assert labels == sorted(labels)
    assert view.open == (("MEDIUM", 2),)
    assert [record.order_id for record in view.oldest] == ["SO-old", "SO-night"]
    assert (view.night_opened, view.unowned) == (1, 2)


async def test_it_says_how_promises_were_kept(world: World) -> None:
    """Yesterday's deadlines by promise, those with most late first."""
    await order(world, "SO-1", T0)
    await order(world, "SO-2", T0, picked=False)
    await world.judge(121)
    (view,) = await shown(world, T0 + DAY)
    picks = [one for one in view.kept if one.sla_id == "pick"]
    assert [(one.met, one.late) for one in picks] == [(1, 1)]
    assert view.kept[0].late == max(one.late for one in view.kept)


async def test_money_at_risk_is_added_up(world: World) -> None:
    """What breaches give back and what the orders are worth, of what is open."""
    rules = tuple(
        replace(rule, remedy=Remedy(credit=Credit(cents=150))) for rule in world.promises.rules
    )
    world.promises = replace(world.promises, rules=rules)
    for name in ("SO-1", "SO-2"):
        paid = event("order_paid", 0, f"paid-{name}")
        worth = replace(paid, payload={**paid.payload, "order_value_cents": 5000})
        await world.hear(of(name, worth), minute=0)
    await world.judge(121)
    (view,) = await shown(world, at(130))
    assert (view.credit_cents, view.value_cents) == (300, 10_000)


async def test_sites_of_another_zone_are_told_there(world: World) -> None:
    """Each zone's brief is about its own sites, and the first one about whatever is at none."""
    for name, site in (("SO-a", "ATL1"), ("SO-b", "BER1"), ("SO-c", "elsewhere")):
        await order(world, name, T0, picked=False, warehouse=site)
    await world.judge(121)
    atlanta, berlin = await shown(world, at(130), ShiftBook(shifts=(SHIFT, BERLIN)))
    assert {record.order_id for record in atlanta.oldest} == {"SO-a", "SO-c"}
    assert {record.order_id for record in berlin.oldest} == {"SO-b"}
    assert (atlanta.orders, berlin.sites) == (None, ("BER1",))


async def test_what_is_posted_has_a_chart(floor: World) -> None:
    """It is drawn when it is sent, as the operator wants charts to be shown."""
    await post(floor, utc(6, 12, 30))
    for hour in (12, 13):
        minute = (utc(6, hour) - T0) / timedelta(minutes=1)
        paid = of(f"SO-{hour}", event("order_paid", minute, f"paid-{hour}"))
        await floor.hear(paid, minute=minute, tenant_id=GLOBEX.id)
        await floor.judge(minute + 1)
    drawn = {}
    for chart in ChartAs:
        slack = FakeMessenger()
        delivery = Delivery(
            storage=floor.storage,
            promises=floor.promises,
            renderer=renderer,
            messenger=slack,
            occasions=Occasions(briefing=Briefing(chart=chart)),
        )
        outbox = floor.outbox()
        assert await deliver_notice(outbox[KEY], delivery=delivery, now=utc(6, 13, 5)) == "posted"
        drawn[chart] = slack.drawn[0]
    assert [drawn[chart].chart is not None for chart in ChartAs] == [True, True, False]
    assert [drawn[chart].draws_itself for chart in ChartAs] == [True, False, False]
    native = drawn[ChartAs.NATIVE].in_words()
    assert CHART not in str(native.blocks)
    assert native.blocks == drawn[ChartAs.PICTURE].blocks
    assert Status.OPEN.value not in native.text
