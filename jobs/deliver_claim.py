"""Brings a claim file into the thread of its exception, once, and keeps whether it came.

Must not make the document. An upload of which nobody knows whether it arrived is looked for by the
file's name before it is made again.
"""

from dataclasses import replace
from datetime import datetime

from jobs.deliver_alert import Delivery
from jobs.errors import SlackRefusedError
from jobs.note_attempt import note_end
from jobs.open_claim import FILE, TEXT
from jobs.ports.slack import Document, Messenger
from jobs.show_storm import thread_of
from jobs.tell import CARD
from policies.attempts import Attempt, AttemptState
from policies.records import ExceptionRecord, OutboxMessage
from policies.storms import Thread


async def deliver_claim(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Uploads the file below the exception's card; in the channel where there is no card yet.

    Returns:
        `posted`, `found` (an uncertain earlier attempt had arrived), `ambiguous` (posted, though
        nobody could look) or `gone`.

    Raises:
        SlackRetryError: Slack did not take it; nothing is recorded.
        SlackRefusedError: Slack never will; then the attempt has failed.
    """
    async with delivery.storage.read() as tx:
        attempt = await tx.attempts.get(message.payload["attempt_id"])
        record = await tx.exceptions.get(message.payload["exception_id"])
        thread = await thread_of(tx, record.id) if record else None
    if attempt is None or record is None or TEXT not in attempt.request:
        return "gone"
    channel, root = _place(message, thread)
    name = str(attempt.request[FILE])
    outcome = await _looked(message, channel, name, root, delivery.messenger)
    if outcome == "found":
        return await _came(attempt, root, outcome, delivery)
    document = Document(
        name=name,
        text=str(attempt.request[TEXT]),
        words=delivery.renderer.claim(record.id).text,
    )
    try:
        await delivery.messenger.bring(channel, document, thread_ts=root)
    except SlackRefusedError as error:
        failed = replace(attempt, response=f"Slack refused the file: {error}")
        await _refused(failed, record, delivery, now, message.created_at or now)
        raise
    return await _came(attempt, root, outcome, delivery)


async def _looked(
    message: OutboxMessage, channel: str, name: str, root: str | None, messenger: Messenger
) -> str:
    """Whether an upload in doubt has arrived, be it before there was a card."""
    if not message.uncertain:
        return "posted"
    try:
        for place in dict.fromkeys((root, None)):
            if await messenger.has_file(channel, name, thread_ts=place):
                return "found"
    except SlackRefusedError:
        return "ambiguous"
    return "posted"


def _place(message: OutboxMessage, thread: Thread | None) -> tuple[str, str | None]:
    root = thread.part(CARD).ts if thread is not None else None
    if thread is None or root is None:
        return message.payload["channel"], None
    return thread.channel_id or thread.channel, root


async def _came(attempt: Attempt, root: str | None, outcome: str, delivery: Delivery) -> str:
    """Whether it helped is still to be seen: only that it is there is kept."""
    where = "thread" if root else "channel"
    there = replace(attempt, response=f"{attempt.request[FILE]} is in the {where}")
    async with delivery.storage.write() as tx:
        await tx.attempts.save(there, was=attempt.state)
    return outcome


async def _refused(
    attempt: Attempt, record: ExceptionRecord, delivery: Delivery, now: datetime, wall: datetime
) -> None:
    if attempt.state is not AttemptState.WAITING:
        return
    failed = replace(attempt, state=AttemptState.FAILED)
    async with delivery.storage.write() as tx:
        await note_end(tx, failed, record, now, wall, was=AttemptState.WAITING)
