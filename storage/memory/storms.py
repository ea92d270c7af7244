"""Storms in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from policies.grouping import Place, Tally
from policies.reasons import Severity
from policies.records import AlertPart
from policies.storms import Member, Storm, Told
from storage.alerts import CARD
from storage.memory.state import MemoryState


class MemoryStorms:
    """Storms in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._members, self._causes = state.storms, state.storm_members, state.causes
        self._number = state.next_number

    async def tallies(self, places: Collection[Place], now: datetime) -> Mapping[Place, Tally]:
        """What is known of each place."""
        for place in places:
            self._causes.setdefault(place, Tally(last_at=now))
        return {place: self._causes[place] for place in places}

    async def remember(self, tallies: Mapping[Place, Tally], now: datetime) -> None:
        """Replaces what is known of these places."""
        for place, tally in tallies.items():
            self._causes[place] = replace(tally, last_at=tally.last_at or now)

    async def members_among(self, exception_ids: Collection[int]) -> set[tuple[str, int]]:
        """Those of the exceptions that are in a storm, each with the channel of its storm."""
        asked = set(exception_ids)
        return {
            (one.channel, one.exception_id)
            for one in self._members.values()
            if one.exception_id in asked
        }

    async def open(self, fresh: Sequence[Storm]) -> list[Storm]:
        """Inserts them without members; returns them with numbers, in the same order."""
        opened = [replace(one, id=self._number("storms"), members=0, parts=()) for one in fresh]
        self._rows.update({storm.id: storm for storm in opened})
        return opened

    async def join(self, members: Sequence[Member], now: datetime) -> list[Member]:
        """Takes them in, in their order, and returns those that are new, with their numbers."""
        joined: list[Member] = []
        for storm_id in sorted({member.storm_id for member in members}):
            mine = [member for member in members if member.storm_id == storm_id]
            storm = self._rows[storm_id]
            self._rows[storm_id] = replace(
                storm,
                members=storm.members + len(mine),
                version=storm.version + 1,
                last_at=now,
                closed_at=None,
            )
            numbered = enumerate(mine, start=storm.members + 1)
            new = [replace(one, number=n) for n, one in numbered]
            joined += [one for one in new if _key(one) not in self._members]
            self._members.update({_key(one): one for one in joined})
        return joined

    async def get(self, storm_id: int) -> Storm | None:
        """The storm of that number."""
        return self._rows.get(storm_id)

    async def by_message(self, channel_id: str, ts: str) -> Storm | None:
        """The storm whose card is that message."""
        here = (one for one in self._rows.values() if one.channel_id == channel_id)
        return next((storm for storm in here if storm.part(CARD).ts == ts), None)

    async def memberships(self, exception_id: int) -> list[Member]:
        """Which storms an exception is in, one of a channel at most; by storm."""
        mine = (one for one in self._members.values() if one.exception_id == exception_id)
        return sorted(mine, key=attrgetter("storm_id"))

    async def channels_of(self, exception_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Names and ids of the channels in which each of them is in a storm."""
        found: dict[int, frozenset[str]] = {}
        for number in exception_ids:
            for member in await self.memberships(number):
                storm = self._rows[member.storm_id]
                names = frozenset(filter(None, (storm.channel, storm.channel_id)))
                found[number] = found.get(number, frozenset()) | names
        return found

    async def members(self, storm_id: int, *, above: int = 0, limit: int = 10_000) -> list[Member]:
        """By number, from the first that is greater than `above`."""
        mine = (one for one in self._members.values() if one.storm_id == storm_id)
        ordered = sorted((one for one in mine if one.number > above), key=attrgetter("number"))
        return ordered[:limit]

    async def tell_as(self, storm_id: int, exception_id: int, told: Told) -> None:
        """Notes how a member is told from now on."""
        for member in await self.memberships(exception_id):
            if member.storm_id == storm_id:
                self._members[_key(member)] = replace(member, told=told)

    async def leave(self, tenant_id: int, channel: Collection[str]) -> set[int]:
        """Takes a tenant out of a channel's storms; returns those that it was in."""
        gone = [
            (key, one.storm_id)
            for key, one in self._members.items()
            if one.tenant_id == tenant_id
            and {self._rows[one.storm_id].channel, self._rows[one.storm_id].channel_id}
            & set(channel)
        ]
        for key, _ in gone:
            del self._members[key]
        return {storm_id for _, storm_id in gone}

    async def drop(self, storm_id: int) -> None:
        """Forgets it with its members and messages, and that a cause became it."""
        for place, tally in self._causes.items():
            if tally.storm == storm_id:
                self._causes[place] = replace(tally, storm=None)
        for member in await self.members(storm_id):
            del self._members[_key(member)]
        self._rows.pop(storm_id, None)

    async def sent(
        self, storm_id: int, part: str, *, channel_id: str, ts: str, digest: str
    ) -> None:
        """Notes that this part stands in Slack as `ts` with that content."""
        parts = {known.part: known for known in self._rows[storm_id].parts}
        parts[part] = AlertPart(part=part, ts=ts, digest=digest)
        ordered = tuple(parts[name] for name in sorted(parts))
        self._set([storm_id], channel_id=channel_id, parts=ordered)

    async def forget_part(self, storm_id: int, part: str) -> None:
        """Takes that part for unsent; with the card go all, because they stood in its thread."""
        parts = self._rows[storm_id].parts
        kept = () if part == CARD else tuple(one for one in parts if one.part != part)
        self._set([storm_id], parts=kept)

    async def refresh(self, storm_ids: Collection[int], at: datetime) -> None:
        """Has their messages brought up to date at `at`, or sooner if so asked."""
        for storm_id in storm_ids:
            kept = self._rows[storm_id].refresh_at
            self._set([storm_id], refresh_at=min(kept, at) if kept else at)

    async def refresh_of(self, exception_ids: Collection[int], at: datetime) -> None:
        """The same for the storms that these exceptions are in."""
        asked = set(exception_ids)
        found = {one.storm_id for one in self._members.values() if one.exception_id in asked}
        await self.refresh(found, at)

    async def refreshing(self, until: datetime) -> int:
        """How many storms are to be brought up to date by then."""
        asked = (storm.refresh_at for storm in self._rows.values())
        return sum(at is not None and at <= until for at in asked)

    async def stale(self, now: datetime, limit: int) -> list[Storm]:
        """Storms whose time to be brought up to date has come, longest ago first."""
        due = [
            (s.refresh_at, s.id)
            for s in self._rows.values()
            if s.refresh_at and s.refresh_at <= now
        ]
        return [self._rows[number] for _, number in sorted(due)[:limit]]

    async def refreshed(self, storm_ids: Collection[int]) -> None:
        """Notes that this was asked for."""
        self._set(storm_ids, refresh_at=None)

    async def close(self, storm_id: int, at: datetime | None) -> None:
        """All its members are settled since then; None: somebody is open again."""
        self._set([storm_id], closed_at=at)

    async def tell_severity(self, storm_id: int, severity: Severity) -> None:
        """Notes how bad the channel knows it to be."""
        self._set([storm_id], told_severity=severity)

    async def forget(self, before: datetime) -> None:
        """Drops causes that nobody had since."""
        for place, tally in list(self._causes.items()):
            if tally.last_at is not None and tally.last_at < before:
                del self._causes[place]

    def _set(self, storm_ids: Collection[int], **changes: object) -> None:
        for storm_id in storm_ids:
            self._rows[storm_id] = replace(self._rows[storm_id], **changes)  # type: ignore[arg-type]


def _key(member: Member) -> tuple[int, str]:
    return member.exception_id, member.channel
