"""The clock of the machine is set, and daylight saving begins and ends: nothing late is missed."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from bot.clock import AgreedClock
from bot.scheduler import Scheduler
from bot.sender import Sender
from bot.telemetry import Metrics
from bot.timekeeper import Timekeeper
from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.clock import WallClock
from jobs.schedule import ScheduledJob
from policies.records import OutboxMessage, Tenant
from storage.memory import MemoryStorage, MemoryTransaction
from tests.faults.house import House, a_house
from tests.storage.builders import LEASE, a_message, an_item
from tests.stories.harness import SECRET, TOKEN, ago, an_event, eventually, wall

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
POST = "chat.postMessage"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class SlacksClock(WallClock):
    """Nobody sets the clock of Slack."""

    def __init__(self) -> None:
        self._ahead = super().now() - time.monotonic()

    def now(self) -> float:
        """Seconds since 1970."""
        return time.monotonic() + self._ahead


async def _breach(house: House, order_id: str, minutes: int = 125) -> None:
    """An order that was paid so many minutes ago by the clock as it is now."""
    event = an_event(order_id, "order_paid", ago(minutes=minutes))
    assert (await house.ask("POST", "/events", json=event)).status == 202


async def _cards(workspace: WorkspaceClient) -> Counter[str]:
    """How often each order's card stands in the channel."""
    names = (message["text"] for message in await workspace.messages("acme-ops"))
    return Counter(word for text in names for word in text.split() if word.startswith("SO-"))


async def _opened(house: House) -> Counter[str]:
    """How many exceptions each order has."""
    listed = await house.ask("GET", "/api/exceptions", params={"limit": "100"})
    return Counter(record["order_id"] for record in listed.body["items"])


async def _put_off(house: House, workspace: WorkspaceClient, order_id: str) -> None:
    """A card that Slack did not take yet, so that it waits for its next try."""
    failed = (await workspace.totals())["errors"].get("server_error", 0)
    await workspace.set_fault("server_error", POST)
    await _breach(house, order_id)

    async def refused() -> bool:
        return bool((await workspace.totals())["errors"].get("server_error", 0) > failed)

    await eventually(refused)


@pytest.mark.parametrize("jumps", [(HOUR, -HOUR, -DAY, DAY) if SOAK else (HOUR, -DAY)])
async def test_the_clock_is_set(tmp_path: Path, jumps: tuple[timedelta, ...]) -> None:
    """After a jump either way what waited and what is new is told within 30 s, each once."""
    config = WorkspaceConfig(
        bot_token=TOKEN, signing_secret=SECRET, rate_limits=False, clock=SlacksClock()
    )
    told = Counter({"SO-due-soon": 1})
    with time_machine.travel(wall(), tick=True) as clock:
        async with (
            running_workspace(config) as workspace,
            a_house(
                tmp_path, slack_api_url=workspace.api_url, slack_notifications_enabled=True
            ) as house,
        ):
            await _breach(house, "SO-due-soon", minutes=100)
            for number, jump in enumerate(jumps):
                await _put_off(house, workspace, f"SO-before-{number}")
                clock.shift(jump)
                await _breach(house, f"SO-after-{number}")
                told.update([f"SO-before-{number}", f"SO-after-{number}"])

                async def all_told() -> bool:
                    return await _cards(workspace) == told

                await eventually(all_told, 30)
            assert await _opened(house) == told
            await eventually(house.quiet, 30)


ZONES = {
    "new-york-spring": ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    "new-york-autumn": ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    "berlin-spring": ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    "berlin-autumn": ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
}
POLICY = """
version: "1"
timezone: {zone}
calendars:
  night: {{tz: {zone}, shifts: {{mon-sun: ["00:00-05:00"]}}}}
slas:
  - id: pick
    start: [order_paid]
    stop: [pick_completed]
    deadline: {{within: 90m, calendar: night}}
    on_breach: {{exception: PICK_DELAY, severity: MEDIUM}}
"""


@pytest.mark.parametrize(("zone", "change"), list(ZONES.values()), ids=list(ZONES))
async def test_daylight_saving(tmp_path: Path, zone: str, change: datetime) -> None:
    """Around the change each order is an exception once, when its 90 counted minutes are over."""
    due = {f"SO-{minutes}": change + timedelta(minutes=minutes) for minutes in (-10, 5, 30, 50)}
    (tmp_path / "tenants" / "acme").mkdir(parents=True)
    text = POLICY.format(zone=zone)
    (tmp_path / "tenants" / "acme" / "sla.yaml").write_text(text, encoding="utf-8")
    with time_machine.travel(change - timedelta(minutes=20), tick=True) as clock:
        async with a_house(tmp_path, policies_dir=tmp_path, sweep_interval_seconds=0.1) as house:
            for order_id, at in due.items():
                event = an_event(order_id, "order_paid", at - timedelta(minutes=90))
                assert (await house.ask("POST", "/events", json=event)).status == 202
            for _ in range(5):
                await eventually(house.judged)
                clock.shift(timedelta(minutes=15))
                late = Counter(name for name, at in due.items() if at < wall())

                async def as_expected(expected: Counter[str] = late) -> bool:
                    return await _opened(house) == expected

                await eventually(as_expected, 15)
            assert await _opened(house) == Counter(dict.fromkeys(due, 1))


