"""Tells of new exceptions: those of one cause as one storm, the others with an alert each.

Must not decide what belongs together: policies/grouping.py does. The causes are locked before it
is decided, so that two replicas never begin the same storm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.ports import Transaction
from jobs.tell import CARD, tell_opened
from jobs.tell_storms import next_refresh, storm_message
from policies.grouping import Begun, Grouped, Grouping, News, Tally, causes_of, group
from policies.reasons import Severity
from policies.records import ExceptionRecord
from policies.storms import Member, Storm, Told

Heard = tuple[str, int]
"""A channel, and an exception that it hears of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A new exception, and a channel that hears of it.

    `home` is the name of the channel that never changes, `channel` its id once that is known;
    channels of two workspaces may have the same name.
    """

    record: ExceptionRecord
    channel: str
    home: str
    correlation_id: str | None
    workspace: str = ""

    @property
    def news(self) -> News:
        """As it is grouped."""
        return News(channel=f"{self.workspace} {self.home}".strip(), record=self.record)

    @property
    def key(self) -> Heard:
        """The channel as causes are counted by it, and the exception."""
        return self.news.channel, self.record.id


async def tell_of(
    tx: Transaction,
    openings: Sequence[Opening],
    grouping: Grouping,
    now: datetime,
    wall_now: datetime,
) -> None:
    """Tells each channel exactly once, in the order given: alone, or in a storm's list."""
    alone = {one.key for one in openings}
    if grouping.levels and openings:
        alone = await _grouped(tx, openings, grouping, now, wall_now)
    told = [(o.record, o.channel, o.correlation_id) for o in openings if o.key in alone]
    if told:
        await tell_opened(tx, told, now, wall_now)


async def _grouped(
    tx: Transaction,
    openings: Sequence[Opening],
    grouping: Grouping,
    now: datetime,
    wall_now: datetime,
) -> set[Heard]:
    """Takes into storms what belongs there; returns the others."""
    news = [one.news for one in openings]
    places = {(n.channel, cause.key) for n in news for cause in causes_of(n.record, grouping)}
    tallies = await tx.storms.tallies(places, now)
    recent = {seen.exception_id for tally in tallies.values() for seen in tally.recent}
    done = group(news, tallies, await tx.storms.members_among(recent), grouping, now)
    storms = await _begin(tx, done.begun, openings, now)
    await tx.storms.remember(_numbered(done, storms), now)
    if done.joining:
        await _join(tx, done, storms, openings, now, wall_now)
    return set(done.alone)


async def _begin(
    tx: Transaction, begun: Sequence[Begun], openings: Sequence[Opening], now: datetime
) -> dict[int, Storm]:
    """The storms that begin, by the numbers that the sorting gave them."""
    by_key = {one.key: one for one in openings}
    drafts = [_draft(one, by_key[one.channel, one.opener.id], now) for one in begun]
    opened = await tx.storms.open(drafts)
    return {one.storm: storm for one, storm in zip(begun, opened, strict=True)}


def _draft(begun: Begun, opening: Opening, now: datetime) -> Storm:
    return Storm(
        id=0,
        channel=opening.home,
        channel_id=opening.channel if opening.channel != opening.home else None,
        cause=begun.cause.key,
        reason_code=begun.cause.reason_code,
        shared=begun.cause.shared,
        first_tenant_id=begun.opener.tenant_id,
        opened_at=now,
        last_at=now,
    )


def _numbered(done: Grouped, storms: Mapping[int, Storm]) -> dict[tuple[str, str], Tally]:
    """With the real numbers of the storms that begin."""
    ids = {number: storm.id for number, storm in storms.items()}
    return {
        place: replace(tally, storm=ids.get(tally.storm or 0, tally.storm))
        for place, tally in done.tallies.items()
    }


async def _join(
    tx: Transaction,
    done: Grouped,
    storms: Mapping[int, Storm],
    openings: Sequence[Opening],
    now: datetime,
    wall_now: datetime,
) -> None:
    members = [
        Member(
            storm_id=storms[one.storm].id if one.storm in storms else one.storm,
            tenant_id=one.seen.tenant_id,
            exception_id=one.seen.exception_id,
            channel=one.channel,
            told=Told.LISTED if one.listed else Told.CARD,
        )
        for one in done.joining
    ]
    await tx.storms.join(members, now)
    new = {storm.id for storm in storms.values()}
    grown = {member.storm_id for member in members} - new
    if grown:
        await tx.storms.refresh(grown, await next_refresh(tx, wall_now))
    listed = {(one.channel, one.seen.exception_id): one.storm for one in done.joining}
    for number, storm in storms.items():
        mine = [one for one in openings if listed.get(one.key) == number]
        worst = max((one.record.severity for one in mine), key=list(Severity).index)
        card = storm_message(storm, CARD, worst, mine[-1].correlation_id)
        await tx.outbox.put([card], wall_now)  # its delivery asks for the replies
