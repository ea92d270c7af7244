"""Tenants, keys, hooks, fires and seen deliveries."""

from dataclasses import replace

import pytest

from policies.records import Tenant
from storage.errors import NameTakenError
from tests.storage.builders import MINUTE, T0
from tests.storage.conftest import World


async def test_tenants(world: World) -> None:
    """A tenant is found by number and by exact name, and learns its channel's id."""
    new = Tenant(id=0, name="Zed", channel="#zed", timezone="Europe/Berlin", synthetic=True)
    async with world.storage.write() as transaction:
        added = await transaction.tenants.add(new)
        await transaction.tenants.learn_channel_id(added.id, "C9")
        learnt = replace(added, channel_id="C9")
        assert await transaction.tenants.get(added.id) == learnt
        assert await transaction.tenants.by_name("Zed") == learnt
        assert await transaction.tenants.by_name("zed") is None
        assert await transaction.tenants.get(10**6) is None
        assert await transaction.tenants.all() == [world.tenant, learnt]


async def test_names_are_unique(world: World) -> None:
    """A second tenant of a name is refused by that name, and the work before it can go on."""
    async with world.storage.write() as transaction:
        with pytest.raises(NameTakenError):
            await transaction.tenants.add(Tenant(id=0, name="acme"))
        await transaction.tenants.add(Tenant(id=0, name="other"))
    async with world.storage.read() as transaction:
        assert len(await transaction.tenants.all()) == 2


async def test_keys(world: World) -> None:
    """A key is verified by its secret, and by nothing else, until it is revoked."""
    async with world.storage.write() as transaction:
        plain, key = await transaction.keys.create(world.tenant.id, {"ingest", "read"}, T0)
    assert plain.startswith(f"e2a_{key.prefix}_")
    wrong = f"e2a_{key.prefix}_{'x' * 32}"
    async with world.storage.write() as transaction:
        assert await transaction.keys.verify(plain) == key
        for presented in (
            wrong,
            plain[:-1],
            "",
            "e2a_",
            f"e2a_{'0' * 12}_x",
            plain + "\x00",
            "é" * 9,
        ):
            assert await transaction.keys.verify(presented) is None
        assert await transaction.keys.revoke(key.id, T0 + MINUTE)
        assert not await transaction.keys.revoke(key.id, T0 + MINUTE)
        assert await transaction.keys.verify(plain) is None
        assert await transaction.keys.all() == [replace(key, revoked_at=T0 + MINUTE)]
        assert await transaction.keys.all(world.tenant.id + 1) == []


async def test_keys_differ(world: World) -> None:
    """Every key has a prefix and at least 128 bits of its own."""
    async with world.storage.write() as transaction:
        plains = [(await transaction.keys.create(world.tenant.id, (), T0))[0] for _ in range(20)]
    assert len({plain.split("_")[1] for plain in plains}) == 20
    assert len({plain.split("_", 2)[2] for plain in plains}) == 20
    assert min(len(plain.split("_", 2)[2]) for plain in plains) >= 22


async def test_last_use_is_noted_lazily(world: World) -> None:
    """The last use is noted at most once a minute."""
    async with world.storage.write() as transaction:
        _, key = await transaction.keys.create(world.tenant.id, {"read"}, T0)
        for moment in (T0, T0 + MINUTE / 2, T0 + MINUTE):
            await transaction.keys.touch(key.id, moment)
            [noted] = await transaction.keys.all()
            assert noted.last_used_at == (T0 if moment < T0 + MINUTE else moment)


async def test_hooks(world: World) -> None:
    """A hook keeps two live secrets while rotating, the newest first."""
    async with world.storage.write() as transaction:
        hook = await transaction.hooks.add(world.tenant.id, "shopify", "one", T0)
        assert await transaction.hooks.get(hook.id) == hook
        assert await transaction.hooks.all() == [hook]
        rotated = await transaction.hooks.rotate(hook.id, "two")
        assert rotated is not None
        assert rotated.secrets == ("two", "one")
        await transaction.hooks.rotate(hook.id, "three")
        latest = await transaction.hooks.get(hook.id)
        assert latest is not None
        assert latest.secrets == ("three", "two")
        assert await transaction.hooks.remove(hook.id)
        assert not await transaction.hooks.remove(hook.id)
        assert await transaction.hooks.get(hook.id) is None
        assert await transaction.hooks.rotate(hook.id, "x") is None
        assert await transaction.hooks.all(world.tenant.id) == []


async def test_fires_are_unique(world: World) -> None:
    """A slot of a job is begun once, and the latest fire tells how it ended."""
    async with world.storage.write() as transaction:
        store = transaction.fires
        assert await store.last("digest") is None
        assert await store.begin("digest", "2026-01-05", T0)
        assert not await store.begin("digest", "2026-01-05", T0 + MINUTE)
        assert await store.begin("sweep", "2026-01-05", T0)
        assert await store.last("digest") == ("2026-01-05", T0, None)
        await store.end("digest", "2026-01-05", T0 + MINUTE, "done")
        assert await store.last("digest") == ("2026-01-05", T0, "done")
        assert await store.begin("digest", "2026-01-06", T0 + 2 * MINUTE)
        assert await store.last("digest") == ("2026-01-06", T0 + 2 * MINUTE, None)


async def test_seen_once(world: World) -> None:
    """A delivery is new once, and again after it was forgotten."""
    async with world.storage.write() as transaction:
        store = transaction.seen
        assert await store.first_time("sig-1", T0)
        assert not await store.first_time("sig-1", T0 + MINUTE)
        assert await store.first_time("sig-2", T0 + MINUTE)
        await store.forget(T0 + MINUTE)
        assert not await store.first_time("sig-2", T0 + MINUTE)
        assert await store.first_time("sig-1", T0 + MINUTE)


async def test_subscriptions(world: World) -> None:
    """A channel subscribes once for each of its tenants, and to nothing after it ended that."""
    tenant_id = world.tenant.id
    async with world.storage.write() as transaction:
        store = transaction.subscriptions
        assert await store.add("digest", "C1", [tenant_id], "slack:U1", T0)
        assert not await store.add("digest", "C1", [tenant_id], "slack:U2", T0)
        assert await store.channels("digest") == {"C1": [tenant_id]}
        assert await store.channels("storms") == {}
        assert await store.remove("digest", "C1")
        assert not await store.remove("digest", "C1")
        assert await store.channels("digest") == {}
