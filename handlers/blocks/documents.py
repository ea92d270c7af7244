"""Draws documents that E2A was given: what was read, which there are, which is gone.

Must not look anything up, and must not quote what is in them.
"""

from collections.abc import Sequence
from datetime import datetime

from handlers.blocks.elements import context, header, message, section
from handlers.blocks.ids import COMMAND
from handlers.blocks.text import counted, data, joined, moment
from jobs.keep_documents import Learned
from jobs.ports.slack import Message
from policies.documents import LearnedDocument
from policies.records import Tenant

_NAME, _MOST = 80, 40


def learned(done: Sequence[Learned], faults: Sequence[str]) -> Message:
    """What was read of each file, and which could not be."""
    shown = [section(*_learned(one)) for one in done]
    shown += [section(f"Not learned: {data(fault, 300)}") for fault in faults]
    names = ", ".join(data(one.document.name, _NAME) for one in done)
    text = f"Learned {names}" if done else "Nothing was learned"
    if done:
        first = data(done[0].document.name, _NAME)
        shown.append(
            context(f"Answers use it within a minute. `{COMMAND} forget {first}` ends that.")
        )
    return message(text, shown)


def documents(
    found: Sequence[tuple[Tenant, LearnedDocument]], hidden: int, now: datetime
) -> Message:
    """One line a document, by client."""
    text = counted(len(found), "document") if found else "No documents"
    lines = [_listed(tenant, one, now) for tenant, one in found[:_MOST]]
    over = len(found) - len(lines)
    notes = [
        f"{counted(over, 'document')} more." if over else "",
        f"{counted(hidden, 'document')} only for direct messages: ask me there." if hidden else "",
        "Runbooks in the policies folder count besides." if found else "",
    ]
    how = f"To add one, upload it with the word `learn`. `{COMMAND} forget NAME` deletes one."
    shown = [header(text), *(section(line) for line in lines)]
    return message(text, [*shown, context(" ".join([*filter(None, notes), how]))])


def forgotten(name: str, client: str, versions: int) -> Message:
    """What is gone."""
    told = f"Forgot *{data(name, _NAME)}* of {data(client)}: {counted(versions, 'version')}"
    return message(
        f"Forgot {data(name, _NAME)}",
        [section(told), context("It is out of the search within a minute. Slack keeps the file.")],
    )


def _learned(one: Learned) -> list[str]:
    document, read = one.document, one.read
    client = data(one.tenant.name)
    if not one.fresh:
        return [f"*{data(document.name, _NAME)}* of {client} was known already. Nothing changed."]
    pages = counted(len([page for page in read.pages if page.strip()]), "page")
    what = joined(pages if read.numbered else None, counted(read.passages, "passage"))
    seen = (
        "Quoted only in direct messages"
        if document.visibility == "direct"
        else f"Quoted wherever {client} is seen"
    )
    return [
        f"Learned *{data(document.name, _NAME)}* for {client}: {what}",
        joined(f"Version {document.number}", _holds(document), seen),
    ]


def _listed(tenant: Tenant, one: LearnedDocument, now: datetime) -> str:
    over = one.effective_until is not None and one.effective_until <= now
    return joined(
        f"*{data(one.name, _NAME)}*",
        data(tenant.name),
        f"version {one.number}",
        "not in force any more" if over else _holds(one),
        "direct messages only" if not one.visible else None,
        f"since {moment(one.added_at)}",
    )


def _holds(one: LearnedDocument) -> str | None:
    begins = f"from {one.effective_from:%Y-%m-%d}" if one.effective_from else None
    ends = f"before {one.effective_until:%Y-%m-%d}" if one.effective_until else None
    both = " ".join(part for part in (begins, ends) if part)
    return f"in force {both}" if both else None
