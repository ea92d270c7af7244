"""Proves the credits of one month: what broken promises owe each order, and what it was given.

Must not judge promises: the clocks have been judged. Each breach belongs to the month in which it
was due, by the client's calendar.
"""

from collections import defaultdict
from collections.abc import Iterator

from jobs.gather_billed import BilledOrder, orders_called
from jobs.prove_month import MonthProof
from policies.money.fees import Fees, fees_of
from policies.money.findings.credits import Broken, Given, Owed, credit_findings, owed_by
from policies.money.findings.finding import CREDITS, Finding
from policies.money.invoice_values import Adjustment, NoteStatus
from policies.money.periods import span_of
from policies.promise import SlaRule
from policies.queries import ClockRow
from policies.reasons import ClockState

_MOST = 100_000
"""Clocks of one rule that are looked through for a month."""
_CAUSES = frozenset(cause.value for cause in CREDITS)
_NO_FEES = Fees(pick_pack_cents=0, fulfilment_cents=0, total_cents=0)


class CreditProof:
    """The proof of one month's credits under way; hears of every order that is proved."""

    def __init__(self, proof: MonthProof) -> None:
        self._proof = proof
        self._rules: dict[str, SlaRule] = {}
        self._clocks: dict[str, list[ClockRow]] = defaultdict(list)
        self._broken: dict[str, list[Broken]] = defaultdict(list)
        self._places: dict[str, Given] = {}
        self._seen: set[str] = set()
        self.owed: dict[str, Owed] = {}

    @property
    def order_ids(self) -> list[str]:
        """The orders that this told anything of."""
        return sorted(self._seen)

    async def prepare(self) -> None:
        """Looks for the broken promises of the month that give something back."""
        proof = self._proof
        since, until = span_of(proof.period, proof.billed.timezone)
        for rule in proof.checking.promises.of(proof.billed.name):
            if rule.remedy is not None and rule.remedy.credit is not None:
                self._rules[rule.sla_id] = rule
        async with proof.checking.storage.read() as tx:
            for sla_id in self._rules:
                rows = await tx.clocks.decided(proof.billed.id, sla_id, until, _MOST)
                for row in rows:
                    if row.deadline_at < since:
                        break
                    if row.state == ClockState.BREACHED and not row.excluded:
                        self._clocks[row.order_id].append(row)

    def note(self, order: BilledOrder) -> None:
        """Notes what the order's broken promises are a share of, and which invoice it has."""
        if order.order_id not in self._clocks:
            return
        self._seen.add(order.order_id)
        proof, work, invoice = self._proof, order.work, order.invoice
        tariff = proof.billed.tariff(work.day) if work else None
        fees = fees_of(work.usage, tariff) if work and tariff else _NO_FEES
        value = order.timeline.known("order_value_cents")
        known = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        for row in self._clocks[order.order_id]:
            rule = self._rule(row)
            if rule.remedies_from is None or row.deadline_at >= rule.remedies_from:
                self._broken[row.sla_id].append(
                    Broken(
                        order_id=order.order_id,
                        deadline_at=row.deadline_at,
                        fees=fees,
                        value_cents=value if known else None,
                        units=max(1, work.usage.count("pick")) if work else 1,
                        evidence=(f"{row.sla_id} due {row.deadline_at:%Y-%m-%dT%H:%MZ}",),
                    )
                )
        if invoice is not None:
            self._places[order.order_id] = Given(
                cents=0,
                invoice_id=invoice.id,
                invoice=invoice.number,
                currency=invoice.currency,
                tariff_version=tariff.version if tariff else "",
                service_date=work.day if work else None,
            )

    async def findings(self) -> list[Finding]:
        """Each order whose credit is not what it is owed."""
        await self._note_others()
        owed = self.owed
        for sla_id, broken in self._broken.items():
            remedy = self._rules[sla_id].remedy
            if remedy is None:
                continue
            name = remedy.code or sla_id
            due = owed_by(name, remedy, broken, self._proof.billed_cents)
            for order_id, one in due.items():
                owed[order_id] = owed.get(order_id, Owed()).and_(one)
        given = await self._given()
        self._seen |= set(given)
        return credit_findings(owed, given, self._places)

    async def _note_others(self) -> None:
        """Orders that broke a promise in this month and were served in another one."""
        left = sorted(set(self._clocks) - self._seen)
        proof = self._proof
        async for orders in orders_called(
            left, proof.billed, storage=proof.checking.storage, now=proof.now
        ):
            for order in orders:
                self.note(order)

    async def _given(self) -> dict[str, Given]:
        """What notes that were issued gave back of this month's, by order."""
        proof = self._proof
        async with proof.checking.storage.read() as tx:
            notes = await tx.adjustments.of_period(proof.billed.id, proof.period)
            places = [one.invoice_id for one in self._places.values()]
            for some in (await tx.adjustments.of_invoices(proof.billed.id, places)).values():
                notes += some
        given: dict[str, Given] = {}
        for note in _of_credits(notes):
            had = given.get(note.order_id)
            given[note.order_id] = Given(
                cents=(had.cents if had else 0) - note.amount_cents,
                invoice_id=note.invoice_id,
                invoice=note.invoice_number,
                currency=note.currency,
                tariff_version=note.tariff_version,
            )
        return given

    def _rule(self, row: ClockRow) -> SlaRule:
        found = self._proof.checking.promises.rule(
            self._proof.billed.name, row.sla_id, row.rule_version
        )
        return found or self._rules[row.sla_id]


def _of_credits(notes: list[Adjustment]) -> Iterator[Adjustment]:
    """Those that went out because of a broken promise, each once."""
    unique = {note.id: note for note in notes}
    for _, note in sorted(unique.items()):
        if note.cause in _CAUSES and note.status is NoteStatus.ISSUED:
            yield note
