"""Invoices in Slack: proved on request, told with their causes, decided on once by who may."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.blocks import renderer
from handlers.blocks.finding_forms import ask_form, dispute_form, group_form
from handlers.blocks.ids import Field, Verb
from handlers.blocks.invoice_ids import FindingTarget, decode_finding, decode_group
from handlers.blocks.invoices import invoices
from handlers.slack.grammar import parse
from handlers.slack.intents import Ask, Incomplete
from handlers.slack.invoice_intents import (
    CheckInvoices,
    DecideFinding,
    ShowFinding,
    ShowInvoices,
)
from jobs.check_invoices import Checking, check_month
from jobs.decide_note import decide_note
from jobs.show_findings import show_clients, show_group
from jobs.views.findings import ClientFindings
from policies.briefs import ChartAs
from policies.money.findings.filed import FiledFinding, FindingState
from policies.money.invoice_values import Adjustment, Invoice, InvoiceKind, NoteStatus
from policies.money.notes import Decider
from policies.promises import Promises
from policies.roles import Role, RoleGrant
from storage.memory import MemoryEventLog
from tests.jobs.books import Books, shipped, tariffs
from tests.propriety import wrongs
from tests.slack.values import ACME, NOW
from tests.slack.world import World

MARCH = "2026-03"
UNFURLED = {"unfurl_links": False, "unfurl_media": False}
OPENING = NOW - timedelta(days=2, hours=8)


async def billed_wrongly(world: World, orders: int = 3, cents: int = 700) -> None:
    """Orders of Acme whose labels were charged so much, and one whose pick was charged twice."""
    books = Books(
        storage=world.storage, log=MemoryEventLog(world.storage), tariffs=tariffs(), tenant=ACME
    )
    object.__setattr__(world.services, "tariffs", books.tariffs)
    names = [f"SO-{n}" for n in range(orders + 1)]
    await books.hear([event for name in names for event in shipped(name, OPENING)])
    would = (await books.run(MARCH, now=NOW, dry_run=True)).invoices
    async with world.storage.write() as tx:
        await tx.invoices.one_at_a_time(ACME.id)
        await tx.invoices.issue([_wrong(one, cents) for one in would])
    checking = Checking(storage=world.storage, tariffs=books.tariffs, promises=Promises(rules=()))
    await check_month(ACME, MARCH, checking=checking, now=NOW)


def _wrong(invoice: Invoice, cents: int) -> Invoice:
    assert invoice.kind is InvoiceKind.ORDER
    if invoice.subject == "SO-0":
        again = replace(invoice.lines[0], number=len(invoice.lines) + 1)
        return replace(invoice, lines=(*invoice.lines, again))
    lines = tuple(
        replace(line, unit_cents=cents, amount_cents=cents) if line.code == "label" else line
        for line in invoice.lines
    )
    return replace(invoice, lines=lines)


async def findings(world: World, *states: FindingState) -> list[FiledFinding]:
    """Those that stand so."""
    async with world.storage.read() as tx:
        return await tx.findings.find([1], states=states or tuple(FindingState))


async def notes(world: World) -> list[Adjustment]:
    """All corrections, oldest first."""
    async with world.storage.read() as tx:
        return (await tx.adjustments.find([1]))[::-1]


async def give(world: World, role: Role, who: str = "U0MARIA") -> None:
    """Gives somebody a role."""
    grant = RoleGrant(principal=f"user:{who}", role=role, granted_by="slack:U9")
    await world.services.authority.give(grant, trail=[1], now=NOW)


async def press(world: World, verb: Verb, finding: int, who: str = "U0MARIA") -> None:
    """Somebody presses a button of a finding's card in the channel."""
    value = json.dumps({"id": finding, "channel": None, "thread": None})
    action = {"action_id": verb.value, "block_id": "b", "type": "button", "value": value}
    await world.press(verb, actions=[action], user={"id": who})


async def view_of(world: World) -> ClientFindings:
    """How Acme's invoices stand."""
    [view] = await show_clients([ACME], storage=world.storage, now=NOW)
    return view


