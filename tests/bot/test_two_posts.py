"""Outbox, sender, job and messenger together against a Slack that loses answers (promise P3)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.sender import Sender
from handlers.blocks import renderer
from jobs.deliver_alert import Delivery, deliver_alert
from policies.promises import Promises
from policies.records import Alert, OutboxMessage, Tenant
from storage.memory import MemoryStorage
from tests.bot.conftest import Slack, opened_slack
from tests.storage.builders import T0, a_record

POST = "chat.postMessage"


@dataclass
class Desk:
    """An alert of Acme's whose card waits in the outbox, and the real way to Slack."""

    storage: MemoryStorage
    sender: Sender
    slack: Slack
    seconds: float = 0.0
    ambiguous: int = 0

    async def send(self) -> list[dict[str, Any]]:
        """Sends what waits until nothing does; returns what stands in the channel."""
        for _ in range(10):
            self.seconds += 60
            await self.sender.step()
            await self.sender.drain(5)
        return await self.slack.workspace.messages("C0ACME")

    async def card_posts(self) -> int:
        """How often the card was posted; its thread follows in posts of its own."""
        calls = await self.slack.workspace.calls(POST)
        return sum("thread_ts" not in call["arguments"] for call in calls)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """The card is due and the channel's id was never learnt."""
    storage = MemoryStorage()
    async with opened_slack() as slack:
        delivery = Delivery(
            storage=storage,
            promises=Promises(rules=()),
            renderer=renderer,
            messenger=slack.messenger,
        )
        desk: Desk

        async def deliver(message: OutboxMessage) -> str:
            return await deliver_alert(message, delivery=delivery, now=T0)

        def count() -> None:
            desk.ambiguous += 1

        sender = Sender(storage, deliver, lambda: T0 + timedelta(seconds=desk.seconds), count)
        desk = Desk(storage, sender, slack)
        await _fill(storage)
        yield desk


async def _fill(storage: MemoryStorage) -> None:
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="Acme", channel="#acme-ops"))
        (record,) = await tx.exceptions.open([a_record(tenant.id)])
        draft = Alert(
            id=0,
            tenant_id=tenant.id,
            kind="exception",
            channel="#acme-ops",
            exception_ids=(record.id,),
            created_at=T0,
        )
        (alert,) = await tx.alerts.open([draft])
        message = OutboxMessage(
            kind="slack",
            lane="#acme-ops",
            dedup_key="alert:1:card",
            tenant_id=tenant.id,
            payload={"alert_id": alert.id, "part": "card"},
        )
        await tx.outbox.put([message], T0)


async def test_a_lost_answer_makes_no_second_card(desk: Desk) -> None:
    """The card that arrived though its answer was lost is found, not posted again."""
    await desk.slack.workspace.set_fault("reset_after", POST)
    assert len(await desk.send()) == 1
    assert await desk.card_posts() == 1
    assert desk.ambiguous == 0
    assert desk.storage.state.alerts[1].channel_id == "C0ACME"


async def test_a_lost_request_is_posted_after_all(desk: Desk) -> None:
    """A request that never arrived is looked for, not found, and posted."""
    await desk.slack.workspace.set_fault("reset_before", POST)
    assert len(await desk.send()) == 1
    assert await desk.card_posts() == 2


async def test_a_card_survives_every_passing_fault(desk: Desk) -> None:
    """Whatever Slack throws one after the other, exactly one card stands there in the end."""
    for kind in ("rate_limited", "server_error", "html", "reset_before", "reset_after"):
        await desk.slack.workspace.set_fault(kind, POST)
    await desk.slack.workspace.set_fault("server_error", "conversations.history")
    assert len(await desk.send()) == 1


async def test_a_history_nobody_may_read_is_counted(desk: Desk) -> None:
    """Where the look is refused the card is posted again, and that doubt is counted."""
    await desk.slack.workspace.set_fault("reset_after", POST)
    await desk.slack.workspace.set_fault("error", "conversations.history", error="missing_scope")
    assert len(await desk.send()) == 2
    assert desk.ambiguous == 1
