"""Learns documents that people hand over, and forgets them again; both stand on the trail.

Must not read files or decide who may: both is done before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath

from jobs.ports import Storage
from jobs.ports.documents import Reader, ReadFile
from jobs.ports.files import Received
from policies.documents import CHANNEL, DIRECT, LearnedDocument, succeed
from policies.records import AuditEntry, Tenant

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose document it is to be, and what the person said of it.

    Where the file says dates of its own, the narrower ones hold.
    """

    tenant: Tenant
    actor: str
    correlation_id: str
    direct: bool = False
    effective_from: datetime | None = None
    effective_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A document as it is kept now. `fresh` is False where that very file was known already."""

    tenant: Tenant
    document: LearnedDocument
    read: ReadFile
    fresh: bool


async def learn_document(
    received: Received, wish: Wish, *, storage: Storage, reader: Reader, now: datetime
) -> Learned:
    """Reads a file and keeps its text, as a new version where there is one of that name.

    Raises:
        UnreadableError: there is no text in it; nothing was kept.
    """
    read = await reader.read(received)
    document = _document(received, read, wish, now)
    tenant_id, name = wish.tenant.id, document.name
    async with storage.write() as tx:
        known = await tx.documents.latest([tenant_id])
        before = next((one for one in known if one.name == name), None)
        if before is not None and _alike(before, document):
            same = replace(document, id=before.id, number=before.number)
            return Learned(tenant=wish.tenant, document=same, read=read, fresh=False)
        succession = succeed(document, before)
        kept = await tx.documents.add(succession.document, succession.ends_before)
        await tx.audit.append([_on_trail(kept, wish, "learn_document", now)])
    return Learned(tenant=wish.tenant, document=kept, read=read, fresh=True)


async def forget_document(name: str, wish: Wish, *, storage: Storage, now: datetime) -> int:
    """Deletes all versions of a client's document; returns how many there were."""
    async with storage.write() as tx:
        gone = await tx.documents.forget(wish.tenant.id, name)
        if gone:
            entry = AuditEntry(
                tenant_id=wish.tenant.id,
                at=now,
                actor=wish.actor,
                action="forget_document",
                subject=f"document:{name}",
                note=f"versions: {gone}",
                correlation_id=wish.correlation_id,
            )
            await tx.audit.append([entry])
    return gone


async def list_documents(
    tenants: Sequence[Tenant], *, storage: Storage
) -> list[tuple[Tenant, LearnedDocument]]:
    """The latest version of each document of these clients."""
    by_id = {tenant.id: tenant for tenant in tenants}
    async with storage.read() as tx:
        found = await tx.documents.latest([*by_id])
    return [(by_id[one.tenant_id], one) for one in found]


def _document(received: Received, read: ReadFile, wish: Wish, now: datetime) -> LearnedDocument:
    direct = wish.direct or read.visibility == DIRECT
    return LearnedDocument(
        tenant_id=wish.tenant.id,
        name=name_of(received.file.name),
        form=read.form,
        pages=read.pages,
        digest=sha256(received.content).hexdigest(),
        added_by=wish.actor,
        added_at=now,
        visibility=DIRECT if direct else CHANNEL,
        effective_from=max(_said(wish.effective_from, read.effective_from), default=None),
        effective_until=min(_said(wish.effective_until, read.effective_until), default=None),
    )


def _said(*moments: datetime | None) -> list[datetime]:
    return [moment for moment in moments if moment is not None]


def name_of(file: str) -> str:
    """What citations call a file: its bare name, on one line."""
    bare = " ".join(PurePath(file.replace("\\", "/")).name.split())
    return bare[:_LONGEST_NAME] or "document"


def _alike(before: LearnedDocument, document: LearnedDocument) -> bool:
    """Whether it is the same file, of which the same is said; unsaid dates are no difference."""
    said = (document.effective_from, document.effective_until)
    kept = (before.effective_from, before.effective_until)
    same = all(one is None or one == other for one, other in zip(said, kept, strict=True))
    return same and (before.digest, before.visibility) == (document.digest, document.visibility)


def _on_trail(document: LearnedDocument, wish: Wish, action: str, now: datetime) -> AuditEntry:
    return AuditEntry(
        tenant_id=document.tenant_id,
        at=now,
        actor=wish.actor,
        action=action,
        subject=f"document:{document.name}",
        after={
            "version": document.number,
            "digest": document.digest[:16],
            "visibility": document.visibility,
        },
        correlation_id=wish.correlation_id,
    )
