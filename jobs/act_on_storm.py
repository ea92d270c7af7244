"""Does one thing with all members of a storm, or takes one member out of its list.

Must not check authority: the handler did, and names the clients for whom somebody may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from jobs.act_on_exception import entry_of, last_change
from jobs.ports import Storage, Transaction
from jobs.set_timers import set_timers_of_acts
from jobs.show_storm import storm_view
from jobs.tell import CARD, EXPLANATION, HISTORY, part_message, tell_changed, tell_opened
from jobs.views.storms import InStorm, StormView
from policies.lifecycle import Act, Impossible, take
from policies.records import AuditEntry, ExceptionRecord
from policies.storms import Member, Storm, Told, same_channel

_BATCH, _NAMED = 100, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an act would do with each visible member, by the versions that were seen."""

    view: StormView
    changing: tuple[InStorm, ...]
    staying: tuple[InStorm, ...]

    @property
    def versions(self) -> Mapping[int, int]:
        """The versions of those that would change, by their numbers in the storm."""
        return {one.member.number: one.record.version for one in self.changing}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDone:
    """What became of an act on many: `left` had changed since they were shown.

    `unchanged` of these had not: it made no sense for them. `left_orders` are the first of them.
    `versions` are of those that were changed, by number: as the act left them.
    """

    storm: Storm
    done: int
    left: int
    unchanged: int = 0
    left_orders: tuple[str, ...] = ()
    versions: Mapping[int, int] = field(default_factory=dict)


async def preview_storm(
    act: Act, storm_id: int, *, storage: Storage, now: datetime
) -> Preview | None:
    """Who would change and who not; None where no member is visible.

    Args:
        act: as it would be done with each; its `exception_id` does not matter.
        storm_id: whose members.
        storage: where they are looked up.
        now: business time.
    """
    async with storage.read() as tx:
        storm = await tx.storms.get(storm_id)
        if storm is None:
            return None
        view = await storm_view(tx, storm, now, tenant_ids=act.tenant_ids)
    if not view.members:
        return None
    changing = [one for one in view.members if _after(one.record, act, now) is not None]
    staying = [one for one in view.members if _after(one.record, act, now) is None]
    return Preview(view=view, changing=tuple(changing), staying=tuple(staying))


async def act_on_storm(
    act: Act,
    storm_id: int,
    versions: Mapping[int, int] | None,
    *,
    storage: Storage,
    now: datetime,
    wall_now: datetime,
) -> AllDone | None:
    """Does it with the members that were shown, in batches; those that changed since are left.

    Args:
        act: what, by whom; its `exception_id` and `expected_version` do not matter.
        storm_id: whose members.
        versions: what was shown (undo: as the act left them), by number in the storm; None takes
            all as they are.
        storage: where records, trail and outbox change together.
        now: business time.
        wall_now: by which the outbox lives.
    """
    async with storage.read() as tx:
        storm = await tx.storms.get(storm_id)
        members = await tx.storms.members(storm_id) if storm else []
    mine = [
        member
        for member in members
        if member.tenant_id in act.tenant_ids and (versions is None or member.number in versions)
    ]
    if storm is None or not mine:
        return None
    done: dict[int, int] = {}
    for start in range(0, len(mine), _BATCH):
        batch = mine[start : start + _BATCH]
        async with storage.write() as tx:
            done |= await _act_on(tx, act, batch, versions, now, wall_now)
    left = [one for one in mine if one.number not in done] if versions is not None else []
    async with storage.write() as tx:
        await tx.storms.refresh_of({member.exception_id for member in mine}, wall_now)
        records = await tx.exceptions.among([one.exception_id for one in left])
    known = {one.exception_id: (versions or {}).get(one.number) for one in left}
    same = sum(record.version == known[record.id] for record in records)
    return AllDone(
        storm=storm,
        done=len(done),
        left=len(left),
        unchanged=same,
        left_orders=tuple(record.order_id for record in records[:_NAMED]),
        versions=done,
    )


