"""What a person in Slack does, through the workspace as Slack would deliver it."""

from typing import Any

from demo.workspace.client import WorkspaceClient
from tests.stories.harness import Bot, ago, an_event, cards, eventually

MARIA, DEV, GUEST = "U0MARIA", "U0DEV", "U0GUEST"
CHANNEL = "C0ACME"


async def an_alert(bot: Bot, workspace: WorkspaceClient, order_id: str = "SO-1") -> dict[str, Any]:
    """The card of an order that is paid and silent."""
    known = {card["ts"] for card in await cards(workspace)}
    await bot.post("/events", an_event(order_id, "order_paid", ago(minutes=125)))

    async def fresh() -> list[dict[str, Any]]:
        return [card for card in await cards(workspace) if card["ts"] not in known]

    found: list[dict[str, Any]] = await eventually(fresh)
    (card,) = found
    return card


async def shows(workspace: WorkspaceClient, ts: str, words: str) -> None:
    """Waits until the card says so."""

    async def said() -> bool:
        return any(c["ts"] == ts and words in str(c) for c in await cards(workspace))

    await eventually(said, seconds=3)


async def test_acknowledge_and_resolve(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """A press acknowledges, the form resolves, the card shows both, the thread tells the story."""
    bot, workspace = in_slack
    card = await an_alert(bot, workspace)
    pressed = await workspace.click(MARIA, CHANNEL, card["ts"], "e2a_acknowledge")
    assert pressed.ok
    await shows(workspace, card["ts"], "Acknowledged")

    assert (await workspace.click(MARIA, CHANNEL, card["ts"], "e2a_resolve")).ok
    form = await eventually(lambda: _form(workspace, "Resolve"))
    (note,) = [
        block["block_id"]
        for block in form["blocks"]
        if block.get("element", {}).get("type") == "plain_text_input"
    ]
    sent = await workspace.submit_view(MARIA, form["id"], {note: "found it"})
    assert sent.ok, sent
    await shows(workspace, card["ts"], "found it")
    record = await bot.get("/api/exceptions/1")
    assert (record["status"], record["assignee"]) == ("RESOLVED", MARIA)

    async def told() -> bool:
        thread = await workspace.thread("acme-ops", card["ts"])
        return any("maria resolved" in str(m).lower() for m in thread[1:])

    await eventually(told)


async def _form(workspace: WorkspaceClient, words: str) -> dict[str, Any] | None:
    views = await workspace.views(MARIA)
    ready = [v for v in views if words in str(v["title"]) and v.get("submit")]
    return ready[-1] if ready else None


async def test_snooze_and_replay(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """Snooze shows until when; Replay shows what would change before it is confirmed."""
    bot, workspace = in_slack
    card = await an_alert(bot, workspace)
    assert (await workspace.click(MARIA, CHANNEL, card["ts"], "e2a_snooze")).ok
    form = await eventually(lambda: _form(workspace, "Snooze"))
    assert (await workspace.submit_view(MARIA, form["id"])).ok
    await shows(workspace, card["ts"], "snoozed until")
    assert (await workspace.click(MARIA, CHANNEL, card["ts"], "e2a_replay")).ok
    preview = await eventually(lambda: _form(workspace, "Replay"))
    assert "othing would change" in str(preview["blocks"])
    assert (await workspace.submit_view(MARIA, preview["id"])).ok

    async def on_record() -> bool:
        trail = await bot.get("/api/audit")
        return any(entry["action"] == "replay" for entry in trail["items"])

    await eventually(on_record)


async def test_command_mention_and_message(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """The card is shown on command; a mention in its thread and a direct message are answered."""
    bot, workspace = in_slack
    card = await an_alert(bot, workspace)
    asked = await workspace.command(DEV, CHANNEL, "exception 1")
    assert asked.ok

    async def shown() -> bool:
        said = [*await workspace.ephemerals(DEV), *await workspace.messages("acme-ops")]
        return any("SO-1" in str(m) and "#1" in str(m) and m["ts"] != card["ts"] for m in said)

    await eventually(shown)
    await workspace.mention(DEV, CHANNEL, "why is this late?", thread_ts=card["ts"])

    async def answered() -> bool:
        thread = await workspace.thread("acme-ops", card["ts"])
        return any("no pick scan since" in str(m) and "#1:" in str(m) for m in thread)

    await eventually(answered)
    sent = await workspace.dm(DEV, "status")

    async def replied() -> bool:
        return any(m.get("bot_id") for m in await workspace.messages(sent["channel"]))

    await eventually(replied)


async def test_guest_and_foreign_channel(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """A guest changes nothing; a channel that is mapped to no client gets no data."""
    bot, workspace = in_slack
    card = await an_alert(bot, workspace)
    await workspace.click(GUEST, CHANNEL, card["ts"], "e2a_acknowledge")

    async def refused() -> bool:
        return bool(await workspace.ephemerals(GUEST))

    await eventually(refused)
    assert (await bot.get("/api/exceptions/1"))["status"] == "OPEN"
    await workspace.command(MARIA, "C0GLOBEX", "exception 1")

    async def told() -> list[dict[str, Any]]:
        return await workspace.ephemerals(MARIA)

    said = await eventually(told)
    assert "SO-1" not in str(said)
    assert "/e2a map" in str(said)


async def test_stale_press(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """A press on what somebody else has changed meanwhile changes nothing and says so."""
    bot, workspace = in_slack
    card = await an_alert(bot, workspace)
    button = str(card["attachments"])
    assert "e2a_acknowledge" in button
    status, _ = await bot.post("/api/exceptions/1/resolve", {"note": "by the late truck"})
    assert status == 200
    await workspace.click(MARIA, CHANNEL, card["ts"], "e2a_acknowledge")

    async def told() -> bool:
        return "nothing was changed" in str(await workspace.ephemerals(MARIA))

    try:
        await eventually(told, seconds=3)
    finally:
        assert (await bot.get("/api/exceptions/1"))["status"] == "RESOLVED"


async def test_duplicated_and_forged_deliveries(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """A delivery that comes twice acts once; a forged one is refused."""
    bot, workspace = in_slack
    card = await an_alert(bot, workspace)
    await workspace.tamper("bad_signature")
    refused = await workspace.click(MARIA, CHANNEL, card["ts"], "e2a_acknowledge")
    assert refused.status == 401
    await workspace.tamper("duplicate")
    assert (await workspace.click(MARIA, CHANNEL, card["ts"], "e2a_acknowledge")).ok
    await shows(workspace, card["ts"], "Acknowledged")
    trail = await bot.get("/api/audit")
    assert sum(entry["action"] == "acknowledge" for entry in trail["items"]) == 1
