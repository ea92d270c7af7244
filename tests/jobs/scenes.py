"""A dozen situations of a warehouse, each ending with one exception that is to be explained.

Must not judge or explain by itself: the real jobs do.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.policy_files import with_problems
from policies.book.read import read_sla_book
from policies.order_facts import Silence
from policies.promises import promises_of
from policies.silence import Feed
from tests.jobs.scene_parts import (
    CARRIERS,
    DAY,
    Scene,
    at_wave,
    at_zone,
    heard,
    parcel,
    told,
    usual_picks,
)
from tests.jobs.world import of, open_world
from tests.policies.builders import at, event


async def pick_zone() -> Scene:
    """Zone B stands since 11:05, the other zones are picked as ever."""
    world = await open_world()
    await usual_picks(world)
    here = [
        heard(f"B-{n}", {"p": -40 + n * 3} | ({"i": 65} if n < 2 else {}), **at_zone("B"))
        for n in range(14)
    ]
    there = [
        heard(f"A-{n}", {"p": -40 + n * 3, "i": 60 + n * 4}, **at_zone("A")) for n in range(16)
    ]
    due = [heard(f"N-{n}", {"p": 20 + n * 5}, **at_zone("B")) for n in range(9)]
    await told(world, heard("SO-1", {"p": 0}, **at_zone("B")), *here, *there, *due)
    await world.judge(124)
    return Scene(world=world, minute=125)


async def pick_alone() -> Scene:
    """Its whole wave is picked, this order is not."""
    world = await open_world()
    await usual_picks(world)
    beside = [
        heard(f"W-{n}", {"p": -30 + n * 2, "i": 50 + n}, warehouse="ATL1", wave="W-12")
        for n in range(12)
    ]
    mine = heard("SO-1", {"p": 0, "pick_started": 41}, warehouse="ATL1", wave="W-12")
    await told(world, mine, *beside)
    await world.judge(121)
    return Scene(world=world, minute=121)


async def stock_short() -> Scene:
    """The floor found the shelf short; it happened before, too."""
    world = await open_world()
    for n in range(4):
        past = heard(f"P-{n}", {"p": -9 * DAY, "stock_short": 30 - 9 * DAY}, warehouse="ATL1")
        await told(world, past)
    await world.judge(121 - 9 * DAY)
    for n in range(4):
        await told(world, heard(f"P-{n}", {"i": 300 + n * 10 - 9 * DAY}, warehouse="ATL1"))
    await world.judge(400 - 9 * DAY)
    mine = heard("SO-1", {"p": 0, "pick_started": 15, "stock_short": 20}, warehouse="ATL1")
    await told(world, mine)
    await world.judge(121)
    return Scene(world=world, minute=121)


async def pack_slow() -> Scene:
    """The pack stations get through a third of what is usual."""
    world = await open_world()
    orders = []
    for day in range(1, 6):
        for n in range(12):
            picked = n * 5 - day * DAY
            steps = {"i": picked + 100, "k": picked + 140}
            orders.append(heard(f"D{day}-{n}", steps, warehouse="ATL1", wave=f"V-{day}"))
    late = [
        heard(f"L-{n}", {"i": -40 + n * 4} | ({"k": 150 + n} if n < 4 else {}), **at_wave(n % 2))
        for n in range(14)
    ]
    await told(world, heard("SO-1", {"i": 0}, **at_wave(0)), *orders, *late)
    await world.judge(190)
    return Scene(world=world, minute=191)


async def missed_pickup() -> Scene:
    """UPS took nothing at ATL1, FedEx did; such cases ended before when the truck came."""
    world = replace(await open_world(), promises=promises_of(read_sla_book(CARRIERS)))
    for n in range(5):
        began = -7 * DAY + n * 5
        await told(world, heard(f"P-{n}", {"k": began}, **parcel("UPS")))
    await world.judge(-7 * DAY + 270)
    for n in range(5):
        scan = {"carrier_scan": -7 * DAY + 300 + n * 10}
        await told(world, heard(f"P-{n}", scan, **parcel("UPS")))
    await world.judge(-7 * DAY + 350)
    ups = [heard(f"U-{n}", {"k": -40 + n * 2}, **parcel("UPS")) for n in range(20)]
    fedex = [
        heard(f"F-{n}", {"k": -40 + n * 3, "carrier_scan": 150 + n}, **parcel("FedEx"))
        for n in range(13)
    ]
    due = [heard(f"N-{n}", {"k": 20 + n * 5}, **parcel("UPS")) for n in range(9)]
    await told(world, heard("SO-1", {"k": 0}, **parcel("UPS")), *ups, *fedex, *due)
    await world.judge(243)
    return Scene(world=world, minute=244)


async def missing_scan() -> Scene:
    """A pack scan is missing and nothing says why: hardly anybody to compare with."""
    world = await open_world()
    beside = heard("SO-2", {"i": 5}, warehouse="RNO2", wave="W-3")
    await told(world, heard("SO-1", {"i": 0}, warehouse="RNO2", wave="W-3"), beside)
    await world.judge(276)
    return Scene(world=world, minute=276)


async def silent_source() -> Scene:
    """The warehouse's system fell silent: the picks may be done."""
    world = await open_world()
    beside = [heard(f"W-{n}", {"p": n}, **at_zone("A")) for n in range(8)]
    await told(world, heard("SO-1", {"p": 0}, **at_zone("A")), *beside)
    await world.judge(130)
    silence = Silence(source="wms", since=at(70), reported_at=at(131))
    feed = Feed(
        tenant_id=1,
        source="wms",
        last_at=at(70),
        first_at=at(-9 * DAY),
        kinds=frozenset({"order_paid", "pick_completed"}),
        silence=silence,
    )
    async with world.storage.write() as tx:
        await tx.feeds.save([feed])
    return Scene(world=world, minute=132)


