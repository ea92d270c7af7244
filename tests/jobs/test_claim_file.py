"""A claim against a carrier: one document with its evidence, brought once, with a real outcome."""

from dataclasses import replace

import pytest

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_claim import deliver_claim
from jobs.errors import SlackRefusedError, SlackRetryError
from jobs.resolving import Resolving
from policies.attempts import Attempt, AttemptState
from policies.claim_file import claim_name
from policies.records import OutboxMessage
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.resolutions import acted, attempts, resolving_of, rules, run
from tests.jobs.world import World, of, open_world
from tests.policies.builders import at, event
from tests.policies.injections import INJECTIONS

CLAIM = "{CARRIER_ISSUE: [{do: claim_file, within: 30m, proved_by: [carrier_scan]}]}"
UPS = {"carrier": "UPS", "tracking_number": "1Z999AA10123456784", "order_value_cents": 12_050}
LATE = 120 + 1441


async def not_taken(world: World, **facts: object) -> None:
    """SO-1 was packed a day and a minute ago, and no carrier has scanned it."""
    stated = {"note": "Ring Jane Canary <!channel>", "warehouse": "ATL1", **UPS, **facts}
    await world.hear(
        of("SO-1", event("order_paid", 0, "paid", **stated)),
        of("SO-1", event("pick_completed", 60, "picked", **stated)),
        of("SO-1", event("pack_completed", 120, "packed", **stated)),
        minute=120,
    )
    await world.judge(121)
    await world.judge(LATE)


def claiming(world: World, text: str = CLAIM) -> Resolving:
    """Acme's policy opens a claim file."""
    return resolving_of(world.storage, world.promises, rules(text))


def notices(world: World) -> list[OutboxMessage]:
    """The claim files that wait in the outbox."""
    waiting = (held.message for held in world.storage.state.outbox.values())
    return [one for one in waiting if one.payload.get("notice") == "claim_file"]


async def bring(world: World, messenger: FakeMessenger, *, uncertain: bool = False) -> str:
    """Delivers the one that waits."""
    (message,) = notices(world)
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=messenger
    )
    return await deliver_claim(
        replace(message, uncertain=uncertain), delivery=delivery, now=at(LATE + 2)
    )


def tried(world: World) -> Attempt:
    """The one attempt."""
    (one,) = attempts(world)
    return one


async def test_the_document_has_the_evidence_and_no_free_text(world: World) -> None:
    """Carrier, tracking, promise, delay, cost and every event; nobody's notes."""
    await not_taken(world)
    await run(claiming(world), LATE + 1)
    one = tried(world)
    assert (one.state, one.request["file"]) == (AttemptState.WAITING, claim_name(1, 1))
    assert one.response == "claim-1-1.txt with 3 events, on its way to Slack"
    text = one.request["text"]
    for words in (
        f"Reference: {one.key}",
        "Against: UPS",
        "Tracking number: 1Z999AA10123456784",
        "Client: Acme",
        "Order: SO-1",
        "Shipped from: ATL1",
        "Reason: carrier issue",
        "Value of the order: 120.50 USD",
        "Credit to the client: none known",
        "Events (3)",
        "pack_completed  wms  packed",
        "2 min over",
    ):
        assert words in text
    assert "Canary" not in text
    assert "<!" not in text


async def test_it_comes_to_the_thread_once(world: World) -> None:
    """A second run opens no second one, and an upload whose answer was lost is found."""
    await not_taken(world)
    resolving = claiming(world)
    for minute in (1, 2, 3):
        await run(resolving, LATE + minute)
    messenger = FakeMessenger()
    messenger.failures["brought"] = [SlackRetryError("lost", uncertain=True)]
    with pytest.raises(SlackRetryError):
        await bring(world, messenger)
    assert await bring(world, messenger, uncertain=True) == "found"
    ((channel, _, document),) = messenger.files
    assert (channel, document.name) == ("#acme-ops", "claim-1-1.txt")
    assert document.words == "Claim file of #1, with its evidence"
    assert tried(world).response == "claim-1-1.txt is in the channel"


