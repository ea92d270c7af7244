"""Opens a claim file: makes the document, keeps it with its attempt, and has it brought to Slack.

Must not send anything: the outbox does, through deliver_claim.py. All in the caller's transaction.
"""

from dataclasses import replace
from datetime import datetime

from jobs.ports import Transaction
from jobs.put_on_record import Telling
from jobs.resolving import Resolving
from jobs.show import exception_view
from policies.attempts import Attempt
from policies.claim_file import claim_file, claim_name
from policies.records import ExceptionRecord, OrderKey, OutboxMessage

CLAIM = "claim_file"
"""The notice that brings a claim file."""
TEXT = "text"
"""Where the document is kept in an attempt's request."""
FILE = "file"
_PRIORITY = 30


async def open_claim(
    tx: Transaction,
    attempt: Attempt,
    record: ExceptionRecord,
    resolving: Resolving,
    now: datetime,
    wall_now: datetime,
) -> Attempt:
    """The attempt with its document; asking twice for the same attempt is once."""
    view = await exception_view(tx, record, resolving.promises, now)
    if view is None:
        return replace(attempt, response="the client is gone")
    key = OrderKey(tenant_id=record.tenant_id, order_id=record.order_id)
    events = (await tx.events.of_orders([key])).get(key, ())
    name = claim_name(record.id, attempt.number)
    text = claim_file(
        record,
        client=view.tenant.name,
        reference=attempt.key,
        promise=view.promise,
        events=[one for one in events if one.occurred_at <= now],
        credit_cents=view.credit_cents,
        now=now,
    )
    if resolving.notify:
        channel = Telling(default_channel=resolving.default_channel).channel_of(view.tenant)
        place = view.thread.channel if view.thread else channel
        await tx.outbox.put([_message(attempt, place)], wall_now)
    brought = "on its way to Slack" if resolving.notify else "kept, nothing is posted here"
    kept = {FILE: name, TEXT: text}
    return replace(attempt, request=kept, response=f"{name} with {len(events)} events, {brought}")


def _message(attempt: Attempt, channel: str) -> OutboxMessage:
    """Ids alone: what the document says stays with its attempt."""
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{CLAIM}:{attempt.id}",
        tenant_id=attempt.tenant_id,
        payload={
            "notice": CLAIM,
            "channel": channel,
            "attempt_id": attempt.id,
            "exception_id": attempt.exception_id,
            "order_id": attempt.order_id,
        },
        priority=_PRIORITY,
    )
