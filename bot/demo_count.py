"""Counts what a demo brought about, in the workspace itself where that is where it counts.

Must not change anything.
"""

from collections.abc import Iterable
from typing import Any

from bot.telemetry import ErrorCount
from bot.wiring import Bot
from demo.workspace.client import WorkspaceClient
from storage.export import export_rows
from storage.stats import TenantStats
from storage.transaction import SqlStorage

_PAGE = 500


async def count_threads(storage: SqlStorage, page: str) -> dict[str, int]:
    """Parents posted, parents with a reply, parents whose thread holds an explanation."""
    alerts = threads = explanations = 0
    async with WorkspaceClient(page) as workspace:
        for channel_id, ts in await _roots(storage):
            thread = await workspace.thread(channel_id, ts)
            alerts += bool(thread)
            threads += len(thread) > 1
            explanations += any(_part(message) == "explanation" for message in thread)
    return {"alerts": alerts, "threads": threads, "explanations": explanations}


async def _roots(storage: SqlStorage) -> list[tuple[str, str]]:
    """Channel and timestamp of every card that was posted, of exceptions and of storms."""
    roots: list[tuple[str, str]] = []
    async for alert in export_rows(storage.engines, "alerts"):
        cards = (part["ts"] for part in alert["parts"] if part["part"] == "card")
        roots += [(alert["channel_id"], ts) for ts in cards]
    async with storage.read() as tx:
        last = 0
        while page := await tx.storms.after(last, _PAGE):
            last = page[-1].id
            cards = ((storm.channel_id, storm.part("card").ts) for storm in page)
            roots += [(channel_id, ts) for channel_id, ts in cards if channel_id and ts]
    return roots


def _part(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    payload: dict[str, Any] = metadata.get("event_payload") or {}
    return payload.get("part")


async def count_errors(bot: Bot, errors: ErrorCount, figures: Iterable[TenantStats]) -> int:
    """Log lines of level ERROR, answers of 5xx, and work that was given up."""
    dead = sum(f.work_items.get("dead", 0) + f.outbox.get("dead", 0) for f in figures)
    failed = sum(
        sample.value
        for metric in bot.metrics.http_seconds.collect()
        for sample in metric.samples
        if sample.name.endswith("_count") and sample.labels["status"].startswith("5")
    )
    return errors.lines + int(failed) + dead
