"""Erases what is stored about a person, and keeps what money, promises and the trail need.

Must not write over the trail, and puts no word of the person into it: a digest names the request.
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.ports import Storage
from jobs.ports.erasure import People
from jobs.tell import CARD, EXPLANATION, HISTORY, part_message
from policies.personal import Document, NotAPersonError, Person, digest_of, person_in, rewritten
from policies.records import AuditEntry, OutboxMessage, Tenant

_OF_ORDERS = (
    "events",
    "exceptions",
    "dead_letters",
    "work_items",
    "model_answers",
    "resolution_attempts",
)
_SEARCHED = ("events", "exceptions", "dead_letters")
_FREE = ("dead_letters", "outbox", "answers")
"""Searched for the person as a whole: such rows may belong to no order."""
_TRIES = 5
_MOST_ORDERS = 200
ACTION = "personal_data_erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Whose data is to go, by what it was asked for (`kind`), why, and who does it."""

    tenant: Tenant
    kind: str
    person: Person
    reason: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was found and written over: orders, rows by table, cards that are drawn anew.

    `in_trail` counts entries of the trail that name the person and stay as they are.
    """

    digest: str
    orders: tuple[str, ...]
    rows: Mapping[str, int]
    cards: int
    in_trail: int


async def erase_person(
    request: Request,
    *,
    people: People,
    storage: Storage,
    now: datetime,
    wall_now: datetime,
    dry_run: bool = False,
) -> Erasure:
    """Erases, or only says what would be.

    Raises:
        NotAPersonError: the reason names the person, and would keep it in the trail.
    """
    if request.person.in_text(request.reason):
        message = "the reason names the person; write a number of your own instead"
        raise NotAPersonError(message)
    tenant_id = request.tenant.id
    orders = await _orders(request, people)
    person = await _known(request, orders, people)
    in_trail = await _count("audit", person, tenant_id, people)
    changed = await _changes(person, orders, tenant_id, people)
    messages = await _redraws(changed, storage)
    erasure = Erasure(
        digest=digest_of(tenant_id, request.kind, request.person),
        orders=tuple(sorted(orders)),
        rows=Counter(document.table for document in changed),
        cards=len({message.payload["alert_id"] for message in messages}),
        in_trail=in_trail,
    )
    if dry_run:
        return erasure
    await people.rewrite(tenant_id, changed, _entry(request, erasure, now), messages, wall_now)
    for _ in range(_TRIES):  # what came in or was changed meanwhile
        if not (left := await _changes(person, orders, tenant_id, people)):
            break
        await people.rewrite(tenant_id, left, None, (), wall_now)
    return erasure


async def _orders(request: Request, people: People) -> set[str]:
    """The orders that name the person, or that was asked for, under every name."""
    found = set(request.person.orders)
    if not found:
        for table in _SEARCHED:
            async for document in _all(table, request.tenant.id, people):
                if document.order_id and request.person.within(document.texts):
                    found.add(document.order_id)
    return await people.family(request.tenant.id, found) if found else found


async def _known(request: Request, orders: Collection[str], people: People) -> Person:
    """By what the person is known: as asked for, and as the orders' own fields say."""
    person = request.person
    for table in ("events", "dead_letters"):
        for document in await people.of_orders(table, request.tenant.id, orders):
            person |= person_in(document.texts["payload"])
    return person


async def _changes(
    person: Person, orders: Collection[str], tenant_id: int, people: People
) -> list[Document]:
    """The rows as they are to be; those that stay are left out."""
    changed: dict[tuple[str, int], Document] = {}
    for table in _OF_ORDERS:
        for document in await people.of_orders(table, tenant_id, orders):
            if after := rewritten(document, person):
                changed[table, document.id] = after
    for table in _FREE:
        async for document in _all(table, tenant_id, people):
            if (table, document.id) in changed or not person.within(document.texts):
                continue
            if after := rewritten(document, person):
                changed[table, document.id] = after
    return list(changed.values())


async def _count(table: str, person: Person, tenant_id: int, people: People) -> int:
    named = 0
    async for document in _all(table, tenant_id, people):
        named += person.within(document.texts)
    return named


async def _all(table: str, tenant_id: int, people: People) -> AsyncIterator[Document]:
    after = 0
    while page := await people.page(table, tenant_id, after):
        for document in page:
            yield document
        after = page[-1].id


async def _redraws(changed: Sequence[Document], storage: Storage) -> list[OutboxMessage]:
    """Posted messages of the exceptions that change are brought up to date."""
    messages: list[OutboxMessage] = []
    async with storage.read() as tx:
        for document in changed:
            if document.table != "exceptions":
                continue
            for alert in await tx.alerts.of_exception(document.id):
                parts = (CARD, EXPLANATION, HISTORY)
                messages += [part_message(alert, part, None, document.order_id) for part in parts]
    return messages


def _entry(request: Request, erasure: Erasure, now: datetime) -> AuditEntry:
    return AuditEntry(
        tenant_id=request.tenant.id,
        at=now,
        actor=request.actor,
        action=ACTION,
        subject="erasure",
        after={
            "by": request.kind,
            "digest": erasure.digest,
            "orders": list(erasure.orders[:_MOST_ORDERS]),
            "rows": dict(erasure.rows),
        },
        note=request.reason,
    )