class Server(MemoryStorage):
    """Stores that replicas share, on a server with a clock of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta(0)

    async def server_time(self) -> datetime | None:
        """The server's time."""
        return wall() + self.ahead


def _keeper(storage: Server, ticks: Callable[[], float]) -> tuple[AgreedClock, Timekeeper]:
    clock = AgreedClock(ticks)
    return clock, Timekeeper(storage, clock, lambda: None, ticks)


async def test_replicas_live_by_the_databases_clock() -> None:
    """A replica whose own clock is an hour wrong takes no lease of another that is alive."""
    storage, start = Server(), wall()
    async with storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
        await tx.work.put([an_item(1)], start)
    with time_machine.travel(start, tick=False) as own:
        right, keeper = _keeper(storage, lambda: 0.0)
        await keeper.step()
        async with storage.write() as tx:
            assert await tx.work.claim("evaluate", right.now(), LEASE, 9)
        for hours in (1, -1):
            own.move_to(start + hours * HOUR)
            storage.ahead = -hours * HOUR
            wrong, keeper = _keeper(storage, lambda: 0.0)
            await keeper.step()
            assert wrong.now() == right.now()
            async with storage.write() as tx:
                assert await tx.work.claim("evaluate", wrong.now(), LEASE, 9) == []


async def _waiting(tx: MemoryTransaction, now: datetime) -> tuple[int, int]:
    """How much work and how many messages may be taken."""
    work = await tx.work.claim("evaluate", now, LEASE, 9)
    return len(work), len(await tx.outbox.claim("slack", now, LEASE, 9))


async def test_the_databases_clock_is_set_back() -> None:
    """What waited may be taken at once, what is in flight after one lease."""
    storage, seconds = Server(), [0.0]
    clock, keeper = _keeper(storage, lambda: seconds[0])
    start = wall()
    with time_machine.travel(start, tick=False):
        await keeper.step()
        async with storage.write() as tx:
            await tx.tenants.add(Tenant(id=0, name="acme"))
            await tx.work.put([an_item(1, "held")], clock.now())
            await tx.outbox.put([a_message(1, "held", lane="held")], clock.now())
            assert await _waiting(tx, clock.now()) == (1, 1)
            await tx.work.put([an_item(1, "waits")], clock.now())
            await tx.outbox.put([a_message(1, "waits", lane="waits")], clock.now())
        storage.ahead = -DAY
        seconds[0] = 1.0
        await keeper.step()
        async with storage.write() as tx:
            assert await _waiting(tx, clock.now()) == (1, 1)
            assert await _waiting(tx, clock.now() + LEASE / 2) == (0, 0)
            assert await _waiting(tx, clock.now() + LEASE) == (2, 2)


async def test_the_clock_is_set_forward_in_mid_send() -> None:
    """A lease that ends too soon starts no second send beside the first; it follows, in doubt."""
    storage, start, ahead = MemoryStorage(), wall(), [timedelta(0)]
    began, may_end = list[bool](), asyncio.Event()

    async def deliver(message: OutboxMessage) -> str:
        began.append(message.uncertain)
        await may_end.wait()
        return "posted"

    sender = Sender(storage, deliver, lambda: start + ahead[0], lambda: None)
    async with storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
        await tx.outbox.put([a_message(1, "card")], start)
    assert await sender.step() == 1
    await asyncio.sleep(0.01)
    ahead[0] = HOUR
    assert await sender.step() == 1
    await asyncio.sleep(0.01)
    assert began == [False]
    may_end.set()
    assert await sender.drain(5) == 0
    assert began == [False, True]
    async with storage.write() as tx:
        assert await tx.outbox.claim("slack", start + DAY, LEASE, 9) == []


async def test_scheduled_jobs_go_on() -> None:
    """A job that runs every second goes on when the clock is set back a day."""
    job = ScheduledJob(name="retry_dead_letters", seconds=1, words="tries again")
    storage, runs = Server(), Counter[str]()

    async def run() -> None:
        runs["all"] += 1

    with time_machine.travel(wall(), tick=True) as own:
        clock = AgreedClock()
        scheduler = Scheduler([job], {job.name: run}, storage, clock.now, Metrics())
        keeper = Timekeeper(storage, clock, scheduler.realign)
        scheduler.start()

        async def ran() -> bool:
            return runs["all"] > 0

        await eventually(ran, 5)
        own.shift(-DAY)
        await keeper.step()
        runs.clear()
        await eventually(ran, 5)
        scheduler.stop()