async def test_what_is_wrong_is_told_by_cause(world: World) -> None:
    """One line a cause with its sum, the largest as cards, and nothing of another client."""
    await billed_wrongly(world)
    await world.command("invoices")
    said = world.slack.of("hook")[-1].words
    assert "3 orders charged a price for label that no tariff has" in said
    assert "$20.55 too much" in said
    assert Verb.FINDING_GROUP.value in said
    assert Verb.FINDING_ACCEPT.value in said
    await world.command("invoices", channel_id="C0GLOBEX")
    assert "SO-1" not in world.slack.of("hook")[-1].words


async def test_a_proof_is_asked_for(world: World) -> None:
    """The same invoices and events are said to have been proved before."""
    await billed_wrongly(world)
    await give(world, Role.BILLING)
    await world.command("invoices check 2026-03")
    said = world.slack.of("hook")[-1].words
    assert "Acme Outdoors, March 2026: 4 orders" in said
    assert "proved before" in said
    assert len(await findings(world)) == 4


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (Verb.FINDING_ACCEPT, FindingState.ACCEPTED),
        (Verb.FINDING_OURS, FindingState.OUR_ERROR),
    ],
)
async def test_a_finding_is_accepted_once(world: World, verb: Verb, state: FindingState) -> None:
    """The note goes out with its number, the thread says who; a second press changes nothing."""
    await billed_wrongly(world)
    await give(world, Role.BILLING)
    one = (await findings(world, FindingState.OPEN))[0]
    await press(world, verb, one.id)
    said = world.slack.of("chat.postMessage")[-1].words
    assert "Maria" in said
    assert "A credit note of $6.85 goes out: CN-" in said
    decided = next(filed for filed in await findings(world, state) if filed.id == one.id)
    assert decided.decided_by == "slack:U0MARIA"
    before = await notes(world)
    await press(world, verb, one.id)
    assert "decided before" in world.slack.of("chat.postEphemeral")[-1].words
    assert await notes(world) == before


async def test_a_disputed_invoice_stands(world: World) -> None:
    """It takes a reason; no note goes out, and the next proof asks no more."""
    await billed_wrongly(world)
    await give(world, Role.BILLING)
    one = (await findings(world, FindingState.OPEN))[0]
    form = dispute_form(FindingTarget(finding_id=one.id, channel="C0ACME"))
    assert wrongs("views.open", {"view": form}) == []
    await world.submit(form, {Field.NOTE: {"value": "agreed by mail"}})
    [decided] = await findings(world, FindingState.DISPUTED)
    assert (decided.id, decided.words) == (one.id, "agreed by mail")
    rejected = next(note for note in await notes(world) if note.id == one.adjustment_id)
    assert rejected.status is NoteStatus.REJECTED
    await world.command("invoices check 2026-03")
    assert len(await findings(world, FindingState.OPEN)) == 2


async def test_all_of_a_cause_are_decided_together(world: World) -> None:
    """The form previews them; what was shown is decided, and the sum is said."""
    await billed_wrongly(world)
    await give(world, Role.BILLING)
    cluster = (await view_of(world)).open[0]
    view = await show_group(ACME, cluster.key, storage=world.storage)
    assert view is not None
    form = group_form(view, "C0ACME")
    assert wrongs("views.open", {"view": form}) == []
    assert "3 orders charged" in json.dumps(form)
    choice = {"selected_option": {"value": "accepted"}}
    await world.submit(form, {Field.REASON: choice, Field.NOTE: {"value": ""}})
    said = world.slack.of("chat.postMessage")[-1].words
    assert "3 findings accepted, $20.55 too much" in said
    assert await findings(world, FindingState.OPEN) == []
    assert {note.status for note in await notes(world)} == {NoteStatus.ISSUED}


async def test_what_takes_a_lead_stays_open(world: World) -> None:
    """A large note is a lead's to let out; the analyst is told so, and the lead does it."""
    await billed_wrongly(world, orders=1, cents=9_944)
    await give(world, Role.BILLING)
    [one] = await findings(world, FindingState.OPEN)
    await press(world, Verb.FINDING_ACCEPT, one.id)
    assert "takes a lead" in world.slack.of("chat.postEphemeral")[-1].words
    await give(world, Role.LEAD, "U0JOE")
    await press(world, Verb.FINDING_ACCEPT, one.id, "U0JOE")
    assert await findings(world, FindingState.OPEN) == []


async def test_only_who_may_correct_decides(world: World) -> None:
    """An operator sees findings and decides on none."""
    await billed_wrongly(world)
    await give(world, Role.OPERATOR)
    one = (await findings(world, FindingState.OPEN))[0]
    await press(world, Verb.FINDING_ACCEPT, one.id)
    assert len(await findings(world, FindingState.OPEN)) == 3


