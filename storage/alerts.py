"""Keeps alerts: which exceptions a thread is about, and what of it is in Slack.

Must not draw or send anything.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import Alert, AlertPart
from storage.bulk import bulk_insert, chunks
from storage.instants import micros, micros_or_none
from storage.numbers import draw_numbers
from storage.tables_orders import alert_exceptions, alert_parts, alerts

CARD = "card"
"""The part that is the thread's root."""

_OPEN = bulk_insert(alerts, alerts.c.keys(), "")
_LINK = bulk_insert(alert_exceptions, alert_exceptions.c.keys(), "")
_SENT = text("""
INSERT INTO alert_parts (tenant_id, alert_id, part, ts, digest)
SELECT tenant_id, id, :part, :ts, :digest FROM alerts WHERE id = :alert_id
ON CONFLICT (tenant_id, alert_id, part) DO UPDATE SET ts = excluded.ts, digest = excluded.digest
""")


class SqlAlerts:
    """Alerts in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, fresh: Sequence[Alert]) -> list[Alert]:
        """Inserts them with their exceptions; returns them with numbers, in the same order."""
        if not fresh:
            return []
        numbers = await draw_numbers(self._connection, alerts, len(fresh))
        opened = [
            replace(
                alert, id=number, exception_ids=tuple(sorted(set(alert.exception_ids))), parts=()
            )
            for alert, number in zip(fresh, numbers, strict=True)
        ]
        links = [
            (alert.tenant_id, alert.id, exception_id)
            for alert in opened
            for exception_id in alert.exception_ids
        ]
        await _OPEN.run(self._connection, [_row(alert) for alert in opened])
        await _LINK.run(self._connection, links)
        return opened

    async def get(self, alert_id: int) -> Alert | None:
        """The alert of that number."""
        found = await self._all(select(alerts).where(alerts.c.id == alert_id))
        return found[0] if found else None

    async def after(self, alert_id: int, limit: int) -> list[Alert]:
        """The next alerts by number, of all tenants: pages for an export."""
        following = select(alerts).where(alerts.c.id > alert_id)
        return await self._all(following.order_by(alerts.c.id).limit(limit))

    async def of_exception(self, exception_id: int) -> list[Alert]:
        """The alerts that are about that exception, oldest first."""
        about = select(alert_exceptions.c.alert_id).where(
            alert_exceptions.c.exception_id == exception_id
        )
        return await self._all(select(alerts).where(alerts.c.id.in_(about)).order_by(alerts.c.id))

    async def channels_of(self, exception_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Names and ids of the channels in which each of them has an alert."""
        found: dict[int, frozenset[str]] = {}
        linked = alert_exceptions.c
        there = select(linked.exception_id, alerts.c.channel, alerts.c.channel_id).join(
            alerts, alerts.c.id == linked.alert_id
        )
        for part in chunks(sorted(exception_ids)):
            among = there.where(linked.exception_id.in_(part))
            for number, *names in await self._connection.execute(among):
                found[number] = found.get(number, frozenset()) | frozenset(filter(None, names))
        return found

    async def drop(self, alert_id: int) -> None:
        """Forgets it with its messages."""
        for table in (alert_parts, alert_exceptions):
            await self._connection.execute(delete(table).where(table.c.alert_id == alert_id))
        await self._connection.execute(delete(alerts).where(alerts.c.id == alert_id))

    async def leave(self, tenant_id: int, channel: Collection[str]) -> None:
        """Forgets what stands of a tenant in a channel, which is known by these names."""
        names = sorted(channel)
        there = alerts.c.channel.in_(names) | alerts.c.channel_id.in_(names)
        mine = select(alerts.c.id).where(alerts.c.tenant_id == tenant_id, there)
        for table in (alert_parts, alert_exceptions):
            gone = delete(table).where(table.c.alert_id.in_(mine))
            await self._connection.execute(gone)
        await self._connection.execute(delete(alerts).where(alerts.c.tenant_id == tenant_id, there))

    async def by_message(self, channel_id: str, ts: str) -> Alert | None:
        """The alert whose card is that message."""
        carded = select(alert_parts.c.alert_id).where(
            alert_parts.c.ts == ts, alert_parts.c.part == CARD
        )
        mine = select(alerts).where(alerts.c.channel_id == channel_id, alerts.c.id.in_(carded))
        found = await self._all(mine)
        return found[0] if found else None

    async def of_message(self, channel_id: str, ts: str) -> Alert | None:
        """The alert whose card, or a part in whose thread, is that message."""
        there = select(alert_parts.c.alert_id).where(alert_parts.c.ts == ts)
        mine = select(alerts).where(alerts.c.channel_id == channel_id, alerts.c.id.in_(there))
        found = await self._all(mine)
        return found[0] if found else None

    async def sent(
        self, alert_id: int, part: str, *, channel_id: str, ts: str, digest: str
    ) -> None:
        """Notes that this part stands in Slack as `ts` with that content."""
        values = {"alert_id": alert_id, "part": part, "ts": ts, "digest": digest}
        await self._connection.execute(_SENT, values)
        await self._set(alert_id, channel_id=channel_id)

    async def forget(self, alert_id: int, part: str) -> None:
        """Takes that part for unsent; with the card go all, because they stood in its thread."""
        lost = alert_parts.c.alert_id == alert_id
        if part != CARD:
            lost &= alert_parts.c.part == part
        await self._connection.execute(delete(alert_parts).where(lost))

    async def refresh_later(self, alert_id: int, at: datetime | None) -> None:
        """Has the card drawn again at `at` (business time), or no more."""
        await self._set(alert_id, refresh_at=at)

    async def stale(self, now: datetime, limit: int) -> list[Alert]:
        """Alerts whose time to be drawn again has come, longest ago first."""
        due = select(alerts).where(alerts.c.refresh_at <= now)
        return await self._all(due.order_by(alerts.c.refresh_at, alerts.c.id).limit(limit))

    async def _set(self, alert_id: int, **changes: object) -> None:
        await self._connection.execute(
            update(alerts).where(alerts.c.id == alert_id).values(**changes)
        )

    async def _all(self, statement: Select[Any]) -> list[Alert]:
        rows = (await self._connection.execute(statement)).all()
        numbers = [row.id for row in rows]
        about, parts = await self._about(numbers), await self._parts(numbers)
        return [
            Alert(
                **row._asdict(),
                exception_ids=tuple(about.get(row.id, ())),
                parts=tuple(parts.get(row.id, ())),
            )
            for row in rows
        ]

    async def _about(self, numbers: Sequence[int]) -> dict[int, list[int]]:
        """The exceptions of each alert."""
        about: dict[int, list[int]] = {}
        linked = alert_exceptions.c
        ordered = select(linked.alert_id, linked.exception_id).order_by(linked.exception_id)
        for part in chunks(numbers):
            for row in await self._connection.execute(ordered.where(linked.alert_id.in_(part))):
                about.setdefault(row.alert_id, []).append(row.exception_id)
        return about

    async def _parts(self, numbers: Sequence[int]) -> dict[int, list[AlertPart]]:
        """What of each alert is in Slack."""
        parts: dict[int, list[AlertPart]] = {}
        ordered = select(alert_parts).order_by(alert_parts.c.part)
        for part in chunks(numbers):
            mine = ordered.where(alert_parts.c.alert_id.in_(part))
            for row in await self._connection.execute(mine):
                sent = AlertPart(part=row.part, ts=row.ts, digest=row.digest)
                parts.setdefault(row.alert_id, []).append(sent)
        return parts


def _row(alert: Alert) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        alert.id,
        alert.tenant_id,
        alert.kind,
        alert.channel,
        alert.channel_id,
        micros_or_none(alert.refresh_at),
        micros(alert.created_at),
    )
