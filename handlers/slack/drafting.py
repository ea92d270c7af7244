"""Offers a note to a client, and hands out what a person made of it.

Must not send a note to anybody but the person who asked for it.
"""

from handlers.blocks import drafts as drawn
from handlers.blocks import notices
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.intents import Draft, Drafted
from handlers.slack.reads import find
from jobs.note_draft import Note, note_draft
from policies.lifecycle import Act

Outcome = tuple[Reply, str]


async def offer(intent: Draft, desk: Desk) -> Outcome:
    """The note as it would be, for the asker alone."""
    view = await find(intent.exception_id, desk)
    if isinstance(view, Reply):
        return view, "not_found"
    settings = await desk.services.personal.of(desk.asker.user_id)
    return Reply(message=drawn.draft_offer(view, settings.language), private=True), "answered"


async def hand_out(intent: Drafted, desk: Desk) -> Outcome:
    """The edited text to copy, for the asker alone; the trail keeps its digest."""
    services = desk.services
    act = Act(
        verb="draft",
        exception_id=intent.exception_id,
        actor=desk.asker.actor,
        actor_name=desk.person.name,
        tenant_ids=desk.tenant_ids,
        correlation_id=desk.asker.correlation_id,
    )
    note = Note(text=intent.text, tone=intent.tone, language=intent.language)
    record = await note_draft(
        note, act, storage=services.storage, now=desk.now, wall_now=services.wall_now()
    )
    if record is None:
        return Reply(message=notices.not_found(intent.exception_id), private=True), "not_found"
    return Reply(message=drawn.draft_to_copy(record, intent.text), private=True), "done"
