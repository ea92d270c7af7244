"""Keeps storms: their members, and what of a storm is in Slack.

Must not decide who is in a storm, nor draw or send anything.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, delete, func, literal, select, text, update

from policies.reasons import ReasonCode, Severity
from policies.records import AlertPart
from policies.storms import Member, Storm, Told
from storage.alerts import CARD
from storage.bulk import among_these, bulk_insert, chunks
from storage.causes import SqlCauses
from storage.columns import Instant, to_json
from storage.instants import micros, micros_or_none
from storage.numbers import draw_numbers
from storage.tables_storms import causes, storm_members, storm_parts, storms

_OPEN = bulk_insert(storms, storms.c.keys(), "")
_GROW = text("""
UPDATE storms SET members = members + :count, version = version + 1, last_at = :now,
    closed_at = NULL WHERE id = :id RETURNING members
""")
_JOIN = bulk_insert(
    storm_members,
    ("tenant_id", "exception_id", "channel", "storm_id", "number", "told"),
    "ON CONFLICT (tenant_id, exception_id, channel) DO NOTHING RETURNING channel, exception_id",
)
_SENT = text("""
INSERT INTO storm_parts (storm_id, part, ts, digest) VALUES (:storm_id, :part, :ts, :digest)
ON CONFLICT (storm_id, part) DO UPDATE SET ts = excluded.ts, digest = excluded.digest
""")


class SqlStorms(SqlCauses):
    """Storms in the database, and the causes that become them."""

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
        rows = [_member_row(one) for one in joined]
        new = {(row[0], row[1]) for row in await _JOIN.told(self._connection, rows)}
        return [one for one in joined if (one.channel, one.exception_id) in new]

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

    async def memberships(self, exception_id: int) -> list[Member]:
        """Which storms an exception is in, one of a channel at most; by storm."""
        member = storm_members.c
        mine = select(storm_members).where(member.exception_id == exception_id)
        rows = await self._connection.execute(mine.order_by(member.storm_id))
        return [_member(row) for row in rows]

    async def channels_of(self, exception_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Names and ids of the channels in which each of them is in a storm."""
        found: dict[int, frozenset[str]] = {}
        member = storm_members.c
        for part in chunks(sorted(exception_ids)):
            among = among_these(self._connection, member.exception_id, part)
            there = select(member.exception_id, storms.c.channel, storms.c.channel_id).join(
                storms, storms.c.id == member.storm_id
            )
            for number, *names in await self._connection.execute(there.where(among)):
                found[number] = found.get(number, frozenset()) | frozenset(filter(None, names))
        return found

    async def members(self, storm_id: int, *, above: int = 0, limit: int = 10_000) -> list[Member]:
        """By number, from the first that is greater than `above`."""
        number = storm_members.c.number
        mine = select(storm_members).where(storm_members.c.storm_id == storm_id, number > above)
        rows = await self._connection.execute(mine.order_by(number).limit(limit))
        return [_member(row) for row in rows]

    async def tell_as(self, storm_id: int, exception_id: int, told: Told) -> None:
        """Notes how a member is told from now on."""
        member = storm_members.c
        mine = (member.exception_id == exception_id) & (member.storm_id == storm_id)
        await self._connection.execute(update(storm_members).where(mine).values(told=told.value))

    async def leave(self, tenant_id: int, channel: Collection[str]) -> set[int]:
        """Takes a tenant out of a channel's storms; returns those that it was in."""
        names = sorted(channel)
        there = storms.c.channel.in_(names) | storms.c.channel_id.in_(names)
        member = storm_members.c
        mine = (member.tenant_id == tenant_id) & member.storm_id.in_(
            select(storms.c.id).where(there)
        )
        found = await self._connection.execute(select(member.storm_id).where(mine).distinct())
        left = set(found.scalars())
        await self._connection.execute(delete(storm_members).where(mine))
        return left

    async def drop(self, storm_id: int) -> None:
        """Forgets it with its members and messages, and that a cause became it."""
        became = update(causes).where(causes.c.storm_id == storm_id).values(storm_id=None)
        await self._connection.execute(became)
        for table in (storm_members, storm_parts):
            await self._connection.execute(delete(table).where(table.c.storm_id == storm_id))
        await self._connection.execute(delete(storms).where(storms.c.id == storm_id))

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

    async def tell_severity(self, storm_id: int, severity: Severity) -> None:
        """Notes how bad the channel knows it to be."""
        await self._set([storm_id], told_severity=severity.value)

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
        storm.told_severity.value if storm.told_severity else None,
        micros_or_none(storm.held_until),
    )


def _storm(row: Row[Any], parts: Sequence[AlertPart]) -> Storm:
    values = row._asdict()
    values["reason_code"] = ReasonCode(row.reason_code)
    values["told_severity"] = Severity(row.told_severity) if row.told_severity else None
    values["shared"] = tuple((fact, value) for fact, value in row.shared)
    return Storm(**values, parts=tuple(parts))


def _member_row(member: Member) -> tuple[Any, ...]:
    return (
        member.tenant_id,
        member.exception_id,
        member.channel,
        member.storm_id,
        member.number,
        member.told.value,
    )


def _member(row: Row[Any]) -> Member:
    return Member(**{**row._asdict(), "told": Told(row.told)})
