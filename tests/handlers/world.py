"""The real aiohttp app over storage in memory, with keys and clocks that the test holds."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.api.routes import add_routes
from handlers.services import Services
from policies.promises import Promises
from policies.queries import LetterFilter, Receipt
from policies.reasons import Fault, ReasonCode, Severity, Stage, Status
from policies.records import (
    Alert,
    ApiKey,
    DeadLetter,
    ExceptionRecord,
    Explanation,
    Hook,
    ReceivedEvent,
    Tenant,
)
from storage.memory import MemoryEventLog, MemoryStorage

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET, NEXT_SECRET = "hook-secret-one", "hook-secret-two"
Client = TestClient[web.Request, web.Application]


@dataclass
class Keys:
    """Keys by their plain text; `NAME` is also the scope, `other-NAME` is the second tenant's."""

    keys: dict[str, ApiKey] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)

    async def authenticate(self, secret: str) -> ApiKey | None:
        """Knows revoked keys too, so that the guard has to look."""
        return self.keys.get(secret)

    async def hook(self, hook_id: str) -> Hook | None:
        """The hook of that address."""
        return self.hooks.get(hook_id)


@dataclass
class Log:
    """The event log, until a test puts a failure in its way."""

    writer: MemoryEventLog
    failure: Exception | None = None
    recorded: int = 0

    async def record(self, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        """Counts and passes on."""
        if self.failure is not None:
            raise self.failure
        self.recorded += len(events)
        return await self.writer.record(events)


@dataclass
class Watcher:
    """Remembers what it was told."""

    events: list[tuple[str, str, int, str, int]] = field(default_factory=list)
    requests: list[tuple[str, int]] = field(default_factory=list)

    def event(
        self, source: str, event_type: str, tenant_id: int, result: str, *, count: int = 1
    ) -> None:
        """Remembers it."""
        self.events.append((source, event_type, tenant_id, result, count))

    def ingest_seconds(self, source: str, seconds: float) -> None:
        """Checks that time runs forward."""
        assert source
        assert seconds >= 0

    def http(self, route: str, status: int, seconds: float) -> None:
        """Remembers it."""
        assert seconds >= 0
        self.requests.append((route, status))

    def replayed(self, result: str) -> None:
        """Ignores it."""


class NoDirectory:
    """Nobody is in Slack."""

    def serves(self, workspace_id: str | None) -> bool:
        """There is but one workspace."""
        return workspace_id is None

    async def person(self, user_id: str) -> None:
        """Unknown."""
        del user_id

    async def channel_id(self, name_or_id: str) -> str | None:
        """As given."""
        return name_or_id

    async def groups_of(self, user_id: str) -> frozenset[str]:
        """There are none."""
        del user_id
        return frozenset()

    async def members_of(self, group_id: str) -> frozenset[str]:
        """There are none."""
        del group_id
        return frozenset()

    async def shared_outside(self, channel_id: str) -> bool | None:
        """Nobody asks here."""
        raise AssertionError(channel_id)

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """None."""
        del user_id
        return frozenset()


@dataclass
class World:
    """Everything that a test can look at or change."""

    client: Client
    services: Services
    storage: MemoryStorage
    keys: Keys
    log: Log
    watcher: Watcher
    tenant: Tenant
    other: Tenant

    async def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = "ingest",
        **given: Any,  # noqa: ANN401
    ) -> tuple[int, Any]:
        """Status and JSON of one request; `key` None sends none."""
        headers = dict(given.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        async with self.client.request(method, path, headers=headers, **given) as response:
            return response.status, await response.json()

    async def send(self, event: object, path: str = "/events", **given: Any) -> tuple[int, Any]:  # noqa: ANN401
        """Posts JSON, or bytes as they are."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return await self.call("POST", path, data=BytesIO(body), **given)

    async def act(self, number: int, verb: str, body: object = None) -> tuple[int, Any]:
        """Presses a button of an exception over HTTP."""
        path = f"/api/exceptions/{number}/{verb}"
        return await self.send({} if body is None else body, path, key="admin")

    async def letters(self) -> list[DeadLetter]:
        """The first tenant's dead letters, newest first."""
        async with self.storage.read() as tx:
            wanted = LetterFilter(tenant_ids=(self.tenant.id,), states=(), limit=2000)
            return await tx.dead_letters.find(wanted)

    async def open_exception(self, tenant: Tenant | None = None, **changes: Any) -> ExceptionRecord:  # noqa: ANN401
        """Stores an exception of the first tenant."""
        tenant_id = (tenant or self.tenant).id
        async with self.storage.write() as tx:
            [record] = await tx.exceptions.open([exception(tenant_id, **changes)])
        return record

    async def alert(self, record: ExceptionRecord) -> None:
        """Posts the exception's card."""
        new = Alert(
            id=0,
            tenant_id=record.tenant_id,
            kind="exception",
            channel="#ops",
            exception_ids=(record.id,),
            created_at=NOW,
        )
        async with self.storage.write() as tx:
            [alert] = await tx.alerts.open([new])
            await tx.alerts.sent(alert.id, "card", channel_id="C1", ts="17.01", digest="d")


def event(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """A valid canonical event with some fields replaced."""
    return {
        "event_id": "evt-1",
        "source": "wms",
        "event_type": "pick_completed",
        "order_id": "SO-1001",
        "occurred_at": "2026-03-02T10:00:00Z",
        "payload": {"items": 3},
    } | changes


def exception(tenant_id: int, **changes: Any) -> ExceptionRecord:  # noqa: ANN401
    """A PICK_DELAY that is thirty minutes over."""
    started = NOW - timedelta(minutes=150)
    deadline = started + timedelta(minutes=120)
    record = ExceptionRecord(
        id=0,
        tenant_id=tenant_id,
        order_id="SO-1001",
        sla_id="pick",
        instance=1,
        reason_code=ReasonCode.PICK_DELAY,
        severity=Severity.MEDIUM,
        status=Status.OPEN,
        stage=Stage.PICK,
        fault=Fault.THREE_PL,
        opened_at=deadline,
        started_at=started,
        deadline_at=deadline,
        breached_at=deadline,
        target_minutes=120,
        delay_minutes=30.0,
        explanation=Explanation(
            label="Not picked",
            ops_note="Nothing was picked.",
            client_note="Your order is delayed.",
            next_step="Find the picker.",
            evidence=("evt-1",),
        ),
    )
    return replace(record, **changes)


@asynccontextmanager
async def open_world(**changes: Any) -> AsyncIterator[World]:  # noqa: ANN401
    """The app over empty storage; `changes` replace fields of Services."""
    storage, watcher = MemoryStorage(), Watcher()
    log = Log(MemoryEventLog(storage))
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
        other = await tx.tenants.add(Tenant(id=0, name="globex"))
    keys = _keys(tenant.id, other.id)
    services = replace(_services(storage, log, keys, watcher), **changes)
    app = web.Application()
    add_routes(app, services)
    async with TestClient(TestServer(app)) as client:
        yield World(client, services, storage, keys, log, watcher, tenant, other)


def _services(storage: MemoryStorage, log: Log, keys: Keys, watcher: Watcher) -> Services:
    return Services(
        storage=storage,
        event_log=log,
        keys=keys,
        directory=NoDirectory(),
        promises=Promises(rules=()),
        business_now=lambda: NOW,
        wall_now=lambda: NOW,
        default_channel="#e2a-alerts",
        observe=watcher,
    )


def _keys(tenant_id: int, other_id: int) -> Keys:
    keys = Keys()
    for number, scope in enumerate(("ingest", "read", "admin"), start=1):
        mine = ApiKey(
            id=number,
            tenant_id=tenant_id,
            prefix=scope,
            scopes=frozenset({scope}),
            created_at=NOW,
        )
        keys.keys[scope] = mine
        keys.keys[f"other-{scope}"] = replace(mine, id=number + 10, tenant_id=other_id)
        keys.keys[f"revoked-{scope}"] = replace(mine, id=number + 20, revoked_at=NOW)
    for source in ("shopify", "wms", "carrier", "easypost"):
        keys.hooks[source] = Hook(
            id=source, tenant_id=tenant_id, source=source, secrets=(SECRET, NEXT_SECRET)
        )
    return keys
