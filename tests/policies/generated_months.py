"""Generates tariffs and months of work for tests. Must not judge what they cost."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from hypothesis import strategies as st

from policies.money.freight import Dimensional, Lane, RateTable
from policies.money.lines import (
    Basis,
    By,
    Counted,
    Dated,
    Freight,
    Least,
    Rule,
    Share,
    Stored,
    TariffLine,
    When,
)
from policies.money.parcels import Parcel, Snapshot
from policies.money.rates import Rates
from policies.money.tariff import Tariff
from policies.money.usage import FLAGS, Usage
from policies.money.versions import Tariffs
from tests.policies.test_tariff import TARIFF

MARCH = date(2026, 3, 1)
TABLE = RateTable(
    name="ups",
    unit="lb",
    round_up_to=Decimal(1),
    dim=Dimensional(divisor=Decimal(139), unit="in", round_up_to=Decimal(1)),
    lanes=(
        Lane(
            origin="*",
            zone="*",
            bands=((Decimal(1), 820), (Decimal(5), 1100)),
            minimum_cents=900,
            each_further_cents=Decimal("45.5"),
        ),
    ),
)
BASES: tuple[Basis, ...] = get_args(Basis)
BYS: tuple[By, ...] = get_args(By)
CLASSES = ("standard", "freight")
cents = st.decimals(0, 500, places=2)
percents = st.decimals(-100, 200, places=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of work and the tariffs that price it."""

    usages: tuple[Usage, ...]
    snapshots: tuple[Snapshot, ...]
    tariffs: Tariffs


@st.composite
def _rates(draw: st.DrawFn) -> Rates:
    afters = sorted(draw(st.sets(st.integers(1, 40), max_size=2)))
    return Rates(
        steps=tuple((Decimal(after), draw(cents)) for after in (0, *afters)),
        all_units=draw(st.booleans()),
    )


@st.composite
def _when(draw: st.DrawFn) -> When:
    if draw(st.booleans()):
        return When()
    return When(
        flags=frozenset(draw(st.sets(st.sampled_from(FLAGS), max_size=2))),
        windows=draw(st.sampled_from([(), ((date(2026, 3, 8), None),)])),
    )


@st.composite
def _rule(draw: st.DrawFn, above: tuple[str, ...]) -> Rule:
    kind = draw(st.sampled_from(["counted", "counted", "stored", "freight", "share", "least"]))
    if kind == "counted":
        return Counted(
            per=draw(st.sampled_from(["items", "units", "receiving_hours", "pick", "parcels"])),
            rates=Dated(since=((None, draw(_rates())),)),
            by=draw(st.sampled_from(BYS)),
            minutes_up_to=draw(st.sampled_from([Decimal(1), Decimal(15)])),
            when=draw(_when()),
        )
    if kind == "stored":
        basis = draw(st.sampled_from(BASES))
        return Stored(what="pallets", basis=basis, rates=draw(_rates()), carry=True)
    if kind == "freight":
        return Freight(table=TABLE, markup_pct=draw(percents), when=draw(_when()))
    named = tuple(draw(st.sets(st.sampled_from(above), min_size=1, max_size=2)))
    by = draw(st.sampled_from(BYS))
    if kind == "share":
        pct = Dated(since=((None, draw(percents)),))
        return Share(of=named, pct=pct, by=by)
    least, days = draw(st.integers(0, 20000)), draw(st.booleans())
    return Least(cents=least, counts=named, by=by, prorated=days)


@st.composite
def _tariff(draw: st.DrawFn) -> Tariff:
    lines: tuple[TariffLine, ...] = ()
    for place in range(draw(st.integers(1, 5))):
        above = ("pick", "pack", *(line.code for line in lines))
        tax_class = draw(st.sampled_from(CLASSES))
        lines += (TariffLine(code=f"l{place}", rule=draw(_rule(above)), tax_class=tax_class),)
    rate = st.decimals(0, 25, places=2)
    return replace(
        TARIFF,
        lines=lines,
        month_minimum_cents=draw(st.sampled_from([0, 10000])),
        tax={name: draw(rate) for name in CLASSES} if draw(st.booleans()) else {},
    )


@st.composite
def _usage(draw: st.DrawFn, place: int) -> Usage:
    count = st.integers(0, 12)
    sizes = st.tuples(*[st.decimals(1, 20, places=1)] * 3)
    weights = st.decimals(Decimal("0.1"), 12, places=1)
    parcel = st.builds(Parcel, weight_lb=weights, size_in=st.one_of(st.just(()), sizes))
    return Usage(
        order=f"o{place}",
        day=MARCH + timedelta(days=draw(st.integers(0, 30))),
        operations={"pick": draw(count), "pack": draw(st.integers(0, 1))},
        counts={"items": draw(count), "units": draw(count), "receiving_minutes": draw(count) * 7},
        flags=frozenset(draw(st.sets(st.sampled_from(FLAGS), max_size=2))),
        parcels=tuple(draw(st.lists(parcel, max_size=1))),
    )


@st.composite
def months(draw: st.DrawFn) -> Month:
    """A month with up to five orders, three snapshots and two versions."""
    first = draw(_tariff())
    versions = [first]
    if draw(st.booleans()):
        begins = MARCH + timedelta(days=draw(st.integers(1, 30)))
        versions.append(replace(draw(_tariff()), version="2", effective_from=begins))
    days = sorted(draw(st.sets(st.integers(0, 30), max_size=3)))
    return Month(
        usages=tuple(draw(_usage(place)) for place in range(draw(st.integers(0, 5)))),
        snapshots=tuple(
            Snapshot(
                day=MARCH + timedelta(days=day),
                of="pallets",
                quantity=draw(st.decimals(0, 50, places=1)),
                since=MARCH,
            )
            for day in days
        ),
        tariffs=Tariffs(versions=tuple(versions)),
    )
