"""Gathers what we know of the parcels of a bill: their events, and where they were billed before.

Must not judge a line.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from jobs.ports import Storage, Transaction
from policies.facts import OrderEvent, timeline_of
from policies.money.audit.judge import Known, code_of
from policies.money.audit.kept import parcel_key
from policies.money.audit.lines import BilledLine
from policies.money.audit.shipment import Shipment, shipments_of
from policies.order_names import TRACKING, name_of
from policies.records import OrderKey, Tenant

_ORDERS = 200
"""Orders whose events are at hand at a time."""


async def gather_known(
    lines: Sequence[BilledLine], base: Known, tenant: Tenant, file_hash: str, *, storage: Storage
) -> Known:
    """By what the lines are judged; `file_hash` is the file's own, which is no earlier bill."""
    numbers = sorted({line.tracking for line in lines if line.tracking})
    orders = sorted({line.order for line in lines if line.order and not line.tracking})
    shipments: dict[str, Shipment] = {}
    for part in _portions(numbers):
        async with storage.read() as tx:
            shipments |= await _by_number(tx, part, tenant)
    of_orders: dict[str, tuple[Shipment, ...]] = {}
    for part in _portions(orders):
        async with storage.read() as tx:
            of_orders |= await _by_order(tx, part, tenant)
    keys = await asyncio.to_thread(_keys, lines, base)
    async with storage.read() as tx:
        billed = await tx.bills.billed(tenant.id, list(keys), not_of=file_hash)
    earlier = {keys[key]: f"{name[:60]}, row {row}" for key, (name, row) in billed.items()}
    return replace(base, shipments=shipments, orders=of_orders, earlier=earlier)


def _keys(lines: Sequence[BilledLine], base: Known) -> dict[str, tuple[str, str]]:
    """Under what charges of these lines would be found in earlier files."""
    keys = {}
    for line in lines:
        if line.tracking:
            code = code_of(line, base.contracts.of(line.carrier or base.carrier))
            keys[parcel_key(line.tracking, code)] = (line.tracking, code)
    return keys


async def _by_number(
    tx: Transaction, numbers: Sequence[str], tenant: Tenant
) -> dict[str, Shipment]:
    """The parcels with these tracking numbers that we know."""
    asked = {
        number: OrderKey(tenant_id=tenant.id, order_id=name_of(TRACKING, number) or number)
        for number in numbers
    }
    meant = await tx.names.orders_of(list(asked.values()))
    found = await _shipments(tx, {meant[key] for key in asked.values()}, tenant)
    known: dict[str, Shipment] = {}
    for number, key in asked.items():
        of_order = found.get(meant[key].order_id)
        if of_order:
            known[number] = _the_one(number, of_order)
    return known


def _the_one(number: str, of_order: Sequence[Shipment]) -> Shipment:
    """The order's parcel of that number; of one that only a name tells of we know no more."""
    same = next((one for one in of_order if one.number == number), None)
    if same is not None:
        return same
    if len(of_order) == 1 and not of_order[0].number:
        return replace(of_order[0], number=number)
    return Shipment(order_id=of_order[0].order_id, number=number)


async def _by_order(
    tx: Transaction, orders: Sequence[str], tenant: Tenant
) -> dict[str, tuple[Shipment, ...]]:
    asked = {order: OrderKey(tenant_id=tenant.id, order_id=order[:128]) for order in orders}
    meant = await tx.names.orders_of(list(asked.values()))
    found = await _shipments(tx, {meant[key] for key in asked.values()}, tenant)
    return {
        order: tuple(of_order)
        for order, key in asked.items()
        if (of_order := found.get(meant[key].order_id))
    }


async def _shipments(
    tx: Transaction, keys: set[OrderKey], tenant: Tenant
) -> dict[str, list[Shipment]]:
    """The parcels of these orders; orders without an event are left out."""
    ordered = sorted(keys, key=lambda key: key.order_id)
    told = await tx.events.of_orders(ordered)
    return await asyncio.to_thread(_told, told, tenant.timezone)


def _told(
    told: Mapping[OrderKey, Sequence[OrderEvent]], timezone: str
) -> dict[str, list[Shipment]]:
    return {
        key.order_id: shipments_of(timeline_of(key.order_id, events), timezone)
        for key, events in told.items()
        if events
    }


def _portions(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _ORDERS):
        yield items[start : start + _ORDERS]
