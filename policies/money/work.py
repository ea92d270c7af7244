"""Counts what was done for an order: every event goes into one operation, or is said to be none.

Must not price anything, and must not guess what no event states.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from policies.facts import OrderEvent, Timeline
from policies.local_time import local_date
from policies.money.invoice_values import OrderWork
from policies.money.parcels import Parcel, Snapshot, read_parcel, read_snapshot
from policies.money.rates import plain
from policies.money.usage import FLAGS, Usage, UsageError
from policies.money.work_counts import Tally
from policies.money.work_kinds import BILLABLE, LEFT, PACKED, PICKED, PRINTED, STOCK

REST = timedelta(days=7)
"""An order of which no further work was heard for so long is billed as it is."""


def work_of(timeline: Timeline, zone: str) -> OrderWork | None:
    """What was done for an order; None where nothing was that could be billed.

    Args:
        timeline: all that is known of the order, up to now.
        zone: the client's time zone, which says what a day is.

    Raises:
        UsageError: naming each event that states something unusable, and what to write.
    """
    worked = [event for event in timeline.events if event.kind in BILLABLE and event.kind != STOCK]
    if not worked:
        return None
    tally = Tally(timeline, zone)
    done, parcels = tally.done(), tuple(_parcels(tally))
    if tally.faults:
        raise UsageError("\n".join(tally.faults))
    if not any(one.count for one in done):
        return None
    day = local_date(_served(tally.standing).occurred_at, zone)
    usage = tally.usage(flags=flags_of(timeline), parcels=parcels, day=day)
    left = timeline.first(LEFT)
    return OrderWork(
        order_id=timeline.order_id,
        day=day,
        usage=usage,
        done=done,
        accounts=tally.accounts(),
        input_hash=_hash(usage),
        last_at=worked[-1].occurred_at,
        ready_at=left.occurred_at if left else None,
    )


def is_ready(work: OrderWork, now: datetime) -> bool:
    """Whether nothing more is to be expected: it left, was called off, or rests."""
    return work.ready_at is not None or work.last_at + REST <= now


def snapshots_of(timeline: Timeline, zone: str) -> Iterator[tuple[OrderEvent, Snapshot]]:
    """What lay in store, as events of the kind `stock_counted` tell: of, quantity, lot, since.

    Raises:
        UsageError: naming the event that cannot be used, and what to write.
    """
    for event in timeline.events:
        if event.kind != STOCK:
            continue
        told = {key: event.payload[key] for key in _SNAPSHOT if key in event.payload}
        told["date"] = local_date(event.occurred_at, zone).isoformat()
        try:
            yield event, read_snapshot(told)
        except ValueError as error:
            message = f"event {event.event_id}: {error}"
            raise UsageError(message) from error


def flags_of(timeline: Timeline) -> frozenset[str]:
    """The latest flags that are stated; those that no tariff knows are left out."""
    stated = timeline.known("flags")
    return frozenset(FLAGS).intersection(
        flag for flag in (stated if isinstance(stated, list) else ()) if isinstance(flag, str)
    )


def _served(standing: Sequence[OrderEvent]) -> OrderEvent:
    """By which event an order belongs to a day: packed, else labelled, picked, or begun."""
    for kind in (PACKED, PRINTED, PICKED):
        for event in standing:
            if event.kind == kind:
                return event
    return standing[0]


def _parcels(tally: Tally) -> Iterator[Parcel]:
    """Those that the labels which count tell under `parcel`."""
    for event in tally.labels:
        told = event.payload.get("parcel")
        if told is None:
            continue
        try:
            yield read_parcel(told)
        except ValueError as error:
            tally.faults.append(f"event {event.event_id}: parcel.{error}")


def _hash(usage: Usage) -> str:
    """Changes with what was done, and with nothing else."""
    told = {
        "operations": dict(usage.operations),
        "counts": dict(usage.counts),
        "flags": sorted(usage.flags),
        "day": str(usage.day),
        "parcels": [_parcel(one) for one in usage.parcels],
    }
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _parcel(one: Parcel) -> Mapping[str, object]:
    weights = (one.weight_lb, one.weight_kg, *one.size_in, *one.size_cm)
    return {
        "way": [one.origin, one.zone, one.zip, one.service, one.residential],
        "measured": ["" if value is None else plain(value) for value in weights],
        "sides": [len(one.size_in), len(one.size_cm)],
    }


_SNAPSHOT = ("of", "quantity", "lot", "since")
