"""Proves a month's invoices: every billed line by events, and every event by a billed line.

Must not bill anything, nor decide on what it finds: jobs/file_findings.py files it.
"""

from datetime import datetime
from hashlib import sha256

from jobs.file_findings import Filed
from jobs.gather_billed import BilledOrder, billed_orders
from jobs.prove_credits import CreditProof
from jobs.prove_month import Checking, MonthProof
from jobs.slices import slices
from jobs.views.findings import CheckReport
from policies.money.findings.clusters import clusters
from policies.money.findings.filed import InvoiceCheck
from policies.money.findings.finding import Family, Finding
from policies.money.periods import first_of, last_of
from policies.records import Tenant

__all__ = ["Checking", "check_month"]


async def check_month(
    tenant: Tenant, period: str, *, checking: Checking, now: datetime, dry_run: bool = False
) -> CheckReport:
    """Proves the invoices of one client's month, and files what is wrong with them.

    However often it runs, equal invoices and events add nothing. With `dry_run` nothing is filed.

    Raises:
        UsageError: there is no such month, or it cannot be priced.
    """
    first_of(period)
    run = _Run(MonthProof(tenant, period, checking, now), dry_run=dry_run)
    proof, credits_ = run.proof, CreditProof(run.proof)
    await proof.prepare()
    await credits_.prepare()
    async for page in billed_orders(proof.billed, period, storage=checking.storage, now=now):
        proof.unbillable += page.unbillable
        found: list[Finding] = []
        async for part in slices(page.orders):
            for order in part:
                found += proof.prove(order)
                credits_.note(order)
                run.hash(order)
        await run.file(found, [one.order_id for one in page.orders], Family.ORDER)
    await run.file(*await proof.of_statement(), Family.STATEMENT)
    await run.file(proof.drift(), [""], Family.DRIFT)
    await run.file(await credits_.findings(), credits_.order_ids, Family.CREDIT)
    run.hash_credits(credits_)
    return await run.report()


class _Run:
    """One proof under way: what was found, what was filed, and what it was all made of."""

    def __init__(self, proof: MonthProof, *, dry_run: bool) -> None:
        self.proof = proof
        self._dry_run = dry_run
        self._digest = sha256(repr(proof.tariffs_of_month()).encode())
        self._found: list[Finding] = []
        self._filed = [Filed()]

    def hash(self, order: BilledOrder) -> None:
        """Adds an order to what tells equal inputs from others."""
        work, invoice = order.work, order.invoice
        told = (
            order.order_id,
            work.input_hash if work else "",
            invoice.input_hash if invoice else "",
            str(invoice.total_cents) if invoice else "",
        )
        self._digest.update("\n".join(told).encode())

    def hash_credits(self, credits_: CreditProof) -> None:
        """Adds what broken promises owe; not what was given, which findings change."""
        for order_id, owed in sorted(credits_.owed.items()):
            self._digest.update(f"{order_id}\n{owed.cents}".encode())

    async def file(self, found: list[Finding], order_ids: list[str], family: Family) -> None:
        """Files findings, unless it is a dry run."""
        self._found += found
        if not self._dry_run:
            self._filed.append(await self.proof.file(found, order_ids, family))

    async def report(self) -> CheckReport:
        """What it came to; kept, unless it was a dry run or proved nothing new."""
        proof = self.proof
        check = InvoiceCheck(
            tenant_id=proof.billed.id,
            period=proof.period,
            input_hash=self._digest.hexdigest(),
            checked_at=proof.now,
            orders=proof.orders,
            invoices=proof.invoices,
            expected_cents=proof.expected_cents,
            billed_cents=proof.billed_cents,
            currency=proof.billed.tariff(last_of(proof.period)).currency,
            findings=len(self._found),
        )
        fresh = True
        if not self._dry_run:
            async with proof.checking.storage.write() as tx:
                fresh = await tx.findings.note_check(check)
        return CheckReport(
            tenant=proof.tenant,
            period=check.period,
            orders=check.orders,
            invoices=check.invoices,
            expected_cents=check.expected_cents,
            billed_cents=check.billed_cents,
            currency=check.currency,
            found=tuple(self._found),
            clusters=tuple(clusters(self._found)),
            unbillable=tuple(proof.unbillable),
            input_hash=check.input_hash,
            filed=sum(one.added for one in self._filed),
            notes=tuple(note for one in self._filed for note in one.notes),
            unchanged=not fresh,
            dry_run=self._dry_run,
        )
