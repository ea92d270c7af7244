"""What was done for one order: counted operations and flags, which check themselves.

Must not know what anything costs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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
FLAGS = ("rush", "oversized", "hazmat", "fragile")
"""What can be special about an order."""
MOST = 10**12
"""The highest count; more is a mistake in the source."""
_KEYS = ("operations", "flags", "monthly_orders")


class UsageError(ValueError):
    """A usage cannot be priced; each line of the text names a path and what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The counted operations of one order, its flags, and the tenant's orders of that month.

    Raises:
        UsageError: naming every count and flag that cannot be meant.
    """

    operations: Mapping[str, int] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    monthly_orders: int = 0

    def __post_init__(self) -> None:
        """Refuses what would be priced wrongly."""
        _refuse(_faults(self.operations, self.flags, self.monthly_orders))

    def count(self, operation: str) -> int:
        """How often an operation was done; what is not told was not done."""
        return self.operations.get(operation, 0)

    @property
    def nothing_done(self) -> bool:
        """Whether there is nothing to charge."""
        return not any(self.operations.values())


def read_usage(document: object) -> Usage:
    """The usage that a JSON document tells: operations, flags and monthly_orders, all optional.

    Raises:
        UsageError: naming every path that cannot be used, with its remedy.
    """
    if not isinstance(document, Mapping):
        message = "usage: write an object with operations, flags and monthly_orders"
        raise UsageError(message)
    _refuse(_shape_faults(document))
    return Usage(
        operations=dict(document.get("operations", {})),
        flags=frozenset(document.get("flags", [])),
        monthly_orders=document.get("monthly_orders", 0),
    )


def _refuse(faults: Iterator[str]) -> None:
    found = "\n".join(faults)
    if found:
        raise UsageError(found)


def _shape_faults(document: Mapping[str, object]) -> Iterator[str]:
    for key in document:
        if key not in _KEYS:
            yield f"{key}: unknown; known are {', '.join(_KEYS)}"
    if not isinstance(document.get("operations", {}), Mapping):
        yield 'operations: write an object like {"pick": 1}'
    flags = document.get("flags", [])
    if not isinstance(flags, list):
        yield 'flags: write a list like ["rush"]'
        return
    for place, flag in enumerate(flags):
        if not isinstance(flag, str):
            yield f"flags.{place}: {_unknown_flag()}"


def _faults(
    operations: Mapping[str, object], flags: frozenset[str], monthly_orders: object
) -> Iterator[str]:
    for name, count in operations.items():
        if name not in OPERATIONS:
            yield f"operations.{name}: unknown; known are {', '.join(OPERATIONS)}"
        else:
            yield from _count_faults(f"operations.{name}", count)
    for flag in sorted(flags - set(FLAGS)):
        yield f"flags.{flag}: {_unknown_flag()}"
    yield from _count_faults("monthly_orders", monthly_orders)


def _count_faults(path: str, count: object) -> Iterator[str]:
    if isinstance(count, bool) or not isinstance(count, int):
        yield f"{path}: write a whole number, 0 or more"
    elif count < 0:
        yield f"{path}: a count is never negative; write 0 or more"
    elif count > MOST:
        yield f"{path}: too many to be meant; write at most {MOST}"


def _unknown_flag() -> str:
    return f"unknown; known are {', '.join(FLAGS)}"
