"""Handovers and briefs over a database: posted once by two replicas, with what the rows say."""

import asyncio
from datetime import timedelta

from jobs.evaluate_orders import evaluate_orders
from jobs.hand_over import post_due_handovers, show_handovers
from jobs.morning_brief import post_due_briefs, show_briefs
from jobs.put_on_record import Telling
from policies.briefs import Briefing, ChartAs, Handover
from policies.promises import promises_of
from policies.shifts import Shift, ShiftBook
from storage.transaction import SqlStorage
from tests.jobs.world import packaged
from tests.storage.builders import LEASE, T0, an_event, received
from tests.storage.conftest import SqlWorld
from tests.storage.test_held import another

DAY = Shift(
    name="Day",
    zone="UTC",
    days=(0, 1, 2, 3, 4, 5, 6),
    begins=0,
    ends=1440,
    sites=("ATL1",),
    people=("U1",),
)
BOOK = ShiftBook(shifts=(DAY,))
LATE = T0 + timedelta(hours=3)
MIDNIGHT = T0.replace(hour=0) + timedelta(days=1)
CHANNEL = "#ops"


async def a_floor(sql: SqlWorld) -> None:
    """Two late orders at the site and one elsewhere; the default channel asked for both."""
    sites = ("ATL1", "atl1 ", "DFW1")
    told = [
        an_event(f"e-{n}", f"SO-{n}", at=T0, payload={"warehouse": site})
        for n, site in enumerate(sites)
    ]
    await sql.log.record([received(sql.tenant.id, one) for one in told])
    async with sql.storage.write() as tx:
        items = await tx.work.claim("evaluate", LATE, LEASE, 500)
        for kind in ("handover", "brief"):
            ids = [sql.tenant.id]
            await tx.subscriptions.add(kind, CHANNEL, ids, "slack:U1", T0, channel=CHANNEL)
    await evaluate_orders(
        items,
        storage=sql.storage,
        promises=promises_of(packaged()),
        telling=Telling(default_channel=CHANNEL, notify=False),
        now=LATE,
        wall_now=LATE,
    )


async def test_two_replicas_post_each_once(sql: SqlWorld) -> None:
    """Both look at the same minute; there is one handover and one brief."""
    await a_floor(sql)
    replicas = (sql.storage, another(sql))

    async def handed(storage: SqlStorage) -> int:
        now = MIDNIGHT - timedelta(minutes=10)
        return await post_due_handovers(
            storage=storage,
            book=BOOK,
            handover=Handover(),
            default_channel=sql.tenant.channel or CHANNEL,
            directory=None,
            now=now,
            wall_now=now,
        )

    async def briefed(storage: SqlStorage) -> int:
        now = MIDNIGHT + timedelta(hours=7, minutes=30)
        return await post_due_briefs(
            storage=storage,
            book=BOOK,
            briefing=Briefing(),
            default_channel=sql.tenant.channel or CHANNEL,
            now=now,
            wall_now=now,
        )

    assert sorted(await asyncio.gather(*map(handed, replicas))) == [0, 1]
    assert sorted(await asyncio.gather(*map(briefed, replicas))) == [0, 1]
    await replicas[1].close()


async def test_they_say_what_the_rows_say(sql: SqlWorld) -> None:
    """Two of three are at the site; the brief counts them all, and what is due from the clocks."""
    await a_floor(sql)
    promises = promises_of(packaged())
    behind_the_wall = sql.storage.of([sql.tenant.id])
    (view,) = await show_handovers(
        [sql.tenant],
        storage=behind_the_wall,
        promises=promises,
        book=BOOK,
        directory=None,
        now=LATE,
    )
    assert (sum(count for _, count in view.open), view.done.opened) == (2, 2)
    assert (view.shift, view.next) == ("Day", "Day")
    (brief,) = await show_briefs(
        [sql.tenant],
        storage=behind_the_wall,
        promises=promises,
        book=BOOK,
        chart=ChartAs.NATIVE,
        now=MIDNIGHT + timedelta(hours=7),
    )
    assert (brief.opened.value, sum(count for _, count in brief.open)) == (3, 3)
    assert brief.orders is not None
    assert (brief.orders.value, brief.held, brief.unowned) == (3, 0, 3)
    assert [(one.met, one.late) for one in brief.kept if one.sla_id == "pick"] == [(0, 3)]
