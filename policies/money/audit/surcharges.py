"""Judges what is charged beside the freight: whether it is due, and whether it is the right price.

Must not judge freight; a percentage is of what its parcel's other lines should have cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from policies.local_time import local_date
from policies.money.audit.carried import Carried
from policies.money.audit.contract import Surcharge, Version
from policies.money.audit.verdict import Cause, Judged, Verdict
from policies.money.cents import EXACT, half_up
from policies.money.rates import plain

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a parcel's lines come to, by code: as billed and as they should be.

    `unsure` are codes of lines for which nobody can say what they should cost.
    """

    billed: Mapping[str, int]
    expected: Mapping[str, int]
    causes: Mapping[str, Cause]
    unsure: frozenset[str] = frozenset()


def judge_surcharge(one: Carried, sums: Sums) -> Judged:
    """The verdict on a charge."""
    shipment = one.shipment
    base = Judged(
        line=one.line,
        verdict=Verdict.NO_RATE,
        why=f"the contract has no charge {one.line.charge}",
        order_id=shipment.order_id if shipment else "",
        event_ids=shipment.event_ids if shipment else (),
    )
    if not one.versions:
        return replace(base, why=f"no version of the contract holds on {one.day}")
    known = [(v, charge) for v in one.versions for charge in v.surcharge(one.line.charge)]
    if not known:
        return base
    codes = {charge.code for _, charge in known}
    if len(codes) > 1:
        why = f"{one.line.charge} may be {' or '.join(sorted(codes))}"
        return replace(base, verdict=Verdict.AMBIGUOUS, why=why)
    return _of_charge(one, known, sums, replace(base, code=known[0][1].code))


def _of_charge(
    one: Carried, known: list[tuple[Version, Surcharge]], sums: Sums, base: Judged
) -> Judged:
    version, charge = known[0]
    base = replace(base, version=version.name)
    undue = _undue(one, charge)
    if isinstance(undue, tuple):
        cause, why = undue
        return replace(base, verdict=Verdict.OVERCHARGED, cause=cause, why=why, expected_cents=0)
    unproven = (undue,) if undue else ()
    base = replace(base, unproven=unproven)
    if charge.kind == "percent":
        return _of_share(one, charge, sums, base)
    days = [one.day] if one.day else []
    values = {value for each, what in known for value in _values(what, days, each)}
    return _compared(one, charge, sorted(half_up(value) for value in values), base)


def _compared(one: Carried, charge: Surcharge, prices: list[int], base: Judged) -> Judged:
    kinds = sorted(set(prices))
    if not kinds:
        return replace(base, why=f"the contract has no price of {charge.code} on {one.day}")
    if len(kinds) > 1:
        why = f"the contract has {len(kinds)} prices of {charge.code}; its day is not known"
        return replace(base, verdict=Verdict.AMBIGUOUS, why=why, prices=tuple(kinds))
    billed, expected = one.line.cents or 0, kinds[0]
    base = replace(base, expected_cents=expected)
    if one.contract.tolerates(billed, expected):
        return replace(base, verdict=Verdict.OK, why=f"as agreed for {charge.code}")
    verdict = Verdict.OVERCHARGED if billed > expected else Verdict.UNDERCHARGED
    why = f"the contract's price of {charge.code} is another"
    return replace(base, verdict=verdict, cause=Cause.RATE, why=why)


def _of_share(one: Carried, charge: Surcharge, sums: Sums, base: Judged) -> Judged:
    """A percentage: of what, and of which week."""
    there = [code for code in charge.pct_of if code in sums.billed]
    if not there:
        why = f"the bill has no line of this parcel that {charge.code} is a share of"
        return replace(base, verdict=Verdict.AMBIGUOUS, why=why)
    if sums.unsure & set(there):
        why = f"what {charge.code} is a share of has no sure price"
        return replace(base, verdict=Verdict.AMBIGUOUS, why=why)
    if one.day is None and len(charge.dated) > 1:
        why = f"{charge.code} goes by the week, and its day is not known"
        return replace(base, verdict=Verdict.AMBIGUOUS, why=why)
    pct = charge.on(one.day or date.max)
    if pct is None:
        return replace(base, why=f"the contract has no {charge.code} on {one.day}")
    fair, as_billed = (sum(known[code] for code in there) for known in (sums.expected, sums.billed))
    found = _compared(one, charge, [_share(fair, pct)], base)
    if found.verdict not in (Verdict.OVERCHARGED, Verdict.UNDERCHARGED):
        return replace(found, why=f"{plain(pct)} % as agreed for {charge.code}")
    cause, why = _share_cause(one, charge, pct, (fair, as_billed), sums)
    return replace(found, cause=cause, why=why)


