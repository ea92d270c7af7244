"""What each worker and scheduled job runs, with its dependencies plugged in.

Must not hold rules or loops: jobs have the ones, workers.py the others.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.clock import Now, wall_now
from bot.occasions import occasional
from bot.scheduler import Job
from bot.telemetry import Metrics
from jobs.apply_retention import Retaining, apply_retention
from jobs.assess_risk import assess_risk
from jobs.deliver_alert import Delivery, deliver_alert
from jobs.deliver_broadcast import deliver_broadcast
from jobs.deliver_notice import deliver_notice
from jobs.deliver_storm import deliver_storm
from jobs.digest import post_due_digests
from jobs.escalate import Escalating, escalate_due
from jobs.evaluate_orders import evaluate_orders
from jobs.find_patterns import forget_patterns
from jobs.keep_time import (
    close_resolved,
    forget_causes,
    forget_deliveries,
    forget_homes,
    refresh_cards,
    refresh_storms,
    refresh_warnings,
    sweep_deadlines,
    wake_snoozed,
)
from jobs.ports import Storage
from jobs.ports.slack import Directory, Messenger
from jobs.put_on_record import Recorded, Telling
from jobs.remind_claims import remind_of_claims
from jobs.retry_dead_letters import retry_due
from jobs.watch_sources import watch_sources
from jobs.watch_targets import compliance, watch_targets
from jobs.watching import Watching
from policies.promises import Promises
from policies.records import ExceptionRecord, OutboxMessage, WorkItem
from policies.retention import FOR_EVER, Keeping

_SWEEP_LIMIT = 5000
_REST = 2.0
"""Rest for each second of work, while events come in: a third of the loop is the worker's."""
_LONGEST_REST = 2.0
"""A step that stood before a locked database did no work all the while."""

MessengerOf = Callable[[int], Awaitable[Messenger]]
"""Who speaks for a tenant, by its number."""

log = structlog.get_logger(__name__)


def deliverer(
    delivery: Delivery, business_now: Now, messenger_of: MessengerOf | None = None
) -> Callable[[OutboxMessage], Awaitable[str]]:
    """Sends one outbox message to Slack, in its tenant's workspace where there are several."""

    async def deliver(message: OutboxMessage) -> str:
        sends = {
            "notice": deliver_notice,
            "broadcast": deliver_broadcast,
            "storm_id": deliver_storm,
        }
        send = next((sends[key] for key in sends if key in message.payload), deliver_alert)
        if messenger_of is None:
            return await send(message, delivery=delivery, now=business_now())
        messenger = await messenger_of(message.tenant_id)
        there = replace(delivery, messenger=messenger)
        return await send(message, delivery=there, now=business_now())

    return deliver


def evaluation(
    storage: Storage,
    promises: Promises,
    telling: Telling,
    metrics: Metrics,
    names: Mapping[int, str],
    business_now: Now,
    wall_now: Now = wall_now,
    keeping: Keeping = FOR_EVER,
) -> Callable[[Sequence[WorkItem]], Awaitable[None]]:
    """Judges a batch of orders and counts what came of it."""

    async def evaluate(items: Sequence[WorkItem]) -> None:
        with metrics.evaluation_seconds.time():
            done = await evaluate_orders(
                items,
                storage=storage,
                promises=promises,
                telling=telling,
                now=business_now(),
                wall_now=wall_now(),
                keeping=keeping,
            )
        _count(done, len(items), metrics, names)

    return evaluate


def _count(done: Recorded, orders: int, metrics: Metrics, names: Mapping[int, str]) -> None:
    for record in done.opened:
        labels = (record.reason_code.value, record.severity.value, _name(record, names))
        metrics.breaches.labels(*labels).inc()
    if done.opened or done.settled:
        log.info(
            "evaluated",
            orders=orders,
            opened=[record.id for record in done.opened],
            settled=[record.id for record in done.settled],
        )


def _name(record: ExceptionRecord, names: Mapping[int, str]) -> str:
    return names.get(record.tenant_id, str(record.tenant_id))


def giving_way(
    step: Callable[[], Awaitable[int]], written: Callable[[], int]
) -> Callable[[], Awaitable[int]]:
    """Lets a worker rest after a step during which events came in: acknowledging comes first.

    Args:
        step: the worker's step.
        written: a number that grows while events are taken in.
    """

    async def gently() -> int:
        began, before = time.perf_counter(), written()
        done = await step()
        if done and written() != before:
            await asyncio.sleep(min(_LONGEST_REST, _REST * (time.perf_counter() - began)))
        return done

    return gently


