"""A carrier's bill that somebody shares is asked about, audited in its thread, and claimed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.sheets import read_bill_file
from handlers.blocks.bill_form import filled_in
from handlers.slack.bill_intents import FileClaims, ShowBills
from handlers.slack.bill_reading import BillWords, read_bill_words
from handlers.slack.grammar import parse
from policies.money.audit.columns import Column, Columns
from policies.money.audit.contract import Contracts
from tests.policies.contracts import a_contract
from tests.slack.test_documents import LaterDownloads, share
from tests.slack.test_in_workspace import ACME, MARIA, Stage, behind_a_workspace
from tests.slack.world import open_world

HEAD = "Tracking Number,Charge Description,Service,Zone,Billed Weight (lb),Ship Date,Net Amount"
BILL = f"""{HEAD}
1Z1,Freight,UPS Ground,5,5,2026-01-13,9.90
1Z1,Freight,UPS Ground,5,5,2026-01-13,9.90
1Z3,Rocket fee,UPS Ground,5,5,2026-01-13,3.00
""".encode()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A workspace in which Maria is admin, and the contract of UPS."""
    contracts = Contracts(known=(a_contract(),))
    async with open_world() as world, ClientSession() as session:
        downloads = LaterDownloads(session)
        world.services = replace(
            world.services,
            downloads=downloads,
            bill_reader=read_bill_file,
            contracts_of=lambda _tenant: contracts,
        )
        async with behind_a_workspace(world) as opened:
            downloads.api_url = opened.workspace.api_url
            people = world.directory.people
            people[MARIA] = replace(people[MARIA], admin=True)
            yield opened


async def thread_of(stage: Stage, words: str) -> list[dict[str, Any]]:
    """The thread in which something with these words was said, once it was."""
    workspace = stage.workspace

    async def said() -> list[dict[str, Any]] | None:
        for message in await workspace.messages(ACME):
            thread = await workspace.thread(ACME, message["ts"])
            if words in str(thread[1:]):
                return thread
        return None

    found: list[dict[str, Any]] = await stage.until(said)
    return found


async def sheets(stage: Stage) -> list[dict[str, Any]]:
    """The files that came back."""
    workspace = stage.workspace
    roots = await workspace.messages(ACME)
    threads = [await workspace.thread(ACME, root["ts"]) for root in roots]
    return [one for thread in threads for one in thread if "Every line with" in str(one)]


async def test_a_bill_is_asked_about_audited_and_claimed(stage: Stage) -> None:
    """The columns are confirmed, the sum comes with a table and a file, the claims are filed."""
    workspace, storage = stage.workspace, stage.world.storage
    asked = await share(stage, "audit ups", ("ups.csv", BILL))
    assert "Are these the columns of ups.csv?" in asked
    assert "amount: *Net Amount*" in asked
    thread = await thread_of(stage, "Are these the columns")
    pressed = await workspace.click(MARIA, ACME, thread[1]["ts"], "e2a_bill_confirm")
    assert pressed.ok
    done = await thread_of(stage, "in dispute")
    told = str(done)
    assert "9.90 USD in dispute" in told
    assert "billed twice" in told
    assert "1 without a rate" in told
    sent = await thread_of(stage, "Every line with its verdict")
    assert sent[0]["ts"] == thread[0]["ts"]
    await share(stage, "audit ups", ("ups.csv", BILL))
    await thread_of(stage, "the same result")
    shown = next(one for one in done if "billed twice" in str(one))
    assert (await workspace.click(MARIA, ACME, shown["ts"], "e2a_bill_filed")).ok
    await thread_of(stage, "claims filed")
    async with storage.read() as tx:
        (audit,) = await tx.bills.recent([1], 9)
    assert (audit.channel_id, audit.thread_ts) == (ACME, thread[0]["ts"])
    assert (audit.filed_by, audit.content) == (f"slack:{MARIA}", None)
    assert await stage.refused() == []


async def test_columns_are_chosen_in_a_form(stage: Stage) -> None:
    """A heading that nobody guesses is chosen; without the amounts the form stays open."""
    workspace = stage.workspace
    odd = BILL.replace(b"Net Amount", b"Betrag")
    asked = await share(stage, "audit ups", ("ups.csv", odd))
    assert "which column has the amounts" in asked
    assert "Looks right" not in asked
    thread = await thread_of(stage, "which column has the amounts")
    assert (await workspace.click(MARIA, ACME, thread[1]["ts"], "e2a_bill_columns")).ok
    form = await stage.form()
    stays = await workspace.submit_view(MARIA, form["id"], {})
    assert "Choose the column" in str(stays)
    assert (await workspace.submit_view(MARIA, form["id"], {"bill_amount": "6"})).ok
    assert "9.90 USD in dispute" in str(await thread_of(stage, "in dispute"))
    remembered = await share(stage, "audit ups", ("april.csv", odd.replace(b"01-13", b"01-14")))
    assert "in dispute" in remembered
    assert await stage.refused() == []


async def test_who_may_not_and_what_cannot_be_read_is_told(stage: Stage) -> None:
    """A role, a picture, an empty file, an unknown client: nothing is kept."""
    refused = await share(stage, "audit ups", ("ups.csv", BILL), user="U0DEV")
    assert "To audit takes a" in refused
    assert "is something else" in await share(stage, "audit", ("a.csv", b"\x89PNG\r\n\x00\x00"))
    assert "is empty" in await share(stage, "audit", ("a.csv", b"\n"))
    assert "There is no client Globex here" in await share(
        stage, "audit ups for Globex", ("ups.csv", BILL)
    )
    assert "One bill at a time" in await share(stage, "audit", ("a.csv", BILL), ("b.csv", BILL))
    assert stage.world.storage.state.bill_audits == {}


async def test_bills_are_listed_and_shown_again(stage: Stage) -> None:
    """The latest with their last days, and one with its file."""
    assert "No bill was audited yet" in await share(stage, "bills")
    thread = await share(stage, "audit ups", ("ups.csv", BILL))
    assert "Are these" in thread
    asked = await thread_of(stage, "Are these the columns")
    await stage.workspace.click(MARIA, ACME, asked[1]["ts"], "e2a_bill_confirm")
    await thread_of(stage, "in dispute")
    listed = await share(stage, "bills")
    assert "claim by" in listed
    before = len(await sheets(stage))
    await share(stage, "bills 1")

    async def brought() -> bool:
        return len(await sheets(stage)) > before

    await stage.until(brought)
    assert "There is no audited bill 9 here" in await share(stage, "bills 9")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bills", ShowBills()),
        ("bills 7", ShowBills(audit_id=7)),
        ("bills filed #7", FileClaims(audit_id=7)),
    ],
)
def test_words_are_read(text: str, wanted: object) -> None:
    """A list, one bill, and that its claims are made."""
    assert parse(text, talk=False) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", BillWords()),
        ("ups", BillWords(carrier="ups")),
        ("this bill of UPS, please", BillWords(carrier="ups")),
        ("dhl express for Acme Outdoors", BillWords(carrier="dhl express", client="Acme Outdoors")),
    ],
)
def test_words_with_a_file_are_read(words: str, wanted: BillWords) -> None:
    """Whose bill it is, and for which client."""
    assert read_bill_words(words.split()) == wanted


def test_a_form_is_not_trusted() -> None:
    """Values that we did not offer are no columns."""
    told = {"bill_amount": "6", "bill_tracking": "-1", "bill_zone": "99999", "bill_written": "x"}
    assert filled_in({**told, "bill_days": "day", "bill_whose": "ups"}) == (
        Columns(places={Column.AMOUNT: 6}, day_first=True),
        "ups",
    )
