"""Learns files as documents, lists and forgets them, for clients for whom the person may.

Must not read files: the job has them read.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.blocks import documents as drawn
from handlers.blocks import notices
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.document_words import Teaching, read_teaching
from handlers.slack.file_intents import ForgetDocument, ShowDocuments
from handlers.slack.places import client_called
from jobs.keep_documents import Learned, Wish, forget_document, learn_document, list_documents
from jobs.ports.documents import UnreadableError
from jobs.ports.files import Received
from policies.local_time import at_local
from policies.records import Tenant

Outcome = tuple[Reply, str]


async def learn_files(desk: Desk, received: Sequence[Received], words: Sequence[str]) -> Outcome:
    """Keeps each file's text as a document; one that cannot be read harms no other."""
    teaching = read_teaching(words)
    tenant = _meant(teaching.client, desk) if isinstance(teaching, Teaching) else teaching
    if isinstance(tenant, str) or isinstance(teaching, str):
        return _aside(f"{tenant} Nothing was read."), "not_found"
    wish = Wish(
        tenant=tenant,
        actor=desk.asker.actor,
        correlation_id=desk.asker.correlation_id,
        direct=teaching.direct,
        effective_from=_midnight(teaching.begins, tenant),
        effective_until=_midnight(teaching.ends, tenant, after=1),
    )
    services = desk.services
    learned: list[Learned] = []
    faults: list[str] = []
    for one in received:
        try:
            done = await learn_document(
                one, wish, storage=services.storage, reader=services.reader, now=desk.now
            )
        except UnreadableError as error:
            faults.append(str(error))
        else:
            learned.append(done)
    result = "done" if any(one.fresh for one in learned) else "impossible"
    return Reply(message=drawn.learned(learned, faults), private=not learned), result


async def show_documents(_intent: ShowDocuments, desk: Desk) -> Outcome:
    """The latest version of each document of the visible clients."""
    found = await list_documents(desk.tenants, storage=desk.services.storage)
    shown = [(tenant, one) for tenant, one in found if desk.asker.alone or one.visible]
    hidden = len(found) - len(shown)
    return Reply(message=drawn.documents(shown, hidden, desk.now)), "answered"


async def forget_it(intent: ForgetDocument, desk: Desk) -> Outcome:
    """Deletes a document with all its versions."""
    found = await list_documents(desk.tenants, storage=desk.services.storage)
    if intent.client:
        client = client_called(intent.client, desk.tenants)
        found = [(tenant, one) for tenant, one in found if tenant == client]
    name = intent.name.casefold()
    meant = [(tenant, one) for tenant, one in found if one.name.casefold() == name]
    if len(meant) != 1:
        return _aside(_which([tenant for tenant, _ in meant], intent)), "not_found"
    ((tenant, one),) = meant
    asker = desk.asker
    wish = Wish(tenant=tenant, actor=asker.actor, correlation_id=asker.correlation_id)
    gone = await forget_document(one.name, wish, storage=desk.services.storage, now=desk.now)
    return Reply(message=drawn.forgotten(one.name, tenant.name, gone)), "done"


def _which(tenants: Sequence[Tenant], intent: ForgetDocument) -> str:
    if tenants:
        clients = ", ".join(tenant.name for tenant in tenants)[:200]
        return f"Several clients have {intent.name[:80]}: {clients}. Say: forget NAME for CLIENT"
    return (
        f"There is no document {intent.name[:80]} here that you may forget. Say documents for all."
    )


def _meant(client: str, desk: Desk) -> Tenant | str:
    """The client that is named; the only one where none is."""
    known = ", ".join(tenant.name for tenant in desk.tenants)[:200]
    if client:
        found = client_called(client, desk.tenants)
        return found or f"There is no client {client[:60]} here for which you may do that."
    if len(desk.tenants) == 1:
        return desk.tenants[0]
    return f"Say whose document it is: learn for CLIENT, one of {known}."


def _midnight(day: date | None, tenant: Tenant, *, after: int = 0) -> datetime | None:
    """The beginning of a day where the client is."""
    return at_local(day + timedelta(days=after), 0, tenant.timezone) if day else None


def _aside(words: str) -> Reply:
    return Reply(message=notices.told(words), private=True)
