"""What was done for a tenant in a month: its orders and what lay in store, as JSON tells it.

Must not price it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from policies.money.parcels import Snapshot, read_snapshot
from policies.money.usage import Usage, UsageError, read_usage

Told = TypeVar("Told")
_KEYS = ("month", "tenant", "orders", "storage")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthUsage:
    """The work of a month, which begins on `month`."""

    month: date
    tenant: str
    usages: tuple[Usage, ...]
    snapshots: tuple[Snapshot, ...]


def is_month(document: object) -> bool:
    """Whether a document tells of a month and not of one order."""
    return isinstance(document, Mapping) and "month" in document


def read_month(document: Mapping[str, object]) -> MonthUsage:
    """The month that a JSON document tells: month, tenant, orders, storage.

    Raises:
        UsageError: naming every path that cannot be used, with its remedy.
    """
    faults = [
        f"{key}: unknown; known are {', '.join(_KEYS)}" for key in document if key not in _KEYS
    ]
    tenant = document.get("tenant", "")
    if not isinstance(tenant, str):
        faults.append("tenant: write a text")
    lists = [key for key in ("orders", "storage") if key in document]
    faults += [f"{key}: write a list" for key in lists if not isinstance(document[key], list)]
    month = _month(document["month"], faults)
    if faults or month is None:
        raise UsageError("\n".join(faults))
    usages = tuple(_each(document, "orders", read_usage, faults))
    snapshots = tuple(_each(document, "storage", read_snapshot, faults))
    if faults:
        raise UsageError("\n".join(faults))
    named = tuple(
        replace(one, order=one.order or str(place)) for place, one in enumerate(usages, start=1)
    )
    return MonthUsage(month=month, tenant=str(tenant), usages=named, snapshots=snapshots)


def _month(value: object, faults: list[str]) -> date | None:
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        faults.append('month: write a month like "2026-03"')
        return None


def _each(
    document: Mapping[str, object], key: str, read: Callable[[object], Told], faults: list[str]
) -> Iterator[Told]:
    told = document.get(key, [])
    for place, one in enumerate(told if isinstance(told, list) else []):
        try:
            yield read(one)
        except ValueError as error:
            faults += [f"{key}.{place}.{line}" for line in str(error).splitlines()]
