"""What a model used and answered: limits hold whoever asks at once, answers are a tenant's own."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from jobs.ask_model import NotTold, Told, ask_model
from jobs.erase_person import Request, erase_person
from policies.asking import KeptAnswer, TokenCount
from policies.model_budget import DailyLimits, Spent, estimate
from policies.personal import person_by
from policies.records import Tenant
from storage.engine import open_engines
from storage.erasure import SqlPeople
from storage.transaction import SqlStorage
from tests.jobs.asking import NOW, ScriptedModel, an_asking, good, inquiry, prompt_of
from tests.postgres import Database
from tests.storage.builders import T0
from tests.storage.conftest import SqlWorld, World
from tests.storage.retention_world import KEEPING, ago, run

DAY = date(2026, 3, 2)
LIMITS = DailyLimits(tokens=1000, cents=2)
CALL = Spent(tokens=300, microcents=100_000)


async def test_what_fits_is_taken_and_the_rest_is_not(world: World) -> None:
    """Three calls fit, the fourth does not and takes nothing; the next day is a new one."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        uses = tx.model_usage
        taken = [await uses.reserve(tenant_id, DAY, CALL, LIMITS, T0) for _ in range(4)]
        assert taken == [True, True, True, False]
        [used] = await uses.of([tenant_id], [DAY])
        assert (used.spent.tokens, used.spent.microcents, used.calls) == (900, 300_000, 3)
        tomorrow = DAY + timedelta(days=1)
        assert await uses.reserve(tenant_id, tomorrow, CALL, LIMITS, T0)
        assert len(await uses.of([tenant_id], [DAY, tomorrow])) == 2
        assert await uses.of([tenant_id + 1], [DAY]) == []


async def test_either_limit_holds(world: World) -> None:
    """Tokens may be left while the money is not; without limits everything fits."""
    dear = Spent(tokens=1, microcents=1_500_000)
    async with world.storage.write() as tx:
        reserve = tx.model_usage.reserve
        assert await reserve(world.tenant.id, DAY, dear, LIMITS, T0)
        assert not await reserve(world.tenant.id, DAY, dear, LIMITS, T0)
        assert not await reserve(world.tenant.id, DAY, Spent(tokens=1001), LIMITS, T0)
        assert await reserve(world.tenant.id, DAY, Spent(tokens=10**12), DailyLimits(), T0)


async def test_a_first_call_that_is_too_large(world: World) -> None:
    """What alone is more than the day's limit is refused on an empty day, too."""
    async with world.storage.write() as tx:
        huge = Spent(tokens=1001)
        assert not await tx.model_usage.reserve(world.tenant.id, DAY, huge, LIMITS, T0)
        assert await tx.model_usage.of([world.tenant.id], [DAY]) == []


async def test_settling_corrects_the_reservation(world: World) -> None:
    """Less than reserved gives room back, more is owed; failed calls are counted."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        await tx.model_usage.reserve(tenant_id, DAY, CALL, LIMITS, T0)
        await tx.model_usage.settle(tenant_id, DAY, Spent(tokens=-200), failed=False)
        await tx.model_usage.reserve(tenant_id, DAY, CALL, LIMITS, T0)
        more = Spent(tokens=900, microcents=5)
        await tx.model_usage.settle(tenant_id, DAY, more, failed=True)
        [used] = await tx.model_usage.of([tenant_id], [DAY])
        assert used.spent == Spent(tokens=1300, microcents=200_005)
        assert (used.calls, used.failures) == (2, 1)
        assert not await tx.model_usage.reserve(tenant_id, DAY, Spent(tokens=1), LIMITS, T0)


async def test_an_alarm_is_noted_once_a_day(world: World) -> None:
    """Only the first to note it hears so; without any use there is nothing to tell."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        assert not await tx.model_usage.alarm(tenant_id, DAY, T0)
        await tx.model_usage.reserve(tenant_id, DAY, CALL, LIMITS, T0)
        assert [await tx.model_usage.alarm(tenant_id, DAY, T0) for _ in range(2)] == [True, False]


async def test_replicas_together_stay_within_the_limit(database: Database) -> None:
    """Two replicas that ask at once take what fits and no more, on either database."""
    url = database.serving
    replicas = [SqlStorage(open_engines(url, busy_timeout_seconds=20)) for _ in range(2)]
    async with replicas[0].write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
    limits = DailyLimits(tokens=5_000)

    async def reserve(storage: SqlStorage) -> bool:
        async with storage.of([tenant.id]).write() as tx:
            return await tx.model_usage.reserve(tenant.id, DAY, CALL, limits, T0)

    taken = await asyncio.gather(*(reserve(replicas[n % 2]) for n in range(40)))
    assert taken.count(True) == 16
    async with replicas[1].read() as tx:
        [used] = await tx.model_usage.of([tenant.id], [DAY])
    assert (used.spent.tokens, used.calls) == (4_800, 16)
    for storage in replicas:
        await storage.close()


