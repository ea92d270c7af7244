"""Judges a bill line by line: who pays, whether it was done, and what it should have cost.

Must not look anything up; where two answers are possible the verdict says so.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from policies.local_time import local_date
from policies.money.audit.carried import Carried, judge_freight, less, our_way
from policies.money.audit.contract import FREIGHT, Contract, Contracts
from policies.money.audit.guaranteed import guarantee_of, late_by
from policies.money.audit.instead import Index, index_of, told_instead
from policies.money.audit.lines import BilledLine
from policies.money.audit.ours import not_ours
from policies.money.audit.parcel_sums import credited, sums_of
from policies.money.audit.shipment import Shipment
from policies.money.audit.surcharges import Sums, judge_surcharge
from policies.money.audit.verdict import Cause, Judged, Verdict

_APART = 1
"""Days by which a carrier's day of shipping may be another than ours: its clock is elsewhere."""
_SCANNED_WITHIN = timedelta(days=5)
"""So long a parcel may wait for its first scan before its label counts as never shipped."""
Key = tuple[str, str]
"""A tracking number and the code of what is charged for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a bill is judged by.

    `carrier` is whose it is where its lines do not say. `shipments` are by tracking number,
    `orders` by the order as the bill names it. `earlier` says where a key was billed before.
    `received` is the day on which the file came.
    """

    contracts: Contracts
    received: date
    carrier: str = ""
    shipments: Mapping[str, Shipment] = field(default_factory=dict)
    orders: Mapping[str, tuple[Shipment, ...]] = field(default_factory=dict)
    earlier: Mapping[Key, str] = field(default_factory=dict)

    def shipment_of(self, line: BilledLine) -> Shipment | None:
        """The parcel of a line; None where we know none, or an order has several."""
        if line.tracking:
            return self.shipments.get(line.tracking)
        of_order = self.orders.get(line.order, ())
        return of_order[0] if len(of_order) == 1 else None

    def is_unknown(self, line: BilledLine) -> bool:
        """Whether the line names a parcel or order that is none of ours."""
        if line.tracking:
            return line.tracking not in self.shipments
        return bool(line.order) and line.order not in self.orders

    @property
    def tells_of_any(self) -> bool:
        """Whether we know any of the file's parcels: else it is of another client, or too early."""
        return bool(self.shipments or self.orders)


def judge_bill(lines: Sequence[BilledLine], known: Known) -> tuple[Judged, ...]:
    """The verdict on every line, in their order."""
    judging = _Judging(known=known, index=index_of(lines), heard=_is_heard(known))
    judged = {place: judging.first(line) for place, line in enumerate(lines)}
    sums = sums_of(one for one in judged.values() if one is not None)
    found = [
        one if (one := judged[place]) is not None else judging.share(line, sums)
        for place, line in enumerate(lines)
    ]
    return tuple(judging.dated(one) for one in credited(found))


def code_of(line: BilledLine, contract: Contract | None) -> str:
    """What a line charges, by the contract's word where it has one."""
    name = " ".join(line.charge.lower().split())
    if not name or (contract is not None and name in contract.freight_names):
        return FREIGHT
    charges = contract.versions[-1].surcharge(name) if contract is not None else ()
    return charges[0].code if len(charges) == 1 else name


