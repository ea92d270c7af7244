"""Promises in a running bot: holds stop a clock, and an edited policy rewrites nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stories.harness import Bot, a_bot, ago, an_event, eventually

POLICY = """
version: "{version}"
slas:
  - id: ship
    start: [order_released]
    stop: [carrier_scan]
    pause: [{{hold: fraud_review, fault: client}}]
    deadline: {{within: {within}}}
    on_breach: {{exception: SHIP_DELAY, severity: HIGH}}
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A policies folder with a policy for the one client."""
    folder = tmp_path / "policies"
    (folder / "tenants" / "acme").mkdir(parents=True)
    write(folder, "1", "3h")
    return folder


def write(folder: Path, version: str, within: str) -> None:
    """Puts the client's policy in place."""
    text = POLICY.format(version=version, within=within)
    (folder / "tenants" / "acme" / "sla.yaml").write_text(text, encoding="utf-8")


async def clock(bot: Bot, order_id: str) -> dict[str, Any]:
    """The order's only clock, once it has been judged."""

    async def judged() -> Any:  # noqa: ANN401 - JSON
        found = await bot.get(f"/api/orders/{order_id}")
        return found.get("clocks")

    (one,) = await eventually(judged)
    found: dict[str, Any] = one
    return found


async def test_a_hold_stands_still(tmp_path: Path, policies: Path) -> None:
    """A held order is paused with the client at fault, and no exception opens for it."""
    async with a_bot(tmp_path, extra={"POLICIES_DIR": str(policies)}) as bot:
        await bot.start()
        await bot.post("/events", an_event("SO-1", "order_released", ago(hours=5)))
        await bot.post("/events", an_event("SO-1", "order_held", ago(hours=4), hold="fraud_review"))
        held = await clock(bot, "SO-1")
        assert held["state"] == "paused"
        assert [entry["kind"] for entry in held["ledger"]] == ["started", "paused"]
        assert held["ledger"][1]["fault"] == "client"
        assert round(held["elapsed_minutes"]) == 60
        await bot.post("/events", an_event("SO-2", "order_released", ago(hours=5)))

        async def opened() -> Any:  # noqa: ANN401 - JSON
            return (await bot.get("/api/exceptions"))["items"]

        late = await eventually(opened)  # judged after the held one
        assert [record["order_id"] for record in late] == ["SO-2"]


async def test_an_edit_governs_what_starts_from_then_on(tmp_path: Path, policies: Path) -> None:
    """After a restart with an edited policy old orders keep their deadline, new ones do not."""
    async with a_bot(tmp_path, extra={"POLICIES_DIR": str(policies)}) as bot:
        await bot.start()
        await bot.post("/events", an_event("SO-1", "order_released", ago(minutes=5)))
        before = await clock(bot, "SO-1")
        await bot.stop()
        write(policies, "2", "1h")
        await bot.start()
        await bot.post("/events", an_event("SO-2", "order_released", ago() + timedelta(seconds=1)))
        after, fresh = await clock(bot, "SO-1"), await clock(bot, "SO-2")
    assert (after["rule_version"], after["deadline"]) == ("1", before["deadline"])
    assert (fresh["rule_version"], fresh["target_minutes"]) == ("2", 60)
