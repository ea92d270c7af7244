"""Killed between Slack's accept of a post and its answer: posted at least once, found, not doubled.

The bot is a process of its own and speaks to the workspace through a proxy that holds answers.
"""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from demo.workspace.client import WorkspaceClient
from tests.faults.proxy import Proxy, a_proxy
from tests.stories.conftest import port, workspace
from tests.stories.harness import Bot, a_bot, ago, an_event, eventually, one_by_one

__all__ = ["port", "workspace"]
SOAK = bool(os.environ.get("E2A_TEST_SOAK"))


@dataclass(frozen=True, kw_only=True)
class Line:
    """A bot, the workspace, and the line between them."""

    bot: Bot
    workspace: WorkspaceClient
    proxy: Proxy

    async def marks(self) -> Counter[tuple[int, str]]:
        """How often each part of each alert stands in the channel."""
        found: Counter[tuple[int, str]] = Counter()
        for card in await self.workspace.messages("acme-ops"):
            for message in await self.workspace.thread("acme-ops", card["ts"]):
                told = message["metadata"]["event_payload"]
                found[told["exception_ids"][0], told["part"]] += 1
        return found

    async def killed_in_doubt(self) -> None:
        """Holds answers, waits until the next post has arrived, and kills the bot."""
        before = (await self.marks()).total()
        self.proxy.back.hold()

        async def arrived() -> bool:
            return (await self.marks()).total() > before

        await eventually(arrived, 20)
        await self.bot.stop(signal.SIGKILL)
        self.proxy.cut()
        self.proxy.back.let_go()

    async def card_answered(self, number: int) -> None:
        """Waits until the card stands there and the bot knows; its reply follows after a second."""
        storage = self.bot.storage()

        async def known() -> bool:
            async with storage.read() as tx:
                alert = await tx.alerts.get(number)
            return alert is not None and alert.part("card").ts is not None

        await eventually(known, 20)
        await storage.close()

    async def breach(self, number: int) -> None:
        """An order that was due five minutes ago."""
        event = an_event(f"SO-{number}", "order_paid", ago(minutes=125))
        assert (await self.bot.post("/events", event))[0] == 202

    async def told(self, alerts: int) -> Counter[tuple[int, str]]:
        """The parts of the alerts when all of them stand there and nothing waits."""

        async def quiet() -> Any:  # noqa: ANN401 - the marks
            async with storage.read() as tx:
                waits = await tx.outbox.waiting()
            marks = await self.marks()
            return (marks,) if len(marks) == 2 * alerts and not waits else None

        storage = self.bot.storage()

        found: tuple[Counter[tuple[int, str]]] = await eventually(quiet, 30 + 3 * alerts)
        await storage.close()
        return found[0]

    async def metric(self, name: str) -> float:
        """The sum of a metric of the bot, its labels aside."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.bot.url}/metrics") as answer:
            families = text_string_to_metric_families(await answer.text())
        samples = (sample for family in families for sample in family.samples)
        return sum(sample.value for sample in samples if sample.name == name)


@pytest.fixture
async def line(
    tmp_path: Path, port: int, workspace: WorkspaceClient
) -> AsyncIterator[Line]:  # the fixtures of the stories
    """A bot that is not started, a workspace, and a proxy between them."""
    to_port = int(workspace.url.rsplit(":", 1)[1])
    async with a_proxy(to_port) as proxy:
        api = f"http://127.0.0.1:{proxy.port}/api/"
        alone = one_by_one(tmp_path)
        async with a_bot(tmp_path, port=port, slack_api_url=api, extra=alone) as bot:
            yield Line(bot=bot, workspace=workspace, proxy=proxy)


async def _kill_often(line: Line, kills: int) -> None:
    """What hangs is the card, and at every other kill the reply in its thread."""
    for kill in range(kills):
        await line.bot.start()
        await line.told(kill)
        await line.breach(kill)
        if kill % 2:
            await line.card_answered(kill + 1)
        await line.killed_in_doubt()
    await line.bot.start()
    marks = await line.told(kills)
    assert {number for number, _ in marks} == set(range(1, kills + 1))
    assert set(marks.values()) == {1}
    assert await line.metric("e2a_outbox_ambiguous_total") == 0


async def _killed_where_nobody_may_read(line: Line, number: int) -> None:
    """The card is posted again, because nobody could say whether it stands there."""
    await line.breach(number)
    await line.killed_in_doubt()
    refusal = {"error": "missing_scope", "calls": 99}
    await line.workspace.set_fault("error", "conversations.history", **refusal)
    await line.bot.start()

    async def posted_again() -> bool:
        twice = (await line.marks())[number + 1, "card"] == 2
        return twice and await line.metric("e2a_outbox_ambiguous_total") == 1

    await eventually(posted_again, 20)


async def test_killed_before_the_answer(line: Line) -> None:
    """Two kills between accept and answer: every alert stands there, whole and once.

    A third one where the history may not be read: what is posted twice then is counted.
    """
    await _kill_often(line, 2)
    await _killed_where_nobody_may_read(line, 2)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_killed_often_before_the_answer(line: Line) -> None:
    """The same for thirty kills."""
    await _kill_often(line, 30)
    await _killed_where_nobody_may_read(line, 30)
