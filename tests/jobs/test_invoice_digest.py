"""The digest of invoices: at eight where the client is, once, and only where it is asked for."""

from datetime import UTC, datetime

from handlers.blocks import renderer
from jobs.check_invoices import Checking, check_month
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.invoice_digest import post_due_invoice_digests
from jobs.subscribe import Place, subscribe
from policies.promises import Promises
from policies.records import OutboxMessage
from policies.routing import INVOICES
from storage.memory import MemoryStorage
from tests.jobs.books import OCTOBER, Books, open_books, shipped
from tests.jobs.fake_messenger import FakeMessenger

PLACE = Place(channel_id="C0ACME", actor="slack:U0MARIA", channel="#e2a-alerts")


def at(hour: int, day: int = 5) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, 15, tzinfo=UTC)


async def post(books: Books, now: datetime) -> int:
    """The job at that time."""
    return await post_due_invoice_digests(
        storage=books.storage, now=now, wall_now=now, default_channel="#e2a-alerts"
    )


def outbox(books: Books) -> list[OutboxMessage]:
    """What is to be posted."""
    assert isinstance(books.storage, MemoryStorage)
    return [held.message for held in books.storage.state.outbox.values()]


async def deliver(books: Books) -> tuple[str, FakeMessenger]:
    """Posts the last message."""
    slack = FakeMessenger()
    delivery = Delivery(
        storage=books.storage,
        promises=Promises(rules=()),
        renderer=renderer,
        messenger=slack,
        default_channel="#e2a-alerts",
    )
    return await deliver_notice(outbox(books)[-1], delivery=delivery, now=at(8)), slack


async def test_nobody_is_told_unasked() -> None:
    """Without a subscription nothing is posted, at any hour."""
    books = await open_books()
    assert [await post(books, at(hour)) for hour in range(24)] == [0] * 24


async def test_a_channel_is_told_each_morning_once() -> None:
    """At eight and not at nine, once a day; nothing is posted before anything was proved."""
    books = await open_books()
    await subscribe(PLACE, INVOICES, [books.tenant.id], {}, storage=books.storage, now=at(1))
    assert [await post(books, at(hour)) for hour in (7, 8, 8, 9)] == [0, 1, 0, 0]
    outcome, slack = await deliver(books)
    assert (outcome, slack.posts) == ("gone", [])
    await books.hear(shipped("SO-1"))
    checking = Checking(storage=books.storage, tariffs=books.tariffs, promises=Promises(rules=()))
    await check_month(books.tenant, OCTOBER, checking=checking, now=at(2, day=6))
    assert await post(books, at(8, day=6)) == 1
    outcome, slack = await deliver(books)
    assert outcome == "posted"
    assert "1 finding on invoices of acme" in str(slack.drawn)
