"""Counts what was done for an order, as far as its timeline tells.

Must not price it, and must not guess what no event states.
"""

from collections import Counter
from collections.abc import Mapping

from policies.facts import Timeline
from policies.money.usage import FLAGS, MOST, Usage


def operations_of(timeline: Timeline) -> Usage:
    """The operations of one order and its flags.

    Items are those of the first completed pick; an order is packed once; a voided label takes
    one label off. Storage, extras and the tenant's orders of the month are not in a timeline.
    """
    kinds = Counter(event.kind for event in timeline.events)
    return Usage(
        operations={
            "pick": _picked(timeline),
            "pack": min(1, kinds["pack_completed"]),
            "label": max(0, kinds["label_created"] - kinds["label_voided"]),
            "kitting": kinds["kitting_completed"],
            "returns": kinds["return_processed"],
        },
        flags=_flags(timeline),
    )


def _picked(timeline: Timeline) -> int:
    """How many items the first completed pick states; one where it states none."""
    first = timeline.first(["pick_completed"])
    return 0 if first is None else _items(first.payload)


def _items(payload: Mapping[str, object]) -> int:
    stated = payload.get("items")
    count = len(stated) if isinstance(stated, list) else stated
    if isinstance(count, bool) or not isinstance(count, int):
        return 1
    return count if 0 <= count <= MOST else 1


def _flags(timeline: Timeline) -> frozenset[str]:
    """The latest flags that are stated; those that no tariff knows are left out."""
    stated = timeline.known("flags")
    return frozenset(FLAGS).intersection(
        flag for flag in (stated if isinstance(stated, list) else ()) if isinstance(flag, str)
    )
