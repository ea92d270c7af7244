"""The page in a real browser: a card is seen, pressed, and its fate shown."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, async_playwright, expect

from tests.demo.workspace_bot import Stage, button, modal, section, staged, text_input

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium once."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace with a fake bot and a short acknowledgement window."""
    async with staged(ack_seconds=1.5) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(stage: Stage, browser: Browser) -> AsyncIterator[Page]:
    """Open the workspace's page as Maria."""
    opened = await browser.new_page()
    await opened.goto(f"{stage.workspace.url}/?as=U0MARIA")
    await opened.wait_for_selector("body[data-ready]")
    yield opened
    await opened.close()


async def test_a_card_is_seen_and_pressed(stage: Stage, page: Page) -> None:
    """A button in the page sends a signed block_actions; the modal it opens is shown and sent."""
    text = "<img src=x onerror=alert(1)> *SO-1042* is late"
    row = {"type": "actions", "elements": [button("e2a_resolve", '{"id":7}')]}
    await stage.slack.chat_postMessage(channel="C0ACME", text="late", blocks=[section(text), row])
    await expect(page.locator(".message .block .text")).to_contain_text(
        "<img src=x onerror=alert(1)>"
    )
    await expect(page.locator(".message strong", has_text="SO-1042")).to_be_visible()
    await page.click("[data-action=e2a_resolve]")
    await stage.workspace.wait_for(lambda: stage.bot.of("block_actions"))
    [payload] = stage.bot.of("block_actions")
    assert (payload["actions"][0]["value"], stage.bot.badly_signed) == ('{"id":7}', 0)
    await stage.slack.views_open(trigger_id=payload["trigger_id"], view=modal(text_input("note")))
    await page.fill("dialog input", "late truck")
    await page.click("dialog button[type=submit]")
    await expect(page.locator("dialog.modal")).to_be_hidden()
    state = stage.bot.of("view_submission")[0]["view"]["state"]["values"]
    assert state["note"]["text"]["value"] == "late truck"


async def test_failures_are_shown_honestly(stage: Stage, page: Page) -> None:
    """A press that the bot does not acknowledge in time says operation_timeout."""
    stage.bot.slow_kinds.add("block_actions")
    row = {"type": "actions", "elements": [button("go")]}
    await stage.slack.chat_postMessage(channel="C0ACME", text="x", blocks=[row])
    await page.click("[data-action=go]")
    await expect(page.get_by_role("alert")).to_contain_text("operation_timeout")


async def test_a_file_is_attached_and_sent(stage: Stage, page: Page) -> None:
    """A file is picked, shown before it is sent, taken away again, and goes with the words."""
    picker = page.locator(".stage input[type=file]")
    for name in ("guide.md", "wrong.md"):
        await picker.set_input_files(
            FilePayload(name=name, mimeType="text/markdown", buffer=b"# Guide")
        )
    await page.click("text=wrong.md")
    await expect(page.locator(".stage .chosen .chip")).to_have_count(1)
    area = page.locator(".stage textarea")
    await area.fill("/e2a learn")
    await area.press("Enter")
    await expect(page.locator(".stage .composer-note")).to_contain_text("Commands take no files")
    await area.fill("@e2a learn")
    await area.press("Enter")
    await stage.workspace.wait_for(lambda: stage.bot.of("app_mention"))
    (event,) = [one["event"] for one in stage.bot.of("app_mention") if one["event"].get("files")]
    assert (event["files"][0]["name"], event["files"][0]["size"]) == ("guide.md", 7)
    await expect(page.locator(".message .file")).to_contain_text("guide.md")
    await expect(page.locator(".stage .chosen")).to_be_hidden()


async def test_people_type_commands_and_messages(stage: Stage, page: Page) -> None:
    """The composer knows the commands and completes mentions; other people see other channels."""
    area = page.locator(".stage textarea")
    await area.fill("/e2a order SO-1")
    await area.press("Enter")
    await stage.workspace.wait_for(lambda: stage.bot.of("command"))
    assert stage.bot.of("command")[0]["text"] == "order SO-1"
    await area.press_sequentially("@e2")
    await area.press("Tab")
    await area.press_sequentially("status")
    await area.press("Enter")
    await stage.workspace.wait_for(lambda: stage.bot.of("app_mention"))
    await expect(page.locator(".message .mention")).to_have_text("@e2a")
    await page.get_by_label("Act as").select_option("U0GUEST")
    await expect(page.locator(".entry", has_text="globex-ops")).to_have_count(0)
