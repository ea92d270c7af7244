"""Fires the scheduled jobs, each slot once however many replicas there are.

Must not hold deadlines: those are rows. APScheduler only ticks; the fire ledger decides.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.telemetry import Metrics
from jobs.ports import Storage
from jobs.schedule import ScheduledJob

log = structlog.get_logger(__name__)
Job = Callable[[], Awaitable[object]]
_LONGEST_TICK = 3600
"""A day's job is looked for every hour: a process that is started each morning runs it too."""


class Scheduler:
    """APScheduler with the fire ledger.

    Args:
        schedule: what runs when.
        jobs: how each of them is run, by name.
        storage: where the ledger is.
        wall_now: by which slots are named.
        metrics: where runs are counted.
    """

    def __init__(
        self,
        schedule: Sequence[ScheduledJob],
        jobs: Mapping[str, Job],
        storage: Storage,
        wall_now: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        self._jobs = jobs
        self._storage = storage
        self._now = wall_now
        self._metrics = metrics
        self._schedule = schedule
        self._ticker = AsyncIOScheduler(timezone="UTC")
        for job in schedule:
            self._ticker.add_job(
                self.fire,
                "interval",
                id=job.name,
                args=[job],
                seconds=tick_seconds(job),
                max_instances=1,
                coalesce=True,
                misfire_grace_time=tick_seconds(job),
            )

    def start(self) -> None:
        """Begins to tick in the running event loop."""
        self._ticker.start()

    def stop(self) -> None:
        """Ends ticking."""
        if self._ticker.running:
            self._ticker.shutdown(wait=False)

    def realign(self) -> None:
        """Begins all intervals anew: the ticker waits for times on a wall that was moved."""
        for job in self._schedule:
            self._ticker.reschedule_job(job.name, trigger="interval", seconds=tick_seconds(job))

    async def fire(self, job: ScheduledJob) -> bool:
        """Runs the job for the present slot unless somebody did; says whether it ran."""
        slot = str(int(self._now().timestamp()) // job.seconds)
        async with self._storage.write() as tx:
            if not await tx.fires.begin(job.name, slot, self._now()):
                return False
        await self.run(job.name, slot)
        return True

    async def run(self, name: str, slot: str) -> str:
        """Runs a job and puts on record how it ended: `ok` or `failed`."""
        began = time.perf_counter()
        outcome = "ok"
        try:
            await self._jobs[name]()
        except Exception:
            outcome = "failed"
            log.exception("job_failed", job=name)
        self._metrics.job_runs.labels(name, outcome).inc()
        self._metrics.job_seconds.labels(name).observe(time.perf_counter() - began)
        async with self._storage.write() as tx:
            await tx.fires.end(name, slot, self._now(), outcome)
        return outcome


def tick_seconds(job: ScheduledJob) -> int:
    """How often the job's slot is looked at; the ledger lets each slot fire once."""
    return min(job.seconds, _LONGEST_TICK)
