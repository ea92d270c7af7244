"""Keeps storms: causes as they are counted, members, and what of a storm is in Slack.

Must not decide who is in a storm, nor draw or send anything.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, delete, func, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.grouping import Place, Seen, Tally
from policies.reasons import ReasonCode
from policies.records import AlertPart
from policies.storms import Member, Storm, Told
from storage.alerts import CARD
from storage.bulk import among_these, bulk_insert, chunks
from storage.columns import Instant, from_json, to_json
from storage.instants import instant, micros, micros_or_none
from storage.numbers import draw_numbers
from storage.tables_storms import causes, storm_members, storm_parts, storms

_CAUSE = ("channel", "cause", "recent", "storm_id", "last_at")
_LOCK = bulk_insert(
    causes,
    _CAUSE,
    "ON CONFLICT (channel, cause) DO UPDATE SET cause = excluded.cause "
    f"RETURNING {', '.join(_CAUSE)}",
)
"""Makes the row where there is none, and holds it until the transaction ends."""
_REMEMBER = bulk_insert(
    causes,
    _CAUSE,
    "ON CONFLICT (channel, cause) DO UPDATE SET recent = excluded.recent, "
    "storm_id = excluded.storm_id, last_at = excluded.last_at",
)
_OPEN = bulk_insert(storms, storms.c.keys(), "")
_GROW = text("""
UPDATE storms SET members = members + :count, version = version + 1, last_at = :now,
    closed_at = NULL WHERE id = :id RETURNING members
""")
_JOIN = bulk_insert(
    storm_members,
    ("tenant_id", "exception_id", "storm_id", "number", "told"),
    "ON CONFLICT (tenant_id, exception_id) DO NOTHING RETURNING exception_id",
)
_SENT = text("""
INSERT INTO storm_parts (storm_id, part, ts, digest) VALUES (:storm_id, :part, :ts, :digest)
ON CONFLICT (storm_id, part) DO UPDATE SET ts = excluded.ts, digest = excluded.digest
""")


class SqlStorms:
    """Storms in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def tallies(self, places: Collection[Place], now: datetime) -> Mapping[Place, Tally]:
        """What is known of each place; held in one order, so that two never wait for each other."""
        rows = [(*place, "[]", None, micros(now)) for place in sorted(places)]
        told = await _LOCK.told(self._connection, rows)
        return {(row[0], row[1]): _tally(row) for row in told}

    async def remember(self, tallies: Mapping[Place, Tally], now: datetime) -> None:
        """Replaces what is known of these places."""
        rows = [_cause(place, tallies[place], now) for place in sorted(tallies)]
        await _REMEMBER.run(self._connection, rows)

    async def members_among(self, exception_ids: Collection[int]) -> set[int]:
        """Those of the exceptions that are in a storm."""
        found: set[int] = set()
        column = storm_members.c.exception_id
        for part in chunks(sorted(exception_ids)):
            among = select(column).where(among_these(self._connection, column, part))
            found.update((await self._connection.execute(among)).scalars())
        return found

    async def open(self, fresh: Sequence[Storm]) -> list[Storm]:
        """Inserts them without members; returns them with numbers, in the same order."""
        if not fresh:
            return []
        numbers = await draw_numbers(self._connection, storms, len(fresh))
        opened = [
            replace(storm, id=number, members=0, parts=())
            for storm, number in zip(fresh, numbers, strict=True)
        ]
        await _OPEN.run(self._connection, [_row(storm) for storm in opened])
        return opened

    async def join(self, members: Sequence[Member], now: datetime) -> list[Member]:
        """Takes them in, in their order, and returns those that are new, with their numbers."""
        by_storm: dict[int, list[Member]] = {}
        for member in members:
            by_storm.setdefault(member.storm_id, []).append(member)
        joined: list[Member] = []
        for storm_id in sorted(by_storm):
            mine = by_storm[storm_id]
            grow = {"count": len(mine), "now": micros(now), "id": storm_id}
            grown = (await self._connection.execute(_GROW, grow)).scalar_one()
            begin = grown - len(mine) + 1
            joined += [replace(one, number=n) for n, one in enumerate(mine, start=begin)]
        new = await _JOIN.returning(self._connection, [_member_row(one) for one in joined])
        return [one for one in joined if one.exception_id in new]

    async def get(self, storm_id: int) -> Storm | None:
        """The storm of that number."""
        found = await self._all(select(storms).where(storms.c.id == storm_id))
        return found[0] if found else None

    async def after(self, storm_id: int, limit: int) -> list[Storm]:
        """The next storms by number: pages for a count."""
        following = select(storms).where(storms.c.id > storm_id)
        return await self._all(following.order_by(storms.c.id).limit(limit))

    async def by_message(self, channel_id: str, ts: str) -> Storm | None:
        """The storm whose card is that message."""
        carded = select(storm_parts.c.storm_id).where(
            storm_parts.c.ts == ts, storm_parts.c.part == CARD
        )
        here = select(storms).where(storms.c.channel_id == channel_id, storms.c.id.in_(carded))
        found = await self._all(here)
        return found[0] if found else None

    async def membership(self, exception_id: int) -> Member | None:
        """Which storm an exception is in, and how."""
        mine = select(storm_members).where(storm_members.c.exception_id == exception_id)
        row = (await self._connection.execute(mine)).one_or_none()
        return _member(row) if row else None

    async def members(self, storm_id: int, *, above: int = 0, limit: int = 10_000) -> list[Member]:
        """By number, from the first that is greater than `above`."""
        number = storm_members.c.number
        mine = select(storm_members).where(storm_members.c.storm_id == storm_id, number > above)
        rows = await self._connection.execute(mine.order_by(number).limit(limit))
        return [_member(row) for row in rows]

    async def tell_as(self, exception_id: int, told: Told) -> None:
        """Notes how a member is told from now on."""
        mine = storm_members.c.exception_id == exception_id
        await self._connection.execute(update(storm_members).where(mine).values(told=told.value))

    async def sent(
        self, storm_id: int, part: str, *, channel_id: str, ts: str, digest: str
    ) -> None:
        """Notes that this part stands in Slack as `ts` with that content."""
        values = {"storm_id": storm_id, "part": part, "ts": ts, "digest": digest}
        await self._connection.execute(_SENT, values)
        await self._set([storm_id], channel_id=channel_id)

    async def forget_part(self, storm_id: int, part: str) -> None:
        """Takes that part for unsent; with the card go all, because they stood in its thread."""
        lost = storm_parts.c.storm_id == storm_id
        if part != CARD:
            lost &= storm_parts.c.part == part
        await self._connection.execute(delete(storm_parts).where(lost))

    async def refresh(self, storm_ids: Collection[int], at: datetime) -> None:
        """Has their messages brought up to date at `at`, or sooner if so asked."""
        kept = storms.c.refresh_at
        await self._set(storm_ids, refresh_at=case((kept < at, kept), else_=literal(at, Instant)))

    async def refresh_of(self, exception_ids: Collection[int], at: datetime) -> None:
        """The same for the storms that these exceptions are in."""
        found: set[int] = set()
        member = storm_members.c
        for part in chunks(sorted(exception_ids)):
            among = among_these(self._connection, member.exception_id, part)
            about = select(member.storm_id).where(among).distinct()
            found.update((await self._connection.execute(about)).scalars())
        await self.refresh(found, at)

    async def refreshing(self, until: datetime) -> int:
        """How many storms are to be brought up to date by then."""
        counted = select(func.count()).select_from(storms).where(storms.c.refresh_at <= until)
        return (await self._connection.execute(counted)).scalar_one()

    async def stale(self, now: datetime, limit: int) -> list[Storm]:
        """Storms whose time to be brought up to date has come, longest ago first."""
        due = select(storms).where(storms.c.refresh_at <= now)
        return await self._all(due.order_by(storms.c.refresh_at, storms.c.id).limit(limit))

    async def refreshed(self, storm_ids: Collection[int]) -> None:
        """Notes that this was asked for."""
        await self._set(storm_ids, refresh_at=None)

    async def close(self, storm_id: int, at: datetime | None) -> None:
        """All its members are settled since then; None: somebody is open again."""
        await self._set([storm_id], closed_at=at)

    async def forget(self, before: datetime) -> None:
        """Drops causes that nobody had since."""
        await self._connection.execute(delete(causes).where(causes.c.last_at < before))

    async def _set(self, storm_ids: Collection[int], **changes: object) -> None:
        """One at a time and in order, so that two transactions never wait for each other."""
        for storm_id in sorted(storm_ids):
            await self._connection.execute(
                update(storms).where(storms.c.id == storm_id).values(**changes)
            )

    async def _all(self, statement: Select[Any]) -> list[Storm]:
        rows = (await self._connection.execute(statement)).all()
        numbers = [row.id for row in rows]
        parts: dict[int, list[AlertPart]] = {}
        ordered = select(storm_parts).order_by(storm_parts.c.part)
        for some in chunks(numbers):
            mine = ordered.where(storm_parts.c.storm_id.in_(some))
            for row in await self._connection.execute(mine):
                sent = AlertPart(part=row.part, ts=row.ts, digest=row.digest)
                parts.setdefault(row.storm_id, []).append(sent)
        return [_storm(row, parts.get(row.id, [])) for row in rows]


