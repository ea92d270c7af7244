"""Judges what carrying costs: the rates that a contract allows for a parcel, against the bill.

Must not choose between several prices: that they are several is the answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext

from policies.money.audit.contract import FREIGHT, Contract, Rates, Service, Version
from policies.money.audit.lines import BilledLine
from policies.money.audit.shipment import Shipment
from policies.money.audit.verdict import Cause, Judged, Verdict
from policies.money.audit.weights import Weighed, other_divisor, told_weight, weighed
from policies.money.cents import EXACT, half_up
from policies.money.freight import ANY
from policies.money.rates import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What decides about the price of a parcel; `weight` None is what events and bill give."""

    service: str
    origin: str
    zone: str
    weight: Decimal | None = None
    discounted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A price that the contract allows, and by what."""

    cents: int
    version: str
    weighed: Weighed


@dataclass(kw_only=True)
class Found:
    """Prices, and why there are none where there are none."""

    prices: list[Priced] = field(default_factory=list)
    why: str = ""

    def cents(self) -> list[int]:
        """Each price once, rising."""
        return sorted({one.cents for one in self.prices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A line that bills carrying, with what is known of its parcel."""

    line: BilledLine
    contract: Contract
    versions: tuple[Version, ...]
    day: date | None
    shipment: Shipment | None = None


def judge_freight(one: Carried) -> Judged:
    """The verdict on what carrying costs."""
    ours = our_way(one)
    found = prices(one, ours)
    billed = one.line.cents or 0
    kinds = found.cents()
    shipment = one.shipment
    base = Judged(
        line=one.line,
        verdict=Verdict.NO_RATE,
        why=found.why,
        code=FREIGHT,
        order_id=shipment.order_id if shipment else "",
        event_ids=shipment.event_ids if shipment else (),
    )
    if not kinds:
        return base
    if len(kinds) > 1:
        why = f"the contract has {len(kinds)} prices for this lane and weight"
        return replace(base, verdict=Verdict.AMBIGUOUS, why=why, prices=tuple(kinds))
    chosen = found.prices[0]
    unproven = ("weight",) if chosen.weighed.taken else ()
    base = replace(base, version=chosen.version, expected_cents=chosen.cents, unproven=unproven)
    if one.contract.tolerates(billed, chosen.cents):
        return replace(base, verdict=Verdict.OK, why=_by(ours, chosen))
    over = billed > chosen.cents
    cause, why = _cause(one, ours, chosen)
    verdict = Verdict.OVERCHARGED if over else Verdict.UNDERCHARGED
    return replace(base, verdict=verdict, cause=cause, why=why)


def our_way(one: Carried) -> Way:
    """By what the parcel should be priced: what we know, else what the bill says."""
    line, shipment = one.line, one.shipment
    told = Way(service=line.service, origin=line.origin, zone=line.zone)
    if shipment is None:
        return told
    service = shipment.service if any(v.service(shipment.service) for v in one.versions) else ""
    origin = shipment.origin if _leads(one, shipment.origin) else ""
    return Way(
        service=service or told.service,
        origin=origin or told.origin or shipment.origin,
        zone=shipment.parcel.zone or told.zone,
    )


def prices(one: Carried, way: Way) -> Found:
    """Every price that the contract allows for that way."""
    found = Found()
    if not one.versions:
        found.why = f"no version of the contract holds on {one.day}"
    for version in one.versions:
        service = version.service(way.service)
        if service is None:
            named = f"a service {way.service}" if way.service else "which service it is"
            found.why = f"the contract does not know {named}"
            continue
        for name in service.tables:
            _of_table(one, way, version, service, version.tables[name], found)
    return found


def _of_table(
    one: Carried, way: Way, version: Version, service: Service, table: Rates, found: Found
) -> None:
    by = weighed(one.line, one.shipment, table.weighing)
    if way.weight is not None and by is not None:
        by = replace(by, weight=way.weight, fair=(way.weight,))
    if by is None:
        found.why = "neither the bill nor our events say what it weighs"
        return
    lane = table.lanes(way.origin, way.zone)
    fits = [
        rate for rate in lane if rate.holds(by.weight) and rate.service in (ANY, *service.names)
    ]
    if not fits:
        where = f"from {way.origin or '?'} to {way.zone or '?'}"
        band = f" for {plain(by.weight)} {table.weighing.unit}" if lane else ""
        found.why = f"the contract has no rate {where}{band}"
    for rate in fits:
        cents = rate.price(by.weight)
        if way.discounted:
            cents = less(cents, service.discount_pct)
        found.prices.append(Priced(cents=cents, version=version.name, weighed=by))