def _share_cause(
    one: Carried, charge: Surcharge, pct: Decimal, bases: tuple[int, int], sums: Sums
) -> tuple[Cause, str]:
    billed = one.line.cents or 0
    fair, as_billed = bases
    if fair != as_billed and one.contract.tolerates(billed, _share(as_billed, pct)):
        cause = next((sums.causes[code] for code in charge.pct_of if code in sums.causes), None)
        return cause or Cause.RATE, f"{plain(pct)} % of a line that is not as agreed itself"
    for since, other in charge.dated:
        if other != pct and any(one.contract.tolerates(billed, _share(b, other)) for b in bases):
            week = f"the week of {since}" if since else "another week"
            return (
                Cause.FUEL_WEEK,
                f"{plain(other)} % of {week}, on {one.day} it was {plain(pct)} %",
            )
    return Cause.RATE, f"{charge.code} was {plain(pct)} % on {one.day}"


def _share(cents: int, pct: Decimal) -> int:
    with localcontext(EXACT):
        return half_up(cents * pct / 100)


def _values(charge: Surcharge, days: list[date], version: Version) -> list[Decimal]:
    """The price of the day; without one, all prices that the version ever has."""
    if not days:
        return [value for _, value in charge.dated]
    value = charge.on(days[0]) if version.holds(days[0]) else None
    return [] if value is None else [value]


def _undue(one: Carried, charge: Surcharge) -> tuple[Cause, str] | str:
    """Why it is not due; else what of it nobody can prove, or nothing."""
    for check in (_residence, _window, _weekday, _area, _event):
        found = check(one, charge)
        if found:
            return found
    return ""


def _residence(one: Carried, charge: Surcharge) -> tuple[Cause, str] | str:
    wanted = charge.when.residential
    if wanted is None:
        return ""
    known = one.shipment.residential if one.shipment else None
    if known is None:
        return "residential"
    if known is wanted:
        return ""
    return Cause.RESIDENTIAL, f"the address is {'residential' if known else 'a business'}"


def _window(one: Carried, charge: Surcharge) -> tuple[Cause, str] | str:
    if not charge.when.windows:
        return ""
    if one.day is None:
        return "day"
    if inside(one.day, charge.when.windows):
        return ""
    return Cause.PEAK, f"{one.day} is outside the days of {charge.code}"


def _weekday(one: Carried, charge: Surcharge) -> tuple[Cause, str] | str:
    wanted = charge.when.weekdays
    if not wanted:
        return ""
    shipment = one.shipment
    if shipment is None or shipment.delivered_at is None or not shipment.timezone:
        return "weekday"
    day = local_date(shipment.delivered_at, shipment.timezone)
    if day.weekday() in wanted:
        return ""
    return Cause.WEEKDAY, f"it was delivered on a {_NAMES[day.weekday()]}"


def _area(one: Carried, charge: Surcharge) -> tuple[Cause, str] | str:
    wanted = charge.when.zip_prefix
    if not wanted:
        return ""
    code = (one.shipment.zip if one.shipment else "") or one.line.zip
    if not code:
        return "destination"
    if code.startswith(wanted):
        return ""
    return Cause.AREA, f"{charge.code} is not for this destination"


def _event(one: Carried, charge: Surcharge) -> tuple[Cause, str] | str:
    wanted = charge.when.event
    if not wanted:
        return ""
    if one.shipment is None or not one.shipment.carried:
        return wanted.replace("_", " ")
    if wanted in one.shipment.kinds:
        return ""
    corrected = wanted == "address_corrected"
    cause = Cause.ADDRESS_CORRECTION if corrected else Cause.NOT_RENDERED
    return cause, f"the carrier told of its scans, and of no {wanted.replace('_', ' ')}"


def inside(day: date, windows: tuple[tuple[date | None, date | None], ...]) -> bool:
    """Whether a day is in one of these spans, both ends inside."""
    return any(
        (since is None or since <= day) and (until is None or day <= until)
        for since, until in windows
    )
