"""The handover of a shift: what it leaves open, what breaks next, what it did.

Must not post where nobody subscribed, nor catch up on shifts that ended long ago.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobs.brief_scope import (
    Scope,
    Site,
    due_between,
    everything,
    open_ones,
    opened_since,
    scope_of,
    subscribed,
)
from jobs.ports import Storage, Transaction
from jobs.ports.slack import Directory
from jobs.shift_done import shift_done
from jobs.tell_silence import silence_views
from jobs.views.briefs import HandoverView, Owned
from policies.briefs import Handing, Handover, due_handings, handing_named, present_handings
from policies.promises import Promises
from policies.reasons import Severity
from policies.records import ExceptionRecord, JsonObject, OutboxMessage, Tenant
from policies.routing import HANDOVER
from policies.shifts import Shift, ShiftBook

_PRIORITY = 11
_RECENT = timedelta(days=30)
"""A client that nothing was late of for so long at a site has nothing to do with it."""
_SEVERITIES = tuple(reversed(Severity))


async def show_handovers(
    tenants: Sequence[Tenant],
    *,
    storage: Storage,
    promises: Promises,
    book: ShiftBook,
    directory: Directory | None,
    now: datetime,
) -> list[HandoverView]:
    """Those of the shifts that are on now, or were last, for these clients."""
    views: list[HandoverView] = []
    for handing in present_handings(book, now):
        scope = everything(tenants, site_of(handing.shift))
        async with storage.read() as tx:
            records = await open_ones(tx, scope)
        people = await people_of(handing.shift, records, directory)
        views.append(await _view(handing, scope, people, storage, promises, now))
    return views


async def handover_of(
    message: OutboxMessage,
    *,
    storage: Storage,
    promises: Promises,
    book: ShiftBook,
    now: datetime,
) -> HandoverView | None:
    """What that message is to show; None where the book has no such shift any more."""
    handing = handing_named(book, message.payload["shift"])
    if handing is None:
        return None
    async with storage.read() as tx:
        tenants = await tx.tenants.all()
    scope = scope_of(tenants, message.payload["wanted"], site_of(handing.shift))
    return await _view(handing, scope, message.payload["people"], storage, promises, now)


async def post_due_handovers(
    *,
    storage: Storage,
    book: ShiftBook,
    handover: Handover,
    default_channel: str,
    directory: Directory | None,
    now: datetime,
    wall_now: datetime,
) -> int:
    """Puts the handover of each shift that ends soon into the outbox, once for each channel.

    Args:
        storage: where subscriptions, fires and outbox are.
        book: the shifts.
        handover: how long before the end of a shift it is told.
        default_channel: where clients without a channel of their own are told of.
        directory: who is in the user group of a shift.
        now: business time, by which shifts end.
        wall_now: by which the outbox lives.
    """
    due = due_handings(book, handover, now)
    if not due:
        return 0
    posted = 0
    for handing in due:
        async with storage.read() as tx:
            channels = await _concerned(tx, handing, default_channel, now)
            fresh = {one: asked for one, (asked, _) in channels.items()}
            records = [record for _, mine in channels.values() for record in mine]
        if fresh:
            people = await people_of(handing.shift, records, directory)
            posted += await _put(handing, fresh, people, storage, wall_now)
    return posted


async def people_of(
    shift: Shift, records: Collection[ExceptionRecord], directory: Directory | None
) -> dict[str, dict[str, Any]]:
    """The owners of these exceptions: their names, and whether they work that shift.

    Slack is asked about owners only; whom it does not know is taken for nobody of the shift unless
    the book names them.
    """
    named = {*shift.people, *shift.leads}
    found: dict[str, dict[str, Any]] = {}
    for owner in sorted({record.assignee for record in records if record.assignee}):
        person = await directory.person(owner) if directory else None
        groups = await directory.groups_of(owner) if directory and shift.group else frozenset()
        works = owner in named or shift.group in groups
        found[owner] = {"name": person.name if person else None, "ending": works}
    return found


def site_of(shift: Shift) -> Site | None:
    """Which sites a shift is for; None for all."""
    if not shift.sites:
        return None
    return lambda site: shift.covers(str(site) if site else None)


async def _concerned(
    tx: Transaction, handing: Handing, default_channel: str, now: datetime
) -> dict[str, tuple[JsonObject, list[ExceptionRecord]]]:
    """Channels that asked for it and whose clients have to do with its sites, with what is open."""
    found: dict[str, tuple[JsonObject, list[ExceptionRecord]]] = {}
    tenants = await tx.tenants.all()
    for channel, wanted in (await subscribed(tx, HANDOVER, default_channel)).items():
        scope = scope_of(tenants, wanted, site_of(handing.shift))
        active = await open_ones(tx, scope)
        if active or scope.site is None or await opened_since(tx, scope, now - _RECENT):
            found[channel] = (wanted, active)
    return found


async def _put(
    handing: Handing,
    channels: Mapping[str, JsonObject],
    people: JsonObject,
    storage: Storage,
    wall_now: datetime,
) -> int:
    posted = 0
    async with storage.write() as tx:
        for channel, wanted in channels.items():
            key = f"{HANDOVER}:{channel}:{handing.shift.name}"
            slot = str(int(handing.run.end.timestamp()))
            if await tx.fires.begin(key, slot, wall_now):
                message = _message(channel, wanted, handing, people)
                await tx.outbox.put([message], wall_now)
                posted += 1
    return posted


def _message(
    channel: str, wanted: JsonObject, handing: Handing, people: JsonObject
) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{HANDOVER}:{channel}:{handing.key}",
        tenant_id=min(map(int, wanted)),
        payload={
            "notice": HANDOVER,
            "channel": channel,
            "shift": handing.key,
            "wanted": dict(wanted),
            "people": dict(people),
        },
        priority=_PRIORITY,
    )


async def _view(
    handing: Handing,
    scope: Scope,
    people: JsonObject,
    storage: Storage,
    promises: Promises,
    now: datetime,
) -> HandoverView:
    end = handing.run.end
    async with storage.read() as tx:
        active = await open_ones(tx, scope)
        coming, _ = await due_between(tx, scope, promises, max(now, end), handing.until)
        done = await shift_done(tx, scope, handing.run.start, now)
        silent = await silence_views(tx, scope.tenants, promises, now)
        held = await tx.held.count(scope.tenant_ids)
    waking = [one for one in active if one.snoozed_until and one.snoozed_until <= handing.until]
    return HandoverView(
        key=handing.key,
        shift=handing.shift.name,
        sites=handing.shift.sites,
        ends_at=end,
        next=handing.next,
        until=handing.until,
        tenants=scope.tenants,
        open=severities(active),
        owners=_owners(active, people),
        coming=coming,
        waking=tuple(waking),
        done=done,
        silent=silent,
        held=held,
        now=now,
        names={owner: one["name"] for owner, one in people.items() if one["name"]},
    )


def severities(records: Collection[ExceptionRecord]) -> tuple[tuple[str, int], ...]:
    """How many there are of each severity, worst first; none is left out."""
    counts = (
        (severity.value, sum(record.severity is severity for record in records))
        for severity in _SEVERITIES
    )
    return tuple((name, count) for name, count in counts if count)


def _owners(active: Collection[ExceptionRecord], people: JsonObject) -> tuple[Owned, ...]:
    """Those of the ending shift first, most first; then the others, then what nobody owns."""
    owners = {record.assignee for record in active}
    found = [
        Owned(
            owner=owner,
            counts=severities([record for record in active if record.assignee == owner]),
            ending=bool(owner and people.get(owner, {}).get("ending")),
        )
        for owner in owners
    ]
    return tuple(
        sorted(found, key=lambda one: (one.owner is None, not one.ending, -one.total, one.owner))
    )
