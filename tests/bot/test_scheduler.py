"""Scheduled jobs: each slot once however many replicas there are, each run on record."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.billing import billing
from bot.checking import checking_jobs, open_checking
from bot.clock import wall_now
from bot.enriching import enrichment, open_enriching
from bot.errands import scheduled
from bot.policy_files import load_resolution, load_retention
from bot.resolving import resolution
from bot.scheduler import Scheduler, tick_seconds
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.apply_retention import Retaining
from jobs.put_on_record import Telling
from jobs.schedule import SCHEDULE, ScheduledJob
from jobs.watching import Watching
from policies.promises import Promises
from storage.keeper import SqlKeeper
from storage.memory import MemoryStorage
from storage.transaction import SqlStorage
from tests.jobs.resolutions import resolving_of
from tests.storage.builders import T0

JOB = ScheduledJob(name="tidy", seconds=30, words="tidies up")


class Replicas:
    """Schedulers of several processes over one ledger."""

    def __init__(self, storage: MemoryStorage | SqlStorage) -> None:
        self.storage = storage
        self.now = T0
        self.runs = 0
        self.failure: Exception | None = None
        self.metrics = Metrics()

    def one(self) -> Scheduler:
        """Another replica's scheduler."""
        jobs = {JOB.name: self._tidy}
        return Scheduler([JOB], jobs, self.storage, lambda: self.now, self.metrics)

    async def last(self) -> tuple[str, str | None]:
        """Slot and outcome of the latest fire."""
        async with self.storage.read() as tx:
            found = await tx.fires.last(JOB.name)
        assert found is not None
        return found[0], found[2]

    def counted(self, result: str) -> float:
        """Runs of the job that ended so, by the metrics."""
        labels = {"job": JOB.name, "result": result}
        return self.metrics.registry.get_sample_value("e2a_job_runs_total", labels) or 0.0

    async def _tidy(self) -> None:
        self.runs += 1
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure


@pytest.fixture(params=["memory", "sqlite"])
def replicas(request: pytest.FixtureRequest, stored: SqlStorage) -> Replicas:
    """The ledger in memory and in a database."""
    return Replicas(MemoryStorage() if request.param == "memory" else stored)


async def test_two_schedulers_fire_a_slot_once(replicas: Replicas) -> None:
    """Whoever is first runs the job; for everybody else the slot is taken."""
    several = [replicas.one() for _ in range(5)]
    fired = await asyncio.gather(*(one.fire(JOB) for one in several))
    assert (sorted(fired), replicas.runs) == ([False] * 4 + [True], 1)
    assert (await replicas.last())[1] == "ok"
    assert replicas.counted("ok") == 1


async def test_every_slot_has_its_fire(replicas: Replicas) -> None:
    """Three replicas, five slots, five runs; within a slot time changes nothing."""
    several = [replicas.one() for _ in range(3)]
    for slot in range(5):
        replicas.now = T0 + timedelta(seconds=30 * slot)
        await asyncio.gather(*(one.fire(JOB) for one in several))
        replicas.now += timedelta(seconds=29)
        await asyncio.gather(*(one.fire(JOB) for one in several))
    assert replicas.runs == 5


async def test_a_failing_job_is_recorded_as_failed(replicas: Replicas) -> None:
    """A job that raises is on record as failed and counted, and its next slot runs again."""
    one = replicas.one()
    replicas.failure = ZeroDivisionError()
    assert await one.fire(JOB) is True
    assert (await replicas.last())[1] == "failed"
    assert replicas.counted("failed") == 1
    replicas.failure, replicas.now = None, T0 + timedelta(seconds=30)
    await one.fire(JOB)
    assert (replicas.runs, (await replicas.last())[1]) == (2, "ok")


async def test_it_can_be_started_and_stopped(replicas: Replicas) -> None:
    """Ticking begins and ends; ending what never began is harmless."""
    one = replicas.one()
    one.stop()
    one.start()
    one.stop()


async def test_every_scheduled_job_can_be_run(stored: SqlStorage) -> None:
    """Whatever is on the schedule has something to run, and it runs on an empty database."""
    telling = Telling(default_channel="#e2a-alerts")
    watching = Watching(storage=stored, promises=Promises(rules=()), telling=telling)
    retaining = Retaining(keeper=SqlKeeper(stored.engines), keeping=load_retention(None))
    resolving = resolving_of(stored, watching.promises, load_resolution(None))
    checking = open_checking(Settings(), stored, watching.promises)
    enriching = open_enriching(Settings(), stored, watching.promises, telling, Metrics())
    jobs = {
        **enrichment(enriching, Metrics(), wall_now, wall_now),
        **scheduled(watching, wall_now, Metrics(), {}, retaining),
        **resolution(resolving, wall_now, wall_now),
        **billing(Settings(), stored, Metrics(), wall_now, wall_now),
        **checking_jobs(checking, "#e2a-alerts", Metrics(), wall_now, wall_now),
    }
    assert set(jobs) == {job.name for job in SCHEDULE}
    for run in jobs.values():
        await run()


async def test_a_days_job_fires_once_a_day_whenever_it_is_looked_at(replicas: Replicas) -> None:
    """It is looked at every hour, so that a process that lives half a day runs it, and once."""
    day = replace(JOB, seconds=86_400)
    one = replicas.one()
    fired = []
    for hour in range(48):
        replicas.now = T0 + timedelta(hours=hour)
        fired += [hour] if await one.fire(day) else []
    midnight = 24 - T0.hour
    assert fired == [0, midnight, midnight + 24]
    assert (tick_seconds(day), tick_seconds(JOB)) == (3600, 30)
