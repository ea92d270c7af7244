"""Storms in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from policies.grouping import Place, Tally
from policies.records import AlertPart
from policies.storms import Member, Storm, Told
from storage.alerts import CARD
from storage.memory_state import MemoryState


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

    async def members_among(self, exception_ids: Collection[int]) -> set[int]:
        """Those of the exceptions that are in a storm."""
        return {number for number in exception_ids if number in self._members}

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
            joined += [one for one in new if one.exception_id not in self._members]
            self._members.update({one.exception_id: one for one in joined})
        return joined

    async def get(self, storm_id: int) -> Storm | None:
        """The storm of that number."""
        return self._rows.get(storm_id)

    async def by_message(self, channel_id: str, ts: str) -> Storm | None:
        """The storm whose card is that message."""
        here = (one for one in self._rows.values() if one.channel_id == channel_id)
        return next((storm for storm in here if storm.part(CARD).ts == ts), None)

    async def membership(self, exception_id: int) -> Member | None:
        """Which storm an exception is in, and how."""
        return self._members.get(exception_id)

    async def members(self, storm_id: int, *, above: int = 0, limit: int = 10_000) -> list[Member]:
        """By number, from the first that is greater than `above`."""
        mine = (one for one in self._members.values() if one.storm_id == storm_id)
        ordered = sorted((one for one in mine if one.number > above), key=attrgetter("number"))
        return ordered[:limit]

    async def tell_as(self, exception_id: int, told: Told) -> None:
        """Notes how a member is told from now on."""
        member = self._members.get(exception_id)
        if member is not None:
            self._members[exception_id] = replace(member, told=told)

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
        found = {
            self._members[number].storm_id for number in exception_ids if number in self._members
        }
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

    async def forget(self, before: datetime) -> None:
        """Drops causes that nobody had since."""
        for place, tally in list(self._causes.items()):
            if tally.last_at is not None and tally.last_at < before:
                del self._causes[place]

    def _set(self, storm_ids: Collection[int], **changes: object) -> None:
        for storm_id in storm_ids:
            self._rows[storm_id] = replace(self._rows[storm_id], **changes)  # type: ignore[arg-type]
