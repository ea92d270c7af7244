"""What a person does in the browser, from the alert to the answer in its thread."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from demo.workspace.client import WorkspaceClient
from tests.stories.harness import Bot, ago, an_event

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH"),
]


@pytest.fixture
async def page(in_slack: tuple[Bot, WorkspaceClient]) -> AsyncIterator[Page]:
    """The workspace's page, opened as Maria."""
    _, workspace = in_slack
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        opened = await browser.new_page()
        await opened.goto(f"{workspace.url}/?as=U0MARIA")
        await opened.wait_for_selector("body[data-ready]")
        yield opened
        await browser.close()


async def test_a_person_works_an_exception(
    in_slack: tuple[Bot, WorkspaceClient], page: Page
) -> None:
    """She sees the alert, acknowledges, resolves in the form, asks for it, and is answered."""
    bot, _ = in_slack
    await bot.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))
    card = page.locator("main .message", has_text="SO-1").first
    await expect(card).to_contain_text("picked within 2 h of payment", timeout=10_000)

    await card.locator("[data-action=e2a_acknowledge]").click()
    await expect(card).to_contain_text("Acknowledged", timeout=2_000)

    await card.locator("[data-action=e2a_resolve]").click()
    await page.fill("dialog textarea", "found behind the conveyor", timeout=5_000)
    await page.click("dialog button[type=submit]")
    await expect(card).to_contain_text("found behind the conveyor", timeout=5_000)

    composer = page.locator("main textarea")
    await composer.fill("/e2a exception 1")
    await composer.press("Enter")
    await expect(page.locator("main")).to_contain_text("Only you", timeout=5_000)

    await card.get_by_text("repl").first.click()
    reply = page.locator("#thread textarea")
    await reply.fill("@e2a why was this late?")
    await reply.press("Enter")
    await expect(page.locator("#thread")).to_contain_text("#1:", timeout=5_000)