async def test_it_lies_below_the_card(world: World) -> None:
    """Where the exception has a card, the file is in its thread."""
    await not_taken(world)
    await run(claiming(world), LATE + 1)
    async with world.storage.write() as tx:
        await tx.alerts.sent(1, "card", channel_id="C0ACME", ts="7.0", digest="d")
    messenger = FakeMessenger()
    assert await bring(world, messenger) == "posted"
    assert [(place, root) for place, root, _ in messenger.files] == [("C0ACME", "7.0")]
    assert tried(world).response == "claim-1-1.txt is in the thread"


async def test_it_is_found_where_it_came_before_there_was_a_card(world: World) -> None:
    """A lost upload to the channel is not made again below a card that was posted meanwhile."""
    await not_taken(world)
    await run(claiming(world), LATE + 1)
    messenger = FakeMessenger()
    messenger.failures["brought"] = [SlackRetryError("lost", uncertain=True)]
    with pytest.raises(SlackRetryError):
        await bring(world, messenger)
    async with world.storage.write() as tx:
        await tx.alerts.sent(1, "card", channel_id="#acme-ops", ts="7.0", digest="d")
    assert await bring(world, messenger, uncertain=True) == "found"
    assert len(messenger.files) == 1


async def test_what_slack_refuses_has_failed(world: World) -> None:
    """The attempt ends as failed with Slack's reason, and counts; the document is kept."""
    await not_taken(world)
    await run(claiming(world), LATE + 1)
    messenger = FakeMessenger(failures={"bring": [SlackRefusedError("missing_scope")]})
    with pytest.raises(SlackRefusedError):
        await bring(world, messenger)
    one = tried(world)
    assert (one.state, one.response) == (
        AttemptState.FAILED,
        "Slack refused the file: missing_scope",
    )
    assert "Claim" in one.request["text"]
    assert world.record().resolution_attempts == 1


async def test_its_outcome_is_proved_as_any_other(world: World) -> None:
    """A file alone is no success: the event that the policy names is."""
    await not_taken(world)
    resolving = claiming(world)
    await run(resolving, LATE + 1)
    scan = of("SO-1", event("carrier_scan", LATE + 5, "scan", **UPS))
    await world.hear(scan, minute=LATE + 5)
    await run(resolving, LATE + 10)
    assert tried(world).state is AttemptState.SUCCEEDED


@pytest.mark.parametrize("missing", ["carrier", "tracking_number"])
async def test_nothing_is_claimed_without_carrier_and_number(world: World, missing: str) -> None:
    """Where a fact that a claim needs is not known, none is opened."""
    await not_taken(world, **{missing: None})
    await run(claiming(world), LATE + 1)
    assert not attempts(world)


async def test_a_rehearsal_and_an_approval_come_first(world: World) -> None:
    """Dry run makes and sends nothing; with approval it waits for a person's word."""
    await not_taken(world)
    text = CLAIM.replace("within", "dry_run: first, approve: lead, within")
    await run(claiming(world, text), LATE + 1)
    assert tried(world).state is AttemptState.REHEARSED
    await run(claiming(world, text), LATE + 2)
    assert [one.state for one in attempts(world)] == [AttemptState.REHEARSED, AttemptState.ASKED]
    assert notices(world) == []
    assert [one.request for one in attempts(world)] == [
        {"file": "claim-1-1.txt"},
        {"file": "claim-1-2.txt"},
    ]


async def test_a_silent_house_keeps_it(world: World) -> None:
    """Where nothing is posted, the document is made and kept, and says so."""
    await not_taken(world)
    await run(replace(claiming(world), notify=False), LATE + 1)
    assert tried(world).response == "claim-1-1.txt with 3 events, kept, nothing is posted here"
    assert notices(world) == []


async def test_blocked_ones_are_left_alone(world: World) -> None:
    """A person's block holds for claim files as well."""
    await not_taken(world)
    await acted(world, "block", world.record(), LATE)
    await run(claiming(world), LATE + 1)
    assert not attempts(world)


async def test_hostile_facts_stay_one_dead_line() -> None:
    """Whatever a source calls its carrier, the document has one line of it and Slack no trick."""
    for trick in INJECTIONS.values():
        world = await open_world()
        await not_taken(world, carrier=trick.text)
        await run(claiming(world), LATE + 1)
        messenger = FakeMessenger()
        await bring(world, messenger)
        ((_, _, document),) = messenger.files
        (against,) = [one for one in document.text.split("\n") if one.startswith("Against: ")]
        assert len(against) < 150
        assert document.words == "Claim file of #1, with its evidence"