async def test_the_evidence_is_one_click_away(world: World) -> None:
    """The billed line, the tariff's line, and the order's events with those that count."""
    await billed_wrongly(world)
    one = (await findings(world, FindingState.OPEN))[0]
    await press(world, Verb.FINDING_EVIDENCE, one.id)
    shown: dict[str, Any] = world.slack.of("views.update")[-1].said["view"]
    words = json.dumps(shown)
    assert "label created" in words
    assert "label 1 x $7.00" in words


async def test_a_colleague_is_asked(world: World) -> None:
    """The question is posted with the card; nothing in it is alive but the colleague."""
    await billed_wrongly(world)
    one = (await findings(world, FindingState.OPEN))[0]
    form = ask_form(FindingTarget(finding_id=one.id, channel="C0ACME"))
    assert wrongs("views.open", {"view": form}) == []
    question = {"value": "did <!channel> agree?"}
    await world.submit(form, {Field.MEMBER: {"selected_user": "U0JOE"}, Field.NOTE: question})
    said = world.slack.of("chat.postMessage")[-1].words
    assert "<@U0JOE>" in said
    assert "<!channel>" not in said


async def test_a_note_that_is_decided_elsewhere_decides_its_finding(world: World) -> None:
    """Approved over the API, the finding is no longer open in Slack."""
    await billed_wrongly(world)
    one = (await findings(world, FindingState.OPEN))[0]
    assert one.adjustment_id is not None
    await decide_note(
        1,
        one.adjustment_id,
        Decider(name="api:3"),
        approve=True,
        storage=world.storage,
        now=NOW,
    )
    [accepted] = [
        filed for filed in await findings(world, FindingState.ACCEPTED) if filed.id == one.id
    ]
    assert accepted.decided_by == "api:3"


async def test_the_digest_says_what_waits_and_what_was_saved(world: World) -> None:
    """Totals, a chart of the causes, the largest findings; and this month's decisions."""
    await billed_wrongly(world)
    await give(world, Role.BILLING)
    one = (await findings(world, FindingState.OPEN))[0]
    await press(world, Verb.FINDING_OURS, one.id)
    for chart in ChartAs:
        drawn = renderer.invoice_digest(await view_of(world), chart)
        said_so = {"text": drawn.text, "blocks": [dict(block) for block in drawn.blocks]}
        assert wrongs("chat.postMessage", {**said_so, **UNFURLED}) == []
    said = json.dumps([dict(block) for block in drawn.blocks])
    assert "2 findings on invoices of Acme Outdoors wait for a decision" in drawn.text
    assert "Saved in March 2026: $7.15" in said
    assert "1 our error" in said
    quiet = replace(await view_of(world), open=(), largest=())
    assert "Every invoice of Acme Outdoors proves right" in invoices([quiet]).text


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("invoices", ShowInvoices()),
        ("invoices 2026-10", ShowInvoices(period="2026-10")),
        ("invoices check", CheckInvoices()),
        ("invoices check 2026-10", CheckInvoices(period="2026-10")),
        ("finding 12", ShowFinding(finding_id=12)),
        ("finding 12 accept", DecideFinding(finding_id=12, state=FindingState.ACCEPTED)),
        (
            "finding 12 dispute agreed by mail",
            DecideFinding(finding_id=12, state=FindingState.DISPUTED, words="agreed by mail"),
        ),
    ],
)
def test_words_about_invoices_are_understood(said: str, meant: object) -> None:
    """Typed or said, with a month as calendars write it; a dispute takes a reason."""
    for talk in (False, True):
        assert parse(said, talk=talk) == meant
    assert isinstance(parse("finding 12 dispute", talk=False), Incomplete)
    assert isinstance(parse("invoices october", talk=False), Incomplete)
    assert isinstance(parse("invoices are wrong why", talk=True), Ask)


@pytest.mark.parametrize("value", [None, "", "{}", '{"id":0}', '{"id":"7"}', "[]", "x" * 4000])
def test_a_value_that_is_not_ours_means_nothing(value: object) -> None:
    """Buttons and forms of others are no targets."""
    assert decode_finding(value) is None
    assert decode_group(value) is None
