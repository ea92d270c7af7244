"""Listens to how often every source speaks, and tells once when one has fallen silent, or is back.

Must not judge orders: those that wait for a silent source are only asked to be judged.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jobs.ports import Storage, Transaction
from jobs.tell_silence import silence_message, silence_news, told_by
from jobs.watching import Watching
from policies.queries import Heard
from policies.records import WorkItem
from policies.silence import Feed, listen, watch

_ROWS, _LOOKS = 20_000, 10
_MOST_SOURCES = 100
"""Of a tenant; a sender that makes up names does not fill the table."""
_MOST_ORDERS = 5000

Name = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was heard since the last look; `behind` while more waits to be read."""

    known: Mapping[Name, Feed]
    feeds: Mapping[Name, Feed]
    from_id: int
    to_id: int
    behind: bool


async def watch_sources(
    watching: Watching, *, now: datetime, wall_now: datetime
) -> tuple[Feed, ...]:
    """Brings every feed up to `now` (business time, in which events are received); returns them.

    A silence that begins or ends is told once. When one ends, the orders that waited for it
    are judged at once, and once more when the source has had time to catch up.
    """
    since = watching.listening_since
    read = await _read(watching.storage, since)
    feeds = dict(read.feeds)
    if not read.behind:
        feeds = {name: watch(feed, now, since) for name, feed in feeds.items()}
    changed = [feed for name, feed in feeds.items() if read.known.get(name) != feed]
    if changed or read.to_id != read.from_id:
        async with watching.storage.write() as tx:
            if {_name(feed): feed for feed in await tx.feeds.all()} != read.known:
                return tuple(read.known.values())  # another process was faster
            await tx.feeds.save(changed)
            await tx.feeds.set_read_up_to(read.to_id)
            for feed in changed:
                await _follow(tx, read.known.get(_name(feed)), feed, feeds, watching, now, wall_now)
    return tuple(feeds.values())


async def _read(storage: Storage, listening_since: datetime | None) -> _Read:
    async with storage.read() as tx:
        known = {_name(feed): feed for feed in await tx.feeds.all()}
        from_id = to_id = await tx.feeds.read_up_to()
        told: list[Heard] = []
        behind = True
        for _ in range(_LOOKS):
            more, until = await tx.events.heard(to_id, _ROWS)
            if until == to_id:
                behind = False
                break
            told, to_id = [*told, *more], until
    feeds = _listened(known, told, listening_since)
    return _Read(known=known, feeds=feeds, from_id=from_id, to_id=to_id, behind=behind)


def _listened(
    known: Mapping[Name, Feed], told: Iterable[Heard], listening_since: datetime | None
) -> dict[Name, Feed]:
    by_feed: defaultdict[Name, list[Heard]] = defaultdict(list)
    for heard in told:
        by_feed[heard.tenant_id, heard.source].append(heard)
    feeds = dict(known)
    counts = Counter(tenant_id for tenant_id, _ in feeds)
    for name, heard_of_it in by_feed.items():
        if name not in feeds:
            if counts[name[0]] >= _MOST_SOURCES:
                continue
            counts[name[0]] += 1
        feeds[name] = listen(feeds.get(name), heard_of_it, listening_since)
    return feeds


async def _follow(
    tx: Transaction,
    was: Feed | None,
    feed: Feed,
    feeds: Mapping[Name, Feed],
    watching: Watching,
    now: datetime,
    wall_now: datetime,
) -> None:
    """Tells of a silence that began or ended, and has those judged who waited for its end."""
    silence = was.silence if was else None
    tenant = await tx.tenants.get(feed.tenant_id)
    if silence == feed.silence or tenant is None:
        return
    mine = [other for other in feeds.values() if other.tenant_id == tenant.id]
    if watching.telling.notify:
        views = await silence_news(tx, tenant, mine, silence, feed, watching.promises, now)
        channel = watching.telling.channel_of(tenant)
        await tx.outbox.put([silence_message(view, channel) for view in views], wall_now)
    if silence is not None:
        rules = list(told_by(feed, tenant, watching.promises))
        orders = await tx.clocks.waiting_for(tenant.id, rules, _MOST_ORDERS)
        items = [WorkItem(tenant_id=tenant.id, kind="evaluate", subject=one) for one in orders]
        await tx.work.put(items, wall_now)


def _name(feed: Feed) -> Name:
    return (feed.tenant_id, feed.source)
