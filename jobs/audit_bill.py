"""Takes in somebody's bill, proves it line by line, and keeps what came of it.

Must not read a workbook by itself or post anything: the reading is a port, the handler answers.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from jobs.gather_shipments import gather_known
from jobs.keep_bill import Audited, judged_as, judged_before, keep_judged, key_of
from jobs.ports import Storage
from jobs.ports.bills import ContractsOf, ReadWorkbook
from policies.local_time import local_date
from policies.money.audit.cells import Mark
from policies.money.audit.columns import Column, Columns
from policies.money.audit.contract import Contracts
from policies.money.audit.countdown import next_reminder
from policies.money.audit.judge import Known, judge_bill
from policies.money.audit.kept import columns_in, kept_columns, kept_line, kept_totals
from policies.money.audit.lines import Read, lines_of
from policies.money.audit.propose import Proposal, chosen, complete, propose
from policies.money.audit.record import BillAudit, BillLine, BillState
from policies.money.audit.table import BillFileError, Table
from policies.money.audit.totals import Totals, totals_of
from policies.records import Tenant

_DEALT_WITH = "this file was dealt with already; send it again to have it judged anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A file that somebody handed over, and what they said of it.

    `named` are columns by name with their headings. `confirmed` says that nobody need be asked.
    `decimal` and `day_first` are how amounts and days are written, where they said so.
    """

    content: bytes
    name: str
    actor: str
    carrier: str = ""
    named: Mapping[str, str] = field(default_factory=dict)
    confirmed: bool = False
    decimal: Mark | None = None
    day_first: bool | None = None
    channel_id: str | None = None
    thread_ts: str | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditing:
    """What an audit is made with."""

    storage: Storage
    read: ReadWorkbook
    contracts_of: ContractsOf
    business_now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the columns are taken, for somebody to confirm; `open` is what they have to say."""

    audit: BillAudit
    titles: tuple[str, ...]
    columns: Columns
    open: tuple[str, ...]
    carriers: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = ()


async def take_in(bill: Bill, tenant: Tenant, auditing: Auditing) -> Asked | Audited:
    """Judges the file where its columns are known or were confirmed, else asks.

    Raises:
        BillFileError: it cannot be read as a bill; the text says what to do.
    """
    table = await asyncio.to_thread(auditing.read, bill.content)
    proposal, known = await _columns(bill, table, tenant, auditing)
    contracts = auditing.contracts_of(tenant.name)
    questions = (*proposal.open, *_whose(bill, proposal, contracts))
    audit = _new(bill, proposal, tenant, auditing.business_now())
    if questions or not (bill.confirmed or known):
        return await _asked(audit, bill, table, proposal, questions, contracts, auditing)
    return await judge(replace(audit, content=bill.content), tenant, auditing)


async def confirm(
    audit: BillAudit, columns: Columns, carrier: str, tenant: Tenant, actor: str, auditing: Auditing
) -> Asked | Audited:
    """Judges a file whose columns somebody confirmed, and remembers them for the next one.

    Raises:
        BillFileError: as `take_in`; also where the file was let go of.
    """
    if audit.content is None:
        raise BillFileError(_DEALT_WITH)
    table = await asyncio.to_thread(auditing.read, audit.content)
    proposal = complete(table, propose(table).heading, columns)
    contracts = auditing.contracts_of(tenant.name)
    bill = Bill(content=audit.content, name=audit.name, actor=actor, carrier=carrier)
    questions = (*proposal.open, *_whose(bill, proposal, contracts))
    audit = replace(
        audit,
        carrier=carrier,
        columns=kept_columns(proposal.columns),
        fingerprint=proposal.heading.fingerprint(carrier) if proposal.heading else "",
    )
    if questions:
        return await _asked(audit, bill, table, proposal, questions, contracts, auditing)
    if audit.fingerprint:
        async with auditing.storage.write() as tx:
            await tx.bills.remember(
                tenant.id, audit.fingerprint, audit.columns, actor, auditing.business_now()
            )
    return await judge(replace(audit, actor=actor), tenant, auditing)


async def judge(audit: BillAudit, tenant: Tenant, auditing: Auditing) -> Audited:
    """Every line of a file by its columns; the same file by the same contract is judged once.

    Raises:
        BillFileError: the file cannot be read any more.
    """
    contracts, storage = auditing.contracts_of(tenant.name), auditing.storage
    key = key_of(audit, contracts)
    before = await judged_before(audit, key, storage)
    if before is not None:
        return before
    columns = columns_in(audit.columns)
    content = audit.content or b""
    read = await asyncio.to_thread(_read, content, columns, contracts, audit.carrier, auditing)
    now = auditing.business_now()
    received = local_date(audit.received_at, tenant.timezone)
    base = Known(contracts=contracts, carrier=audit.carrier, received=received)
    known = await gather_known(read.lines, base, tenant, audit.file_hash, storage=storage)
    lines, totals = await asyncio.to_thread(_judged, read, known)
    days = [one.claim_by for one in totals.causes if one.claim_by]
    remind = next_reminder(days, now, tenant.timezone) if audit.channel_id else None
    done = replace(
        audit,
        state=BillState.DONE,
        key=key,
        content=None,
        totals=kept_totals(totals),
        done_at=now,
        claim_by=totals.claim_by,
        remind_at=remind,
    )
    kept = await keep_judged(done, lines, storage, now)
    return kept if kept is not None else await judged_as(audit.tenant_id, key, storage)


def _read(
    content: bytes, columns: Columns, contracts: Contracts, carrier: str, auditing: Auditing
) -> Read:
    table = auditing.read(content)
    contract = contracts.of(carrier)
    currencies = {one.currency for one in contracts.known}
    usual = contract.currency if contract else (currencies.pop() if len(currencies) == 1 else "")
    return lines_of(table, propose(table).heading, columns, currency=usual)


def _judged(read: Read, known: Known) -> tuple[tuple[BillLine, ...], Totals]:
    judged = judge_bill(read.lines, known)
    names = any(line.tracking or line.order for line in read.lines)
    unknown = names and not known.tells_of_any
    return tuple(map(kept_line, judged)), totals_of(judged, read, unknown_parcels=unknown)


async def _columns(
    bill: Bill, table: Table, tenant: Tenant, auditing: Auditing
) -> tuple[Proposal, bool]:
    """How the columns are read, and whether somebody confirmed such columns before."""
    proposal = propose(table)
    if bill.named or bill.decimal or bill.day_first is not None:
        named = chosen(proposal.heading, bill.named)
        taken = set(named.values())
        places = {
            column: place for column, place in proposal.columns.places.items() if place not in taken
        }
        columns = replace(
            proposal.columns,
            places={**places, **named},
            decimal=bill.decimal or proposal.columns.decimal,
            day_first=proposal.columns.day_first if bill.day_first is None else bill.day_first,
        )
        return complete(table, proposal.heading, columns), False
    if proposal.heading is None:
        return proposal, False
    fingerprint = proposal.heading.fingerprint(bill.carrier)
    async with auditing.storage.read() as tx:
        kept = await tx.bills.columns(tenant.id, fingerprint)
    if kept is None:
        return proposal, False
    return complete(table, proposal.heading, columns_in(kept)), True


def _whose(bill: Bill, proposal: Proposal, contracts: Contracts) -> tuple[str, ...]:
    """Whether nobody said whose bill it is, where that matters."""
    if bill.carrier and contracts.known and contracts.of(bill.carrier) is None:
        known = ", ".join(one.carrier for one in contracts.known)
        return (f"whose bill it is: there is no contract of {bill.carrier}, but of {known}",)
    several = len(contracts.known) > 1 and Column.CARRIER not in proposal.columns.places
    return ("whose bill it is",) if several and not bill.carrier else ()


def _new(bill: Bill, proposal: Proposal, tenant: Tenant, now: datetime) -> BillAudit:
    heading = proposal.heading
    return BillAudit(
        tenant_id=tenant.id,
        file_hash=hashlib.sha256(bill.content).hexdigest(),
        name=bill.name[:200],
        state=BillState.ASKED,
        received_at=now,
        actor=bill.actor,
        carrier=bill.carrier.lower(),
        fingerprint=heading.fingerprint(bill.carrier) if heading else "",
        columns=kept_columns(proposal.columns),
        channel_id=bill.channel_id,
        thread_ts=bill.thread_ts,
    )


async def _asked(
    audit: BillAudit,
    bill: Bill,
    table: Table,
    proposal: Proposal,
    questions: tuple[str, ...],
    contracts: Contracts,
    auditing: Auditing,
) -> Asked:
    """Keeps the file until somebody says what its columns are; only where there is a place to."""
    if audit.id:
        async with auditing.storage.write() as tx:
            held = await tx.bills.hold(audit.id, [audit.tenant_id])
            if held is None or held.state is not BillState.ASKED:
                raise BillFileError(_DEALT_WITH)
            await tx.bills.save(audit)
    elif bill.channel_id:
        async with auditing.storage.write() as tx:
            audit = await tx.bills.add(replace(audit, content=bill.content))
    heading = proposal.heading
    below = heading.row + 1 if heading else 0
    return Asked(
        audit=audit,
        titles=heading.titles if heading else (),
        columns=proposal.columns,
        open=questions,
        carriers=tuple(one.carrier for one in contracts.known),
        sample=table.rows[below : below + 3],
    )
