"""Installations: one row a workspace, tokens forgotten when it goes, one refresh at a time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from policies.installations import Installation, Pair
from policies.records import Tenant
from tests.storage.builders import MINUTE, T0
from tests.storage.conftest import SqlWorld, World

_LEASE = timedelta(seconds=30)
ONE = Installation(
    workspace_id="T0ONE",
    name="One",
    bot_token="xoxe.xoxb-1",
    bot_user_id="U0BOT",
    bot_id="B0BOT",
    scopes=frozenset({"chat:write", "commands"}),
    installed_by="U0MARIA",
    installed_at=T0,
    refresh_token="xoxe-1",
    expires_at=T0 + timedelta(hours=12),
)
TWO = replace(ONE, workspace_id="T0TWO", name="Two", bot_token="xoxb-2", refresh_token=None)
PAIR = Pair(bot_token="xoxe.xoxb-9", refresh_token="xoxe-9", expires_at=T0 + timedelta(hours=20))


async def test_what_is_saved_comes_back(world: World) -> None:
    """Every field of an installation, and nothing of one that nobody made."""
    async with world.storage.write() as tx:
        await tx.installations.save(ONE)
    async with world.storage.read() as tx:
        assert await tx.installations.get("T0ONE") == ONE
        assert await tx.installations.get("T0TWO") is None


async def test_the_first_one_stays_the_first(world: World) -> None:
    """Neither a removal nor a later installation of the same workspace changes who was first."""
    async with world.storage.write() as tx:
        await tx.installations.save(ONE)
        await tx.installations.save(replace(TWO, installed_at=T0 + MINUTE))
        assert await tx.installations.remove("T0ONE", "app_uninstalled", T0 + 2 * MINUTE)
        await tx.installations.save(replace(ONE, installed_at=T0 + 3 * MINUTE, bot_token="new"))
        known = await tx.installations.all()
    assert [one.workspace_id for one in known] == ["T0ONE", "T0TWO"]
    assert (known[0].live, known[0].bot_token) == (True, "new")


async def test_a_removed_one_has_no_token(world: World) -> None:
    """Its tokens are gone, the others' are not, and how it was told is kept."""
    async with world.storage.write() as tx:
        await tx.installations.save(ONE)
        await tx.installations.save(TWO)
        assert await tx.installations.remove("T0ONE", "app_uninstalled", T0 + MINUTE)
        assert not await tx.installations.remove("T0ONE", "tokens_revoked", T0 + MINUTE)
        assert not await tx.installations.remove("T0NONE", "app_uninstalled", T0)
    async with world.storage.read() as tx:
        gone, kept = await tx.installations.all()
    assert (gone.live, gone.bot_token, gone.refresh_token) == (False, "", None)
    assert (gone.removal, gone.removed_at) == ("app_uninstalled", T0 + MINUTE)
    assert kept == TWO


async def test_an_old_removal_does_not_undo_a_new_installation(world: World) -> None:
    """Slack tells late: what was taken out before it was installed again stays."""
    async with world.storage.write() as tx:
        await tx.installations.save(replace(ONE, installed_at=T0 + MINUTE))
        assert not await tx.installations.remove("T0ONE", "app_uninstalled", T0)
        assert await tx.installations.get("T0ONE") == replace(ONE, installed_at=T0 + MINUTE)


async def test_one_refresh_at_a_time(world: World) -> None:
    """Who claims it may; others when the lease is over; a spent token is asked no more."""
    async with world.storage.write() as tx:
        await tx.installations.save(ONE)
        assert await tx.installations.claim_refresh("T0ONE", "xoxe-1", T0, _LEASE)
        assert not await tx.installations.claim_refresh("T0ONE", "xoxe-1", T0, _LEASE)
        assert await tx.installations.claim_refresh("T0ONE", "xoxe-1", T0 + _LEASE, _LEASE)
        assert await tx.installations.refreshed("T0ONE", "xoxe-1", PAIR)
        assert not await tx.installations.refreshed("T0ONE", "xoxe-1", PAIR)
        assert not await tx.installations.claim_refresh("T0ONE", "xoxe-1", T0 + MINUTE, _LEASE)
        assert await tx.installations.claim_refresh("T0ONE", "xoxe-9", T0, _LEASE)
        known = await tx.installations.get("T0ONE")
    assert known is not None
    assert (known.bot_token, known.expires_at) == (PAIR.bot_token, PAIR.expires_at)


async def test_replicas_do_not_refresh_twice(sql: SqlWorld) -> None:
    """Of ten that try at once one may."""
    async with sql.storage.write() as tx:
        await tx.installations.save(ONE)

    async def claim() -> bool:
        async with sql.storage.write() as tx:
            return await tx.installations.claim_refresh("T0ONE", "xoxe-1", T0, _LEASE)

    assert sum(await asyncio.gather(*(claim() for _ in range(10)))) == 1


async def test_a_tenant_knows_its_workspace(world: World) -> None:
    """Given when it is added, or moved there later."""
    async with world.storage.write() as tx:
        added = await tx.tenants.add(Tenant(id=0, name="globex", workspace_id="T0TWO"))
        await tx.tenants.move(world.tenant.id, "T0ONE")
        known = {tenant.name: tenant.workspace_id for tenant in await tx.tenants.all()}
    assert added.workspace_id == "T0TWO"
    assert known == {"acme": "T0ONE", "globex": "T0TWO"}


def test_no_token_is_printed() -> None:
    """Neither an installation nor a pair shows a token."""
    assert "xox" not in f"{ONE!r} {PAIR!r}"


def test_when_a_token_is_due() -> None:
    """Two hours before its end; never where tokens do not rotate, nor after a removal."""
    assert not ONE.due(T0 + timedelta(hours=9))
    assert ONE.due(T0 + timedelta(hours=10))
    assert ONE.over(T0 + timedelta(hours=12))
    assert not TWO.due(T0 + timedelta(hours=10))
    assert not replace(ONE, removed_at=T0).due(T0 + timedelta(hours=10))
