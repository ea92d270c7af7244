"""What a carrier agreed to charge: values that were read from its contract.

Must not read a contract's text (read_contract.py) and must not judge a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import Literal

from policies.money.cents import EXACT, half_up
from policies.money.freight import ANY, RateTable

FREIGHT = "freight"
"""The code of what carrying itself costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A price of a lane within a band of weight, both ends inside unless `above` is left out.

    It is `cents` and `per_unit_cents` for each unit of billed weight, at least `minimum_cents`.
    An `up_to` of None has no end.
    """

    origin: str
    zone: str
    above: Decimal
    up_to: Decimal | None
    service: str = ANY
    above_inside: bool = False
    cents: Decimal = Decimal(0)
    per_unit_cents: Decimal = Decimal(0)
    minimum_cents: int = 0
    free: Decimal = Decimal(0)
    """So much of the weight costs nothing by the unit: above a lane's last band, that band."""

    def holds(self, weight: Decimal) -> bool:
        """Whether a parcel of that billed weight is in the band."""
        begun = weight >= self.above if self.above_inside else weight > self.above
        return begun and (self.up_to is None or weight <= self.up_to)

    def price(self, weight: Decimal) -> int:
        """What it comes to, rounded half up once."""
        with localcontext(EXACT):
            exact = self.cents + self.per_unit_cents * (weight - self.free)
            return half_up(max(exact, Decimal(self.minimum_cents)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """A table of rates: how weight is counted, and the rates by lane."""

    weighing: RateTable
    by_lane: Mapping[tuple[str, str], tuple[Rate, ...]]
    origins: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Notes from where its lanes lead."""
        object.__setattr__(self, "origins", frozenset(origin for origin, _ in self.by_lane))

    def lanes(self, origin: str, zone: str) -> tuple[Rate, ...]:
        """The rates of a lane; one that names both ends goes before one with `*`.

        Of an end that nobody knows, all lanes may be meant.
        """
        if not origin or not zone:
            fits = [
                (start, end)
                for start, end in self.by_lane
                if (not origin or start in (origin.lower(), ANY))
                and (not zone or end in (zone.lower(), ANY))
            ]
            return tuple(rate for lane in fits for rate in self.by_lane[lane])
        ways = ((origin, zone), (origin, ANY), (ANY, zone), (ANY, ANY))
        for way in ways:
            if found := self.by_lane.get((way[0].lower(), way[1].lower())):
                return found
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service by every name that bills give it, and the tables by which it is priced."""

    id: str
    names: frozenset[str]
    tables: tuple[str, ...]
    discount_pct: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a surcharge is due; what is None does not matter."""

    residential: bool | None = None
    zip_prefix: tuple[str, ...] = ()
    windows: tuple[tuple[date | None, date | None], ...] = ()
    weekdays: frozenset[int] = frozenset()
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcharge:
    """A charge beside the freight: a price, or a percentage of other charges, by the day."""

    code: str
    names: frozenset[str]
    dated: tuple[tuple[date | None, Decimal], ...]
    kind: Literal["cents", "percent"]
    pct_of: tuple[str, ...] = ()
    when: Condition = Condition()

    def on(self, day: date) -> Decimal | None:
        """The price or percentage of that day; None before the first."""
        held = [value for since, value in self.dated if since is None or since <= day]
        return held[-1] if held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """A service that is free, or cheaper, when it is late; only between these days."""

    services: tuple[str, ...]
    since: date
    until: date | None
    refund_pct: Decimal
    claim_days: int
    business_days: int
    by_minute: int | None = None
    excluded: frozenset[str] = frozenset()
    blackouts: tuple[tuple[date | None, date | None], ...] = ()

    def holds(self, service: str, day: date) -> bool:
        """Whether a parcel of that service, shipped on that day, is under it."""
        begun = self.since <= day and (self.until is None or day <= self.until)
        return service in self.services and begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What holds between two days, both inside."""

    name: str
    since: date
    until: date | None
    services: tuple[Service, ...]
    tables: Mapping[str, Rates]
    surcharges: tuple[Surcharge, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def service(self, name: str) -> Service | None:
        """The service that a bill calls so; the only one where it calls none."""
        if not name and len(self.services) == 1:
            return self.services[0]
        wanted = name.lower()
        return next((one for one in self.services if wanted in one.names), None)

    def surcharge(self, name: str) -> tuple[Surcharge, ...]:
        """The charges that a bill calls so; several where the contract is not clear."""
        wanted = name.lower()
        return tuple(one for one in self.surcharges if wanted in one.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A carrier's contract. `digest` is that of its text and of its files of rates."""

    carrier: str
    names: frozenset[str]
    currency: str
    versions: tuple[Version, ...]
    freight_names: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    our_payers: frozenset[str] = frozenset()
    other_payers: frozenset[str] = frozenset()
    other_services: frozenset[str] = frozenset()
    dispute_days: int | None = None
    tolerance_cents: int = 0
    tolerance_pct: Decimal = Decimal(0)
    unknown: Literal["dispute", "price"] = "dispute"
    digest: str = ""

    def on(self, day: date | None) -> tuple[Version, ...]:
        """The version of a day; of a day that nobody knows, all of them."""
        if day is None:
            return self.versions
        return tuple(one for one in self.versions if one.holds(day))

    def tolerates(self, billed: int, expected: int) -> bool:
        """Whether a difference is small enough to be let go of."""
        with localcontext(EXACT):
            share = abs(Decimal(expected)) * self.tolerance_pct / 100
        return abs(billed - expected) <= max(Decimal(self.tolerance_cents), share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """The contracts that hold for one client."""

    known: tuple[Contract, ...] = ()
    by_name: Mapping[str, Contract] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Notes every name of every carrier."""
        names = {name: one for one in self.known for name in (*one.names, one.carrier.lower())}
        object.__setattr__(self, "by_name", names)

    def of(self, name: str) -> Contract | None:
        """The contract of a carrier by any of its names; the only one where there is no name."""
        if not name:
            return self.known[0] if len(self.known) == 1 else None
        return self.by_name.get(name.lower().strip())