def _tally(row: Sequence[Any]) -> Tally:
    """Of a row as the driver has it."""
    recent = tuple(
        Seen(tenant_id=tenant_id, exception_id=exception_id, at=instant(at))
        for tenant_id, exception_id, at in from_json(row[2])
    )
    return Tally(recent=recent, storm=row[3], last_at=instant(row[4]))


def _cause(place: Place, tally: Tally, now: datetime) -> tuple[Any, ...]:
    recent = [[seen.tenant_id, seen.exception_id, micros(seen.at)] for seen in tally.recent]
    return (*place, to_json(recent), tally.storm, micros(tally.last_at or now))


def _row(storm: Storm) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        storm.id,
        storm.channel,
        storm.channel_id,
        storm.cause,
        storm.reason_code.value,
        to_json(storm.shared),
        storm.first_tenant_id,
        micros(storm.opened_at),
        micros(storm.last_at),
        micros_or_none(storm.closed_at),
        micros_or_none(storm.refresh_at),
        storm.version,
        storm.members,
    )


def _storm(row: Row[Any], parts: Sequence[AlertPart]) -> Storm:
    values = row._asdict()
    values["reason_code"] = ReasonCode(row.reason_code)
    values["shared"] = tuple((fact, value) for fact, value in row.shared)
    return Storm(**values, parts=tuple(parts))


def _member_row(member: Member) -> tuple[Any, ...]:
    return (
        member.tenant_id,
        member.exception_id,
        member.storm_id,
        member.number,
        member.told.value,
    )


def _member(row: Row[Any]) -> Member:
    return Member(**{**row._asdict(), "told": Told(row.told)})