async def transit_stall() -> Scene:
    """One parcel has no scan for a day, the carrier's others have."""
    world = replace(await open_world(), promises=promises_of(read_sla_book(CARRIERS)))
    others = [
        heard(f"U-{n}", {"in_transit": -30 + n * 5, "out_for_delivery": 700 + n}, **parcel("UPS"))
        for n in range(12)
    ]
    await told(world, heard("SO-1", {"in_transit": 0}, **parcel("UPS")), *others)
    await world.judge(DAY + 5)
    return Scene(world=world, minute=DAY + 5)


async def delivery_attempts() -> Scene:
    """Nobody was met twice; a day of delivery is promised that is still to come."""
    world = await open_world()
    stated = {"warehouse": "ATL1", "carrier": "UPS", "promised_delivery": "2026-03-11T23:59:59Z"}
    steps = {
        "manifested": 0,
        "carrier_scan": 120,
        "out_for_delivery": 3 * DAY,
        "delivery_attempted": 3 * DAY + 240,
    }
    again = of("SO-1", event("delivery_attempted", 4 * DAY + 240, "again", **stated))
    await told(world, [*heard("SO-1", steps, **stated), again])
    await world.judge(7 * DAY + 10)
    return Scene(world=world, minute=7 * DAY + 10)


async def held_then_late() -> Scene:
    """Held for two hours, released, picked after that and too late."""
    world = await open_world()
    steps = {"p": 0, "order_held": 10, "order_released": 130}
    await told(world, heard("SO-1", steps, warehouse="ATL1", hold="awaiting_payment"))
    await world.judge(121)
    await told(world, heard("SO-1", {"i": 190}, warehouse="ATL1"))
    await world.judge(195)
    return Scene(world=world, minute=195)


async def pick_unscanned() -> Scene:
    """The carrier has the parcel, so it was picked: the scan is missing."""
    world = await open_world()
    steps = {"p": 0, "manifested": 100, "carrier_picked_up": 118}
    await told(world, heard("SO-1", steps, warehouse="ATL1", zone="B", carrier="UPS"))
    await world.judge(121)
    return Scene(world=world, minute=121)


async def payment_failed() -> Scene:
    """The payment failed; that is what is wrong, and no promise is needed to say so."""
    world = await open_world()
    world.promises = with_problems(world.promises, None)
    await told(world, heard("SO-1", {"order_created": 0, "payment_failed": 5}, warehouse="ATL1"))
    await world.judge(65)
    return Scene(world=world, minute=65)


SCENES: Mapping[str, Callable[[], Awaitable[Scene]]] = {
    scene.__name__: scene
    for scene in (
        *(pick_zone, pick_alone, stock_short, pack_slow, missed_pickup),
        *(pick_unscanned, payment_failed),
        *(missing_scan, silent_source, transit_stall, delivery_attempts, held_then_late),
    )
}
