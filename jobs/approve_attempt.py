"""Asks in the client's channel for a person's word on an attempt that a policy wants approved.

Must not decide who may: policies/permissions.py does, again when somebody presses.
"""

from datetime import datetime

from jobs.ask_approval import put_request
from jobs.let_attempt import ATTEMPT
from jobs.ports import Transaction
from jobs.put_on_record import Telling
from jobs.resolving import Resolving
from policies.attempts import Attempt
from policies.permissions import NEEDED
from policies.records import ExceptionRecord, Tenant
from policies.resolution import ACTOR, VERBS, Approve
from policies.roles import Approval, holders

NAME = "The resolution policy"


async def ask_for_attempt(
    tx: Transaction,
    attempt: Attempt,
    record: ExceptionRecord,
    tenant: Tenant,
    approve: Approve,
    resolving: Resolving,
    now: datetime,
    wall_now: datetime,
) -> None:
    """Keeps the wish, and posts it where anything is posted at all."""
    verb = VERBS[approve]
    channel = Telling(default_channel=resolving.default_channel).channel_of(tenant)
    approval = Approval(
        id=0,
        tenant_id=tenant.id,
        exception_id=record.id,
        verb=verb,
        wish={ATTEMPT: attempt.id, "note": attempt.action, "reason": None},
        asked_by=ACTOR,
        asked_name=NAME,
        channel_id=channel,
        asked_at=now,
    )
    found = holders(await tx.roles.all(), NEEDED[verb], tenant.id)
    people = [one.partition(":") for one in found]
    may = [f"<@{who}>" for kind, _, who in people if kind == "user"]
    may += [f"<!subteam^{who}>" for kind, _, who in people if kind == "group"]
    post = channel if resolving.notify else None
    await put_request(tx, approval, record.order_id, post, may, None, wall_now)