async def _act_on(
    tx: Transaction,
    act: Act,
    members: Sequence[Member],
    versions: Mapping[int, int] | None,
    now: datetime,
    wall_now: datetime,
) -> dict[int, int]:
    """One batch: each by itself, one entry in the trail each. Versions of the changed by number."""
    by_id = {member.exception_id: member for member in members}
    changed: list[tuple[ExceptionRecord, ExceptionRecord]] = []
    entries: list[AuditEntry] = []
    for record in await tx.exceptions.among(list(by_id)):
        member = by_id[record.id]
        if versions is not None and versions[member.number] != record.version:
            continue
        undone = await last_change(tx, record) if act.verb == "undo" else None
        wish = replace(act, undoes=undone)
        after = _after(record, wish, now)
        if after is not None and await tx.exceptions.save(after, was=record.version):
            changed.append((record, after))
            entries.append(entry_of(wish, record, after, now))
    await set_timers_of_acts(tx, act.verb, [after for _, after in changed], now)
    await tx.audit.append(entries)
    elsewhere = await tx.alerts.channels_of([after.id for _, after in changed])
    for _, after in changed:
        if after.id in elsewhere:
            parts = (CARD, HISTORY)
            await tell_changed(tx, after, wall_now, act.correlation_id, parts, urgent=True)
    return {by_id[after.id].number: after.version for _, after in changed}


def _after(record: ExceptionRecord, act: Act, now: datetime) -> ExceptionRecord | None:
    """The record after the act; None where that changes nothing."""
    after = take(record, replace(act, exception_id=record.id), now)
    return None if isinstance(after, Impossible) or after == record else after


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff:
    """A member has a card of its own now; `already` where it had one before."""

    record: ExceptionRecord
    already: bool


async def split_off(
    act: Act, storm_id: int, what: str, *, storage: Storage, now: datetime, wall_now: datetime
) -> SplitOff | None:
    """Gives a member a card of its own; None where no visible member is meant.

    Args:
        act: by whom, and which tenants they may do that for.
        storm_id: whose member.
        what: its number as an exception, or its order.
        storage: where the alert and the trail are written together.
        now: business time.
        wall_now: by which the outbox lives.
    """
    async with storage.write() as tx:
        storm = await tx.storms.get(storm_id)
        if storm is None:
            return None
        view = await storm_view(tx, storm, now, tenant_ids=act.tenant_ids)
        found = _meant(view, what)
        if found is None:
            return None
        record = found.record
        if found.member.told is not Told.LISTED:
            return SplitOff(record=record, already=True)
        await tx.audit.append([replace(entry_of(act, record, record, now), action="split")])
        await tx.storms.tell_as(storm_id, record.id, Told.SPLIT)
        await _give_a_card(tx, storm, record, act.correlation_id, now, wall_now)
        await tx.storms.refresh([storm_id], wall_now)
    return SplitOff(record=record, already=False)


def _meant(view: StormView, what: str) -> InStorm | None:
    """By exception number or order; active ones first, for an order may be in it twice."""
    name = what.strip().lstrip("#").casefold()
    ordered = sorted(view.members, key=lambda one: not one.record.active)
    return next(
        (one for one in ordered if name in (str(one.record.id), one.record.order_id.casefold())),
        None,
    )


async def _give_a_card(
    tx: Transaction,
    storm: Storm,
    record: ExceptionRecord,
    correlation_id: str | None,
    now: datetime,
    wall_now: datetime,
) -> None:
    alerts = await tx.alerts.of_exception(record.id)
    known = [alert for alert in alerts if same_channel(alert, storm)]
    if not known:
        channel = storm.channel_id or storm.channel
        await tell_opened(tx, [(record, channel, correlation_id)], now, wall_now)
    for alert in known:
        parts = [
            part_message(alert, part, correlation_id, record.order_id)
            for part in (CARD, EXPLANATION)
        ]
        await tx.outbox.put(parts, wall_now)