def less(cents: int, pct: Decimal) -> int:
    """So many percent off, rounded half up once."""
    with localcontext(EXACT):
        return half_up(cents * (100 - pct) / 100)


def _cause(one: Carried, ours: Way, chosen: Priced) -> tuple[Cause, str]:
    """What alone explains the bill's price; else that it is not the contract's."""
    billed = one.line.cents or 0
    for cause, way, why in _otherwise(one, ours, chosen):
        if any(one.contract.tolerates(billed, cents) for cents in prices(one, way).cents()):
            return cause, why
    for other in one.contract.versions:
        if other not in one.versions:
            then = replace(one, versions=(other,))
            if any(one.contract.tolerates(billed, cents) for cents in prices(then, ours).cents()):
                return (
                    Cause.RATE,
                    f"this is the price of version {other.name}, not {chosen.version}",
                )
    return Cause.RATE, f"the contract's price is another: {_by(ours, chosen)}"


def _otherwise(one: Carried, ours: Way, chosen: Priced) -> Iterator[tuple[Cause, Way, str]]:
    """The bill's own view of each thing by itself, then of all together."""
    line, heavier = one.line, _heavier(one, chosen)
    changes: list[tuple[Cause, Way, str]] = []
    if heavier is not None:
        changes.append((heavier[0], replace(ours, weight=heavier[1]), heavier[2]))
    if line.zone and line.zone.lower() != ours.zone.lower():
        why = f"billed for zone {line.zone}, it went to {ours.zone}"
        changes.append((Cause.ZONE, replace(ours, zone=line.zone), why))
    if line.service and line.service.lower() != ours.service.lower():
        why = f"billed as {line.service}, it went by {ours.service}"
        changes.append((Cause.SERVICE, replace(ours, service=line.service), why))
    changes.append((Cause.DISCOUNT, replace(ours, discounted=False), "the discount is missing"))
    yield from changes
    told = ours
    for cause, way, _ in changes[:-1]:
        told = _with(told, way, cause)
    if len(changes) > 2:  # noqa: PLR2004 - two things of the bill's own and the discount
        why = "; ".join(text for _, _, text in changes[:-1])
        yield changes[0][0], told, why


def _with(told: Way, way: Way, cause: Cause) -> Way:
    if cause is Cause.ZONE:
        return replace(told, zone=way.zone)
    if cause is Cause.SERVICE:
        return replace(told, service=way.service)
    return replace(told, weight=way.weight)


def _heavier(one: Carried, chosen: Priced) -> tuple[Cause, Decimal, str] | None:
    """The bill's weight where it is not ours, and whether another divisor explains it."""
    for table in _tables(one):
        told = told_weight(one.line, table.weighing.unit)
        if told is None or told in chosen.weighed.fair:
            continue
        unit, ours = table.weighing.unit, plain(chosen.weighed.weight)
        divisor = other_divisor(chosen.weighed, told, table.weighing)
        if divisor is not None and table.weighing.dim is not None:
            agreed = plain(table.weighing.dim.divisor)
            why = f"divided by {plain(divisor)}, the contract says {agreed}"
            return Cause.DIM_DIVISOR, told, why
        return Cause.WEIGHT, told, f"billed for {plain(told)} {unit}, it comes to {ours} {unit}"
    return None


def _tables(one: Carried) -> Iterator[Rates]:
    way = our_way(one)
    for version in one.versions:
        service = version.service(way.service)
        for name in service.tables if service else ():
            yield version.tables[name]


def _leads(one: Carried, origin: str) -> bool:
    """Whether the contract has a lane from there."""
    tables = (table for version in one.versions for table in version.tables.values())
    return bool(origin) and any(origin.lower() in table.origins for table in tables)


def _by(way: Way, chosen: Priced) -> str:
    """By what a price came about."""
    parts = [way.service, f"{way.origin or '?'} to {way.zone or '?'}"]
    return f"{' '.join(part for part in parts if part)}, weight {plain(chosen.weighed.weight)}"
