"""The real receiver and Bolt app over storage in memory and a Slack that remembers."""

import hashlib
import hmac
import io
import itertools
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.policy_files import load_reactions
from bot.seams import StoredAuthority, StoredPersonal
from handlers.blocks.ids import Target, Verb, encode
from handlers.services import Services
from handlers.slack.app import create_bolt_app, own_workspace
from handlers.slack.receiver import PATH, Receiver
from handlers.slack.tasks import Background
from jobs.ports.slack import Person
from policies.briefs import Occasions
from policies.records import Alert, AuditEntry, ExceptionRecord, ReceivedEvent
from policies.shifts import NO_SHIFTS, ShiftBook
from storage.memory import MemoryEventLog, MemoryStorage
from tests.handlers.world import Keys
from tests.slack.clock_values import EVERYTHING, POLICY, TENANT, told
from tests.slack.fake_slack import FakeSlack
from tests.slack.values import DUE, GLOBEX, NOW, record
from tests.slack.watcher import Watcher

SECRET = "signing-secret-of-the-tests"
CARD_TS = "1772556060.000100"
MARIA = Person(id="U0MARIA", name="Maria", team_id="T1", timezone="America/New_York")
JOE = Person(id="U0JOE", name="Joe", team_id="T1")
GUEST = Person(id="U0GUEST", name="Gus", team_id="T1", guest=True)
STRANGER = Person(id="U0STRANGER", name="Stan", team_id="T9")
_numbers = itertools.count(1)


@dataclass
class FakeDirectory:
    """Who and what there is; a test can change it."""

    people: dict[str, Person] = field(
        default_factory=lambda: {one.id: one for one in (MARIA, JOE, GUEST, STRANGER)}
    )
    members: dict[str, frozenset[str]] = field(
        default_factory=lambda: {"U0MARIA": frozenset({"C0ACME"})}
    )
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    shared: dict[str, bool | None] = field(default_factory=dict)
    failure: Exception | None = None

    def serves(self, workspace_id: str | None) -> bool:
        """There is but one workspace."""
        return workspace_id is None

    async def person(self, user_id: str) -> Person | None:
        """The person, unless the directory is down."""
        if self.failure:
            raise self.failure
        return self.people.get(user_id)

    async def groups_of(self, user_id: str) -> frozenset[str]:
        """The user groups that they are in."""
        return self.groups.get(user_id, frozenset())

    async def members_of(self, group_id: str) -> frozenset[str]:
        """Who is in that user group."""
        return frozenset(who for who, mine in self.groups.items() if group_id in mine)

    async def channel_id(self, name_or_id: str) -> str | None:
        """Ids of the channels by name."""
        return {"#acme": "C0ACME", "#globex": "C0GLOBEX"}.get(name_or_id)

    async def shared_outside(self, channel_id: str) -> bool | None:
        """Whether another company sees it."""
        return self.shared.get(channel_id, False)

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """The channels that they share with the bot."""
        return self.members.get(user_id, frozenset())


def wall_now() -> datetime:
    """The real time, because Bolt checks signatures against it."""
    return datetime.fromtimestamp(time.time_ns() / 1e9, UTC)