def sweeper(
    storage: Storage,
    seconds: float,
    metrics: Metrics,
    business_now: Now,
    wall_now: Now = wall_now,
    escalating: Escalating | None = None,
) -> Callable[[], Awaitable[int]]:
    """Looks for what time has brought about, a few thousand orders a tick."""
    last = time.monotonic()

    async def sweep() -> int:
        nonlocal last
        now, wall = business_now(), wall_now()
        metrics.sweep_lag.set(max(0.0, time.monotonic() - last - seconds))
        last = time.monotonic()
        await sweep_deadlines(storage=storage, now=now, wall_now=wall, limit=_SWEEP_LIMIT)
        await wake_snoozed(storage=storage, now=now, wall_now=wall)
        await refresh_cards(storage=storage, now=now, wall_now=wall)
        await refresh_storms(storage=storage, wall_now=wall)
        await refresh_warnings(storage=storage, now=now, wall_now=wall)
        if escalating and (calls := await escalate_due(escalating, now=now, wall_now=wall)):
            log.info("called", calls=calls)
        return 0  # once a tick: the evaluator drains what was found before more is looked for

    return sweep


def scheduled(
    watching: Watching,
    business_now: Now,
    metrics: Metrics,
    names: Mapping[int, str],
    retaining: Retaining,
    wall_now: Now = wall_now,
    directory: Directory | None = None,
) -> dict[str, Job]:
    """How each job of jobs/schedule.py is run.

    Args:
        watching: where, for which promises, whom to tell, and since when we listen.
        business_now: by which promises are judged.
        metrics: where what is watched is shown.
        names: tenant names by id.
        retaining: who holds what is kept, and for how long.
        wall_now: by which leases and retries live.
        directory: who is in the user group of a shift.
    """
    storage = watching.storage

    async def close() -> None:
        await close_resolved(storage=storage, now=business_now(), wall_now=wall_now())

    async def retry() -> None:
        await retry_due(storage=storage, now=wall_now())

    async def forget() -> None:
        seen, fires = (retaining.keeping.since(kind, wall_now()) for kind in ("seen", "fires"))
        await forget_deliveries(storage=storage, before=seen, fires_before=fires)
        await forget_causes(storage=storage, now=business_now())
        await forget_homes(storage=storage, wall_now=wall_now())
        channel = watching.telling.default_channel
        await forget_patterns(storage=storage, default_channel=channel, now=business_now())

    async def digests() -> None:
        await post_due_digests(
            storage=storage,
            now=business_now(),
            wall_now=wall_now(),
            default_channel=watching.telling.default_channel,
        )

    async def remind() -> None:
        await remind_of_claims(storage=storage, now=business_now(), wall_now=wall_now())

    async def retain() -> str:
        return await _retain(retaining, business_now(), wall_now())

    return {
        "apply_retention": retain,
        "remind_claims": remind,
        "close_resolved": close,
        "daily_digest": digests,
        "forget_deliveries": forget,
        "retry_dead_letters": retry,
        **occasional(watching, directory, business_now, wall_now),
        **_watching(watching, business_now, metrics, names, wall_now),
    }


async def _retain(retaining: Retaining, now: datetime, wall_now: datetime) -> str:
    """Rests twice as long as each portion took, so that events that come in go first."""
    last = time.perf_counter()

    async def rest() -> None:
        nonlocal last
        await asyncio.sleep(_REST * (time.perf_counter() - last))
        last = time.perf_counter()

    went = await apply_retention(retaining, now=now, wall_now=wall_now, rest=rest)
    for past in went:
        log.info("retained", tenant=past.tenant, what=past.due.shelf, rows=past.rows)
    told = (f"{past.rows:,} {past.due.shelf} of {past.tenant or 'nobody'}" for past in went)
    return f"Went: {', '.join(told)}." if went else "Nothing was past its days."


def _watching(
    watching: Watching,
    business_now: Now,
    metrics: Metrics,
    names: Mapping[int, str],
    wall_now: Now,
) -> dict[str, Job]:
    """Those that look at sources and targets and set the gauges of both."""

    async def sources() -> None:
        now = business_now()
        feeds = await watch_sources(watching, now=now, wall_now=wall_now())
        for feed in feeds:
            silence = feed.silence
            silent = silence is not None and silence.ended_at is None
            seconds = (now - silence.since).total_seconds() if silence and silent else 0.0
            tenant = names.get(feed.tenant_id, str(feed.tenant_id))
            metrics.source_silence.labels(feed.source, tenant).set(seconds)

    async def targets() -> None:
        now = business_now()
        await watch_targets(watching, now=now, wall_now=wall_now())
        shares = await compliance(watching, now)
        for tenant, share in shares.items():
            metrics.compliance.labels(tenant).set(share)

    async def risks() -> None:
        await assess_risk(watching, now=business_now(), wall_now=wall_now())

    return {"assess_risk": risks, "watch_sources": sources, "watch_targets": targets}