@dataclass(kw_only=True)
class _Judging:
    """What grows while lines are judged in their order."""

    known: Known
    index: Index
    heard: bool
    seen: Counter[Key] = field(default_factory=Counter)
    rows: dict[Key, int] = field(default_factory=dict)

    def first(self, line: BilledLine) -> Judged | None:
        """A verdict, or None for a percentage of other lines, which have to be judged before."""
        instead = told_instead(line, self.index)
        if instead is not None:
            return instead
        one = self.carried(line)
        contract = self.known.contracts.of(line.carrier or self.known.carrier)
        code = code_of(line, contract)
        checks: tuple[Callable[[BilledLine, Contract | None, str], Judged | None], ...] = (
            self._payer,
            self._credit,
            self._unknown,
            self._repeated,
            self._undone,
            _priceless,
        )
        for check in checks:
            found = check(line, contract, code)
            if found is not None:
                return replace(found, code=code)
        if one is None:
            return None
        if code == FREIGHT:
            return self._guaranteed(one, judge_freight(one))
        shares = [v for v in one.versions for each in v.surcharge(line.charge) if each.pct_of]
        return None if shares else judge_surcharge(one, _NOTHING)

    def share(self, line: BilledLine, sums: Mapping[str, Sums]) -> Judged:
        """A percentage, now that what it is of has a verdict."""
        one = self.carried(line)
        if one is None:  # pragma: no cover - the first look had a contract
            return Judged(line=line, verdict=Verdict.NO_RATE, why="there is no contract")
        return judge_surcharge(one, sums.get(line.parcel, _NOTHING))

    def carried(self, line: BilledLine) -> Carried | None:
        """The line with its contract and parcel; None where there is no contract."""
        contract = self.known.contracts.of(line.carrier or self.known.carrier)
        if contract is None:
            return None
        shipment = self.known.shipment_of(line)
        day = _day(line, shipment)
        return Carried(
            line=line,
            contract=contract,
            versions=contract.on(day),
            day=day,
            shipment=shipment,
        )

    def dated(self, one: Judged) -> Judged:
        """With the last day on which it may be disputed."""
        contract = self.known.contracts.of(one.line.carrier or self.known.carrier)
        if not one.disputed_cents or one.claim_by or contract is None:
            return one
        if contract.dispute_days is None:
            return one
        since = one.line.invoice_date or self.known.received
        return replace(one, claim_by=since + timedelta(days=contract.dispute_days))

    def _payer(self, line: BilledLine, contract: Contract | None, _code: str) -> Judged | None:
        return not_ours(line, contract) if contract is not None else None

    def _credit(self, line: BilledLine, _contract: Contract | None, code: str) -> Judged | None:
        cents = line.cents or 0
        if cents > 0:
            return None
        key = (line.tracking, code)
        if cents < 0 and line.tracking and self.seen[key] > 0:
            self.seen[key] -= 1
        why = "a credit" if cents < 0 else "nothing is charged"
        return Judged(line=line, verdict=Verdict.OK, why=why, expected_cents=cents)

    def _unknown(self, line: BilledLine, contract: Contract | None, _code: str) -> Judged | None:
        if contract is not None and contract.unknown == "price":
            return None
        if not self.known.tells_of_any or not self.known.is_unknown(line):
            return None
        return Judged(
            line=line,
            verdict=Verdict.NOT_OURS,
            cause=Cause.UNKNOWN_SHIPMENT,
            why=f"no event of ours names {line.tracking or line.order}",
            expected_cents=0,
        )

    def _repeated(self, line: BilledLine, _contract: Contract | None, code: str) -> Judged | None:
        if not line.tracking:
            return None
        key = (line.tracking, code)
        before = self.known.earlier.get(key)
        again = self.seen[key] > 0
        self.seen[key] += 1
        if not again and before is None:
            self.rows[key] = line.row
            return None
        where = f"row {self.rows[key]}" if again and key in self.rows else before or "a line before"
        return self._refused(line, Cause.DUPLICATE, f"billed before, in {where}")

    def _undone(self, line: BilledLine, _contract: Contract | None, _code: str) -> Judged | None:
        shipment = self.known.shipment_of(line)
        if shipment is None or shipment.carried:
            return None
        if shipment.voided:
            return self._refused(line, Cause.VOID_LABEL, "its label was voided before any scan")
        labelled = shipment.labelled_on
        old = labelled is not None and labelled + _SCANNED_WITHIN <= self.known.received
        if self.heard and old:
            why = f"its label of {labelled} was never scanned by the carrier"
            return self._refused(line, Cause.NOT_SHIPPED, why)
        return None

    def _refused(self, line: BilledLine, cause: Cause, why: str) -> Judged:
        shipment = self.known.shipment_of(line)
        return Judged(
            line=line,
            verdict=Verdict.OVERCHARGED,
            cause=cause,
            why=why,
            expected_cents=0,
            order_id=shipment.order_id if shipment else "",
            event_ids=shipment.event_ids if shipment else (),
        )

    def _guaranteed(self, one: Carried, found: Judged) -> Judged:
        """The refund of a late parcel, where a guarantee of its day owes one."""
        services = (v.service(our_way(one).service) for v in one.versions)
        service = next((each for each in services if each is not None), None)
        guarantee = guarantee_of(one, service.id) if service else None
        late = late_by(one, guarantee) if guarantee else None
        if guarantee is None or late is None or found.expected_cents is None:
            return found
        delivered = one.shipment.delivered_at if one.shipment else None
        zone = (one.shipment.timezone if one.shipment else "") or "UTC"
        days = timedelta(days=guarantee.claim_days)
        last = local_date(delivered, zone) + days if delivered else None
        if last is not None and last < self.known.received:
            return replace(found, unproven=(*found.unproven, f"late refund, not claimed by {last}"))
        return replace(
            found,
            verdict=Verdict.OVERCHARGED,
            cause=Cause.LATE,
            why=late,
            expected_cents=less(found.expected_cents, guarantee.refund_pct),
            claim_by=last,
        )


def _priceless(line: BilledLine, contract: Contract | None, _code: str) -> Judged | None:
    """What no contract can price."""
    if contract is None:
        of = f" of {line.carrier}" if line.carrier else ""
        why = f"there is no contract{of} to hold it against"
        return Judged(line=line, verdict=Verdict.NO_RATE, why=why)
    if line.currency and line.currency != contract.currency:
        why = f"billed in {line.currency}, the contract is in {contract.currency}"
        return Judged(line=line, verdict=Verdict.NO_RATE, why=why)
    return None


def _day(line: BilledLine, shipment: Shipment | None) -> date | None:
    """The day of service: the bill's where it is next to ours, else ours."""
    ours = shipment.shipped_on if shipment else None
    if ours is None or line.ship_date is None:
        return ours or line.ship_date
    return line.ship_date if abs((line.ship_date - ours).days) <= _APART else ours


def _is_heard(known: Known) -> bool:
    """Whether carriers tell us of their scans at all: else a missing one says nothing."""
    known_all = (
        *known.shipments.values(),
        *(one for each in known.orders.values() for one in each),
    )
    return any(one.carried for one in known_all)


_NOTHING = Sums(billed={}, expected={}, causes={})