@dataclass
class World:
    """Everything that a test can look at or change."""

    http: TestClient[web.Request, web.Application]
    slack: FakeSlack
    hook: str
    storage: MemoryStorage
    directory: FakeDirectory
    services: Services
    background: Background
    watcher: Watcher

    async def post(
        self, raw: str | bytes, *, age: float = 0, kind: str = "application/json", **headers: str
    ) -> tuple[int, str]:
        """Posts a signed body; `age` seconds ago, `headers` replace the right ones."""
        body = raw if isinstance(raw, bytes) else raw.encode()
        stamp = str(int(wall_now().timestamp() - age))
        proof = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        right = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={proof.hexdigest()}",
            "Content-Type": kind,
        }
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.post(
            PATH, data=io.BytesIO(body), headers={**right, **given}
        ) as answer:
            said = answer.status, await answer.text()
        await self.settle()
        return said

    async def settle(self) -> None:
        """Waits for the work after the acknowledgement."""
        assert await self.background.drain() == 0

    async def event(self, event: dict[str, Any], event_id: str | None = None) -> tuple[int, str]:
        """Delivers an event."""
        number = next(_numbers)
        body = {
            "type": "event_callback",
            "team_id": "T1",
            "event_id": event_id or f"Ev{number}",
            "event_time": number,
            "event": event,
        }
        return await self.post(json.dumps(body))

    async def mention(self, words: str, **more: Any) -> tuple[int, str]:  # noqa: ANN401
        """Maria mentions E2A in Acme's channel."""
        said = {"type": "app_mention", "channel": "C0ACME", "text": f"<@U0E2A> {words}"}
        return await self.event({**_message(), **said, **more})

    async def direct(self, words: str, **more: Any) -> tuple[int, str]:  # noqa: ANN401
        """Maria writes to E2A alone."""
        said = {"type": "message", "channel": "D0MARIA", "channel_type": "im", "text": words}
        return await self.event({**_message(), **said, **more})

    async def command(self, words: str, **more: str) -> tuple[int, str]:
        """Maria types /e2a in Acme's channel."""
        form = {
            "command": "/e2a",
            "text": words,
            "user_id": "U0MARIA",
            "team_id": "T1",
            "channel_id": "C0ACME",
            "response_url": self.hook,
            "trigger_id": f"trigger-{next(_numbers)}",
            **more,
        }
        return await self.post(urlencode(form), kind="application/x-www-form-urlencoded")

    async def interact(self, payload: dict[str, Any]) -> tuple[int, str]:
        """Delivers a click, a form or a shortcut."""
        usual = {
            "team": {"id": "T1"},
            "user": {"id": "U0MARIA", "team_id": "T1"},
            "trigger_id": f"trigger-{next(_numbers)}",
        }
        form = urlencode({"payload": json.dumps({**usual, **payload})})
        return await self.post(form, kind="application/x-www-form-urlencoded")

    async def press(
        self,
        verb: Verb,
        version: int = 3,
        number: int = 7,
        **more: Any,  # noqa: ANN401
    ) -> tuple[int, str]:
        """Maria presses a button of the card."""
        action = {"action_id": verb.value, "block_id": "b", "type": "button"}
        action["value"] = encode(Target(id=number, version=version))
        place = {"type": "message", "message_ts": CARD_TS, "channel_id": "C0ACME"}
        payload = {
            "type": "block_actions",
            "actions": [action],
            "container": place,
            "channel": {"id": "C0ACME", "name": "acme"},
            "message": {"ts": CARD_TS},
            "response_url": self.hook,
        }
        return await self.interact({**payload, **more})

    async def submit(
        self,
        form: dict[str, Any],
        values: Mapping[Any, Any],
        **more: Any,  # noqa: ANN401
    ) -> tuple[int, str]:
        """Maria submits a form that E2A had drawn."""
        state = {"values": {name: {name: value} for name, value in values.items()}}
        shown = {**form, "id": "V1", "state": state}
        return await self.interact({"type": "view_submission", "view": shown, **more})

    async def form(self, verb: Verb, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """Opens a form and returns the view that replaced the loading one."""
        await self.press(verb, **more)
        shown: dict[str, Any] = self.slack.of("views.update")[-1].said["view"]
        return shown

    async def record(self, number: int = 7) -> ExceptionRecord:
        """The exception as stored."""
        async with self.storage.read() as tx:
            found = await tx.exceptions.get(number)
        assert found is not None
        return found

    async def trail(self) -> list[AuditEntry]:
        """What was done to #7."""
        async with self.storage.read() as tx:
            return await tx.audit.of_subject(1, "exception:7")


def _message() -> dict[str, Any]:
    return {"user": "U0MARIA", "ts": f"1772558100.{next(_numbers):06}"}


@asynccontextmanager
async def open_world(shifts: ShiftBook = NO_SHIFTS) -> AsyncIterator[World]:
    """An app with two tenants, #7 of Acme and #8 of Globex, both with a card."""
    storage, slack, watcher, background = MemoryStorage(), FakeSlack(), Watcher(), Background()
    await _fill(storage)
    directory = FakeDirectory()
    services = Services(
        storage=storage,
        event_log=MemoryEventLog(storage),
        keys=Keys(),
        directory=directory,
        promises=EVERYTHING,
        policy_texts=lambda _tenant: ("sla.yaml", POLICY),
        business_now=lambda: NOW,
        wall_now=wall_now,
        default_channel="#e2a-alerts",
        personal=StoredPersonal(storage),
        authority=StoredAuthority(storage, itertools.count(0.0, 10.0).__next__),
        observe_slack=watcher,
        reactions=load_reactions(None),
        shifts=shifts,
        occasions=Occasions(book=shifts),
    )
    async with TestServer(slack.app()) as api, ClientSession() as session:
        base_url = str(api.make_url("/api/"))
        client = AsyncWebClient(token="xoxb-test", base_url=base_url, session=session)
        app = create_bolt_app(
            services,
            client=client,
            signing_secret=SECRET,
            authorize=own_workspace(client),
            background=background,
        )
        server = web.Application()
        receiver = Receiver(app=app, signing_secret=SECRET, services=services)
        server.router.add_post(PATH, receiver.receive)
        async with TestClient(TestServer(server)) as http:
            hook = str(api.make_url("/hook"))
            yield World(http, slack, hook, storage, directory, services, background, watcher)
            await background.drain()


async def _fill(storage: MemoryStorage) -> None:
    async with storage.write() as tx:
        for tenant in (TENANT, GLOBEX):
            await tx.tenants.add(tenant)
        packed = told("pack_completed", DUE - timedelta(days=1))
        tx.state.events[1, packed.source, packed.event_id] = ReceivedEvent(
            tenant_id=1, event=packed, content_hash=b"x", received_at=NOW
        )
        tx.state.exceptions[7] = record()
        tx.state.exceptions[8] = replace(record(), id=8, tenant_id=2, order_id="GX-1")
        for tenant, number in ((TENANT, 7), (GLOBEX, 8)):
            draft = Alert(
                id=0,
                tenant_id=tenant.id,
                kind="exception",
                channel=tenant.channel or "",
                exception_ids=(number,),
                created_at=NOW,
            )
            alert = (await tx.alerts.open([draft]))[0]
            channel = tenant.channel_id or ""
            await tx.alerts.sent(alert.id, "card", channel_id=channel, ts=CARD_TS, digest="d")
