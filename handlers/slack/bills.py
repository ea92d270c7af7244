"""Has bills of carriers audited, shows what came of them, and ends their countdown.

Must not judge a line, and does nothing for clients for whom the person may not.
"""

import asyncio
from collections.abc import Sequence

from handlers.blocks import bills as drawn
from handlers.blocks import notices
from handlers.blocks.bill_sheet import bill_sheet
from handlers.blocks.bill_words import amounts
from handlers.blocks.sheets import Sheet
from handlers.slack.asker import Reply
from handlers.slack.bill_intents import ConfirmColumns, FileClaims, ShowBills
from handlers.slack.bill_reading import read_bill_words
from handlers.slack.desk import Desk
from handlers.slack.places import client_called
from jobs.audit_bill import Asked, Auditing, Bill, confirm, take_in
from jobs.keep_bill import Audited
from jobs.ports.files import Received
from jobs.show_bills import bill_view, file_claims, recent_bills, show_bill
from jobs.views.bills import BillView
from policies.money.audit.kept import columns_in
from policies.money.audit.record import BillLine, BillState
from policies.money.audit.table import BillFileError
from policies.records import Tenant

Outcome = tuple[Reply, str]


async def audit_files(desk: Desk, received: Sequence[Received], words: Sequence[str]) -> Outcome:
    """Takes one file in: judged where its columns are known, else asked about."""
    said = read_bill_words(words)
    tenant = _meant(said.client, desk)
    if isinstance(tenant, str):
        return _aside(tenant), "not_found"
    if len(received) != 1:
        return _aside("One bill at a time, please. Nothing was read."), "impossible"
    bill = Bill(
        content=received[0].content,
        name=received[0].file.name,
        actor=desk.asker.actor,
        carrier=said.carrier,
        channel_id=desk.asker.channel_id or desk.asker.user_id,
        thread_ts=desk.asker.thread_ts,
        correlation_id=desk.asker.correlation_id,
    )
    try:
        done = await take_in(bill, tenant, auditing_of(desk))
    except BillFileError as error:
        return _aside(f"{bill.name[:80]}: {error}. Nothing was kept."), "impossible"
    return await _told(done, tenant, desk)


async def confirm_columns(intent: ConfirmColumns, desk: Desk) -> Outcome:
    """Judges a file whose columns somebody confirmed or chose."""
    async with desk.services.storage.read() as tx:
        audit = await tx.bills.get(intent.audit_id, desk.tenant_ids)
    if audit is None or audit.content is None or audit.state is BillState.DONE:
        return _aside("This file was dealt with already. Say bills for what came of it."), "stale"
    tenant = next(one for one in desk.tenants if one.id == audit.tenant_id)
    columns = intent.columns or columns_in(audit.columns)
    carrier = audit.carrier if intent.carrier is None else intent.carrier
    try:
        done = await confirm(audit, columns, carrier, tenant, desk.asker.actor, auditing_of(desk))
    except BillFileError as error:
        return _aside(f"{audit.name[:80]}: {error}."), "impossible"
    return await _told(done, tenant, desk)


async def show_bills(intent: ShowBills, desk: Desk) -> Outcome:
    """The latest, or one with its file."""
    storage = desk.services.storage
    if intent.audit_id is None:
        views = await recent_bills(desk.tenants, storage=storage)
        return Reply(message=drawn.recent(views)), "answered"
    found = await show_bill(intent.audit_id, desk.tenants, storage=storage)
    if found is None:
        return _aside(f"There is no audited bill {intent.audit_id} here."), "not_found"
    view, lines = found
    sheet = await _sheet(view, lines, desk)
    return Reply(message=drawn.audited(view), sheet=sheet), "answered"


async def file_the_claims(intent: FileClaims, desk: Desk) -> Outcome:
    """Nobody is reminded of them any more."""
    done = await file_claims(
        intent.audit_id,
        desk.tenants,
        desk.asker.actor,
        storage=desk.services.storage,
        now=desk.now,
    )
    if done is None:
        return _aside(f"There is no audited bill {intent.audit_id} here."), "not_found"
    view, fresh = done
    if not fresh:
        return _aside("Its claims were filed before. Nothing was changed."), "stale"
    return Reply(message=drawn.filed(view)), "done"


def auditing_of(desk: Desk) -> Auditing:
    """What an audit is made with, behind the wall of the desk's clients."""
    services = desk.services
    return Auditing(
        storage=services.storage,
        read=services.bill_reader,
        contracts_of=services.contracts_of,
        business_now=services.business_now,
    )


async def _told(done: Asked | Audited, tenant: Tenant, desk: Desk) -> Outcome:
    if isinstance(done, Asked):
        return Reply(message=drawn.asked(done)), "asked"
    view = bill_view(done.audit, tenant)
    sheet = await _sheet(view, done.lines, desk)
    message = drawn.audited(view, again=done.again)
    return Reply(message=message, sheet=sheet), "done"


async def _sheet(view: BillView, lines: Sequence[BillLine], desk: Desk) -> Sheet:
    disputed = amounts((currency, cents) for currency, cents in view.totals.disputed if cents)
    title = f"Every line with its verdict; in dispute: {disputed}"
    return await asyncio.to_thread(bill_sheet, view.audit, lines, title=title, now=desk.now)


def _meant(client: str, desk: Desk) -> Tenant | str:
    """The client that is named; the only one where none is."""
    known = ", ".join(tenant.name for tenant in desk.tenants)[:200]
    if client:
        found = client_called(client, desk.tenants)
        return found or f"There is no client {client[:60]} here for which you may do that."
    if len(desk.tenants) == 1:
        return desk.tenants[0]
    return f"Say whose parcels it bills: audit ups for CLIENT, one of {known}. Nothing was read."


def _aside(words: str) -> Reply:
    return Reply(message=notices.told(words), private=True)