def kept(tenant_id: int, text: str = "{}", key: str = "k") -> KeptAnswer:
    """An answer about SO-1."""
    return KeptAnswer(
        tenant_id=tenant_id, key=key, operation="explain", model="m", text=text, order_id="SO-1"
    )


async def test_answers_are_kept_by_what_was_asked(world: World) -> None:
    """The latest answer to the same; another tenant has none; clearing forgets a tenant's own."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        answers = tx.model_answers
        await answers.put(kept(world.tenant.id, '{"a": 1}'), T0)
        await answers.put(kept(world.tenant.id, '{"a": 2}'), T0 + timedelta(minutes=1))
        await answers.put(kept(other.id, '{"a": 3}', "x"), T0)
        assert await answers.get(world.tenant.id, "k") == '{"a": 2}'
        assert await answers.get(other.id, "k") is None
        await answers.put(kept(world.tenant.id, "", "emptied"), T0)
        assert await answers.get(world.tenant.id, "emptied") is None
        assert await answers.clear(world.tenant.id) == 2
        assert await answers.get(world.tenant.id, "k") is None
        assert await answers.get(other.id, "x") == '{"a": 3}'


async def test_usage_and_answers_go_after_their_days(sql: SqlWorld) -> None:
    """Each ages by the wall clock from its own moment; another tenant's days are its own."""
    tenant_id = sql.tenant.id
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        rows = ((tenant_id, 41, "old"), (tenant_id, 39, "new"), (other.id, 41, "o"))
        for mine, days, key in rows:
            await tx.model_answers.put(kept(mine, key=key), ago(days))
            day = ago(days).date()
            await tx.model_usage.reserve(mine, day, CALL, LIMITS, ago(days))
    forty = {"model_usage": 40, "model_answers": 40}
    keeping = replace(KEEPING, everyone=forty, own={"other": {"model_answers": None}})
    assert (await run(sql, keeping)).keys() == {"model_usage", "model_answers"}
    async with sql.storage.read() as tx:
        left = await tx.model_usage.of([tenant_id, other.id], [ago(41).date(), ago(39).date()])
        assert [(one.tenant_id, one.day) for one in left] == [(tenant_id, ago(39).date())]
        assert await tx.model_answers.get(tenant_id, "old") is None
        assert await tx.model_answers.get(tenant_id, "new") == "{}"
        assert await tx.model_answers.get(other.id, "o") == "{}"


async def test_answers_about_a_persons_orders_are_emptied(sql: SqlWorld) -> None:
    """Whatever the model wrote: of these orders nothing is left, and it is asked anew."""
    tenant_id = sql.tenant.id
    async with sql.storage.write() as tx:
        await tx.model_answers.put(kept(tenant_id, '{"ops_note": "Jane waits"}'), T0)
        theirs = replace(kept(tenant_id, key="other"), order_id="SO-2")
        await tx.model_answers.put(theirs, T0)
    wanted = Request(
        tenant=sql.tenant,
        kind="order",
        person=person_by("order", "SO-1"),
        reason="request 7",
        actor="cli",
    )
    people = SqlPeople(sql.storage)
    done = await erase_person(wanted, people=people, storage=sql.storage, now=T0, wall_now=T0)
    assert done.rows["model_answers"] == 1
    async with sql.storage.read() as tx:
        assert await tx.model_answers.get(tenant_id, "k") is None
        assert await tx.model_answers.get(tenant_id, "other") == "{}"


async def test_asking_at_once_from_two_replicas(database: Database) -> None:
    """Thirty questions at once: the day's tokens hold, one notice is told, the rest go by rules."""
    url = database.serving
    replicas = [SqlStorage(open_engines(url, busy_timeout_seconds=20)) for _ in range(2)]
    async with replicas[0].write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme", channel="#acme"))
    model = ScriptedModel([good()], TokenCount(input=150, output=50))
    limits = DailyLimits(tokens=5 * estimate(prompt_of({"order_id": "SO-10"})).total)
    asking = [an_asking(storage, model, limits=limits) for storage in replicas]
    told = await asyncio.gather(
        *(
            ask_model(inquiry(tenant, facts={"order_id": f"SO-{n}"}), asking[n % 2], wall_now=NOW)
            for n in range(10, 40)
        )
    )
    async with replicas[1].write() as tx:
        [used] = await tx.model_usage.of([tenant.id], [NOW.date()])
        messages = await tx.outbox.claim("slack", NOW, timedelta(minutes=1), 10)
    assert used.spent.tokens <= limits.tokens
    answered = sum(isinstance(one, Told) for one in told)
    assert answered == len(model.prompts) == used.calls
    assert 5 <= answered < 30
    assert {one.reason for one in told if isinstance(one, NotTold)} == {"budget"}
    assert len(messages) == 1
    for storage in replicas:
        await storage.close()
