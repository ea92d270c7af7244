"""What was done for one order: counted work, flags and parcels, which check themselves.

Must not know what anything costs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from policies.money.parcels import Parcel, day_of, read_parcel

OPERATIONS = (
    "pick",
    "pack",
    "label",
    "kitting",
    "storage_days",
    "returns",
    "photo",
    "quality_check",
    "custom_packaging",
    "gift_wrap",
)
"""What can be counted (contract, "bill rate"); every tariff prices each."""
COUNTS = (
    *("orders", "items", "units"),
    *("received_containers", "received_pallets", "received_cartons", "received_units"),
    *("receiving_minutes", "returned_items", "project_minutes"),
    *("repicks", "repacks"),
)
"""What else can be counted; a tariff's `lines` price it where they name it."""
HOURS = {"receiving_hours": "receiving_minutes", "project_hours": "project_minutes"}
"""What is priced by the hour and counted in minutes."""
PARCELS = "parcels"
"""The count of an order's parcels, by which a line may be priced."""
MINUTES = 60
FLAGS = ("rush", "oversized", "hazmat", "fragile")
"""What can be special about an order."""
MOST = 10**12
"""The highest count; more is a mistake in the source."""
_KEYS = (
    *("operations", "flags", "monthly_orders"),
    *("order", "tenant", "date", "counts", "parcels", "month_before"),
)
_SHAPES: Mapping[str, tuple[type, str]] = {
    "operations": (Mapping, 'an object like {"pick": 1}'),
    "counts": (Mapping, 'an object like {"items": 3}'),
    "month_before": (Mapping, 'an object like {"picks": 9000}'),
    "order": (str, "a text"),
    "tenant": (str, "a text"),
    "parcels": (list, 'a list like [{"weight_lb": 3}]'),
    "flags": (list, 'a list like ["rush"]'),
}
"""What each key of a document must hold."""


class UsageError(ValueError):
    """A usage cannot be priced; each line of the text names a path and what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The counted operations of one order, its flags, and the tenant's orders of that month.

    `day` is the day of service, by which the version of the tariff is chosen. `month_before` says
    by the code of a line that is tiered by the month how many it counted earlier in that month.

    Raises:
        UsageError: naming every count and flag that cannot be meant.
    """

    operations: Mapping[str, int] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    monthly_orders: int = 0
    order: str = ""
    tenant: str = ""
    day: date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    parcels: tuple[Parcel, ...] = ()
    month_before: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuses what would be priced wrongly."""
        _refuse(_faults(self))

    def count(self, operation: str) -> int:
        """How often an operation was done; what is not told was not done."""
        return self.operations.get(operation, 0)

    @property
    def nothing_done(self) -> bool:
        """Whether there is nothing to charge."""
        return not any(self.operations.values())

    def counted(self, per: str) -> tuple[Decimal, int]:
        """How many there are, in parts of a unit, and how many parts are one: 90 minutes over 60.

        What is told under `counts` holds. An order is one where any operation or parcel is told.
        """
        if per in HOURS:
            return Decimal(self.counts.get(HOURS[per], 0)), MINUTES
        if per == PARCELS:
            return Decimal(len(self.parcels)), 1
        if per == "orders":
            is_order = bool(self.parcels) or not self.nothing_done
            return Decimal(self.counts.get("orders", int(is_order))), 1
        return Decimal(self.counts.get(per, self.count(per))), 1


def read_usage(document: object) -> Usage:
    """The usage that a JSON document tells; every key of it is optional.

    Raises:
        UsageError: naming every path that cannot be used, with its remedy.
    """
    if not isinstance(document, Mapping):
        message = "usage: write an object with operations, flags and monthly_orders"
        raise UsageError(message)
    _refuse(_shape_faults(document))
    faults: list[str] = []
    parcels = tuple(_parcels(document.get("parcels", []), faults))
    day = _day(document, faults)
    _refuse(iter(faults))
    return Usage(
        operations=dict(document.get("operations", {})),
        flags=frozenset(document.get("flags", [])),
        monthly_orders=document.get("monthly_orders", 0),
        order=document.get("order", ""),
        tenant=document.get("tenant", ""),
        day=day,
        counts=dict(document.get("counts", {})),
        parcels=parcels,
        month_before=dict(document.get("month_before", {})),
    )


def _parcels(documents: list[object], faults: list[str]) -> Iterator[Parcel]:
    for place, told in enumerate(documents):
        try:
            yield read_parcel(told)
        except ValueError as error:
            faults.append(f"parcels.{place}.{error}")


def _day(document: Mapping[str, Any], faults: list[str]) -> date | None:
    try:
        return day_of("date", document["date"]) if "date" in document else None
    except ValueError as error:
        faults.append(str(error))
        return None


def _refuse(faults: Iterator[str]) -> None:
    found = "\n".join(faults)
    if found:
        raise UsageError(found)


def _shape_faults(document: Mapping[str, object]) -> Iterator[str]:
    for key in document:
        if key not in _KEYS:
            yield f"{key}: unknown; known are {', '.join(_KEYS)}"
    for key, (shape, example) in _SHAPES.items():
        if key in document and not isinstance(document[key], shape):
            yield f"{key}: write {example}"
    flags = document.get("flags", [])
    for place, flag in enumerate(flags if isinstance(flags, list) else []):
        if not isinstance(flag, str):
            yield f"flags.{place}: {_unknown_flag()}"


def _faults(usage: Usage) -> Iterator[str]:
    for key, counts, known in (
        ("operations", usage.operations, OPERATIONS),
        ("counts", usage.counts, COUNTS),
    ):
        for name, count in counts.items():
            if name not in known:
                yield f"{key}.{name}: unknown; known are {', '.join(known)}"
            else:
                yield from _count_faults(f"{key}.{name}", count)
    for flag in sorted(usage.flags - set(FLAGS)):
        yield f"flags.{flag}: {_unknown_flag()}"
    yield from _count_faults("monthly_orders", usage.monthly_orders)
    for code, count in usage.month_before.items():
        yield from _count_faults(f"month_before.{code}", count)


def _count_faults(path: str, count: object) -> Iterator[str]:
    if isinstance(count, bool) or not isinstance(count, int):
        yield f"{path}: write a whole number, 0 or more"
    elif count < 0:
        yield f"{path}: a count is never negative; write 0 or more"
    elif count > MOST:
        yield f"{path}: too many to be meant; write at most {MOST}"


def _unknown_flag() -> str:
    return f"unknown; known are {', '.join(FLAGS)}"
