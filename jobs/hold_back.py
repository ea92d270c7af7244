"""Holds back what a channel is not to hear in its quiet hours, and lets it go when they end.

Must not decide when it is quiet: policies/quiet.py does. What is held is a storm of its own that is
told later, so that nothing is lost, whatever stops in between; the channel's place is locked before
it is decided, so that two replicas never begin two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.group_storm import Opening
from jobs.ports import Storage, Transaction
from jobs.tell import CARD, tell_opened
from jobs.tell_storms import storm_message
from policies.grouping import Place
from policies.quiet import AWAKE, Quiet, QuietHours, ends_at, held_at
from policies.reasons import Severity
from policies.records import ExceptionRecord
from policies.storms import OVERNIGHT, Member, Storm, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is not to be told yet, and what is told as ever."""

    back: tuple[Opening, ...] = ()
    told: tuple[Opening, ...] = ()


async def sort_out(
    tx: Transaction, openings: Sequence[Opening], quiet: QuietHours, now: datetime
) -> Held:
    """What quiet hours hold back. Nobody else decides about those channels until the block ends."""
    if quiet == AWAKE:
        return Held(told=tuple(openings))
    back = [one for one in openings if held_at(_windows(one, quiet), one.record.severity, now)]
    if back:
        await tx.storms.tallies({_place(one) for one in back}, now)
    waiting = {(one.home, one.record.id) for one in back}
    told = tuple(one for one in openings if (one.home, one.record.id) not in waiting)
    return Held(back=tuple(back), told=told)


async def hold_back(
    tx: Transaction, back: Sequence[Opening], quiet: QuietHours, now: datetime
) -> None:
    """Takes them into what the morning tells, channel by channel; `sort_out` came before."""
    places: dict[Place, list[Opening]] = {}
    for one in back:
        places.setdefault(_place(one), []).append(one)
    for place in sorted(places):
        mine = places[place]
        storm_id = await tx.held.of_channel(mine[0].home, _cause(mine[0]))
        if storm_id is None:
            storm_id = (await tx.storms.open([_draft(mine[0], now)]))[0].id
        await tx.held.hold(storm_id, ends_at(_windows(mine[0], quiet), now) or now)
        members = [
            Member(
                storm_id=storm_id,
                tenant_id=one.record.tenant_id,
                exception_id=one.record.id,
                channel=one.news.channel,
            )
            for one in mine
        ]
        await tx.storms.join(members, now)


async def let_through(
    tx: Transaction,
    grown: Iterable[tuple[ExceptionRecord, str | None]],
    quiet: QuietHours,
    now: datetime,
    wall_now: datetime,
) -> None:
    """What got so bad that quiet hours do not hold it any more gets a card of its own at once.

    Args:
        tx: where it is noted and told.
        grown: records whose severity rose, each with its correlation id.
        quiet: the quiet hours in force.
        now: business time.
        wall_now: by which the outbox lives.
    """
    for record, correlation_id in grown:
        for storm in await _holding(tx, record):
            windows = quiet.of(storm.channel, storm.channel_id)
            if not held_at(windows, record.severity, now):
                channel = storm.channel_id or storm.channel
                await tx.storms.tell_as(storm.id, record.id, Told.SPLIT)
                await tell_opened(tx, [(record, channel, correlation_id)], now, wall_now)


async def _holding(tx: Transaction, record: ExceptionRecord) -> list[Storm]:
    """Where it is held and told to nobody."""
    members = await tx.storms.memberships(record.id) if record.active else []
    listed = [member.storm_id for member in members if member.told is Told.LISTED]
    found = [storm for number in listed if (storm := await tx.storms.get(number))]
    return [storm for storm in found if storm.held_until is not None]


async def end_quiet_hours(
    *, storage: Storage, quiet: QuietHours, now: datetime, wall_now: datetime
) -> int:
    """Has the morning message of each channel posted whose quiet hours are over; returns how many.

    Where it is quiet again by now, because nothing ran in the meantime, it waits for the end of
    that, so that several nights are told in one message.
    """
    async with storage.read() as tx:
        if not await tx.held.storms():
            return 0
    posted = 0
    async with storage.write() as tx:
        held = [
            storm for number in await tx.held.storms() if (storm := await tx.storms.get(number))
        ]
        due = [storm for storm in held if storm.held_until and storm.held_until <= now]
        await tx.storms.tallies({(storm.channel, storm.cause) for storm in due}, now)
        still = set(await tx.held.storms())
        for storm in due:
            if storm.id in still:
                posted += await _end(tx, storm, quiet, now, wall_now)
    return posted


async def _end(
    tx: Transaction, storm: Storm, quiet: QuietHours, now: datetime, wall_now: datetime
) -> bool:
    until = ends_at(quiet.of(storm.channel, storm.channel_id), now)
    await tx.held.hold(storm.id, until)
    if until is None:
        card = storm_message(storm, CARD, Severity.HIGH)
        await tx.outbox.put([card], wall_now)  # its delivery asks for the lists
    return until is None


def _windows(one: Opening, quiet: QuietHours) -> tuple[Quiet, ...]:
    return quiet.of(one.home, one.channel)


def _cause(one: Opening) -> str:
    return f"{OVERNIGHT} {one.workspace}".strip()


def _place(one: Opening) -> Place:
    return one.home, _cause(one)


def _draft(one: Opening, now: datetime) -> Storm:
    """The reason is that of the first: a night has many."""
    return Storm(
        id=0,
        channel=one.home,
        channel_id=one.channel if one.channel != one.home else None,
        cause=_cause(one),
        reason_code=one.record.reason_code,
        shared=(),
        first_tenant_id=one.record.tenant_id,
        opened_at=now,
        last_at=now,
    )
