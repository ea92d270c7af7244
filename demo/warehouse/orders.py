"""One order of a merchant, drawn from the tables, and the facts that each system knows of it.

Draws from the generator that it is handed; it must not use a clock or the global random.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from demo.warehouse.clients import (
    CLIENTS,
    DESTINATIONS,
    SERVICES,
    TIERS,
    WAREHOUSES,
    Client,
    Destination,
    Product,
    Service,
    Warehouse,
)

if TYPE_CHECKING:
    from random import Random

DAY = 86_400
RUSH_ONE_IN = 12
_CLIENTS_BY_SHARE = tuple(client for client in CLIENTS for _ in range(client.share))
_SERVICES_BY_SHARE = tuple(service for service in SERVICES for _ in range(service.share))


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """So many pieces of one product."""

    product: Product
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order as its merchant took it; times are whole seconds since 1970, UTC."""

    order_id: str
    client: Client
    warehouse: Warehouse
    zone: str
    service: Service
    destination: Destination
    tier: str
    rush: bool
    lines: tuple[Line, ...]
    created_at: int
    paid_at: int

    @property
    def items(self) -> int:
        """Pieces in the order."""
        return sum(line.quantity for line in self.lines)

    @property
    def weight_grams(self) -> int:
        """Weight of the goods without packaging."""
        return sum(line.quantity * line.product.grams for line in self.lines)

    @property
    def value_cents(self) -> int:
        """What the customer pays, shipping included."""
        goods = sum(line.quantity * line.product.unit_cents for line in self.lines)
        return goods + self.service.price_cents


def draw_order(rng: Random, *, number: int, created_at: int) -> Order:
    """Draw everything about an order that is known when it is placed and paid."""
    client = rng.choice(_CLIENTS_BY_SHARE)
    warehouse = rng.choice(WAREHOUSES)
    return Order(
        order_id=f"SO-{number}",
        client=client,
        warehouse=warehouse,
        zone=rng.choice(warehouse.zones),
        service=rng.choice(_SERVICES_BY_SHARE),
        destination=rng.choice(DESTINATIONS),
        tier=rng.choice(TIERS),
        rush=rng.randrange(RUSH_ONE_IN) == 0,
        lines=_draw_lines(rng, client),
        created_at=created_at,
        paid_at=created_at + rng.randrange(45, 240),
    )


def shop_facts(order: Order) -> dict[str, Any]:
    """Return the payload that the merchant's shop can fill."""
    flags = {line.product.flag for line in order.lines if line.product.flag}
    if order.rush:
        flags.add("rush")
    promised = (
        order.created_at - order.created_at % DAY + (order.service.promise_days + 1) * DAY - 1
    )
    return {
        "client": order.client.tenant,
        "channel": "shopify",
        "service": order.service.name,
        "destination_country": order.destination.country_code,
        "destination_timezone": order.destination.timezone,
        "destination_zip": order.destination.zip,
        "promised_delivery": format_time(promised),
        "placed_at": format_time(order.created_at),
        "items": order.items,
        "weight_grams": order.weight_grams,
        "order_value_cents": order.value_cents,
        "customer_tier": order.tier,
        "flags": sorted(flags),
        "tags": [f"tier:{order.tier}"],
        "lines": [{"sku": line.product.sku, "quantity": line.quantity} for line in order.lines],
    }


def floor_facts(order: Order) -> dict[str, Any]:
    """Return the payload that the warehouse knows from the start."""
    return {
        "client": order.client.tenant,
        "service": order.service.name,
        "warehouse": order.warehouse.code,
        "zone": order.zone,
        "items": order.items,
    }


def format_time(at: int) -> str:
    """Write seconds since 1970 as RFC 3339 in UTC."""
    day, second = divmod(at, DAY)
    return f"{_format_day(day)}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


@lru_cache(maxsize=512)
def _format_day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()


def _draw_lines(rng: Random, client: Client) -> tuple[Line, ...]:
    first = rng.randrange(len(client.products))
    count = rng.choice((1, 1, 1, 2, 2, 3))
    return tuple(
        Line(
            product=client.products[(first + step) % len(client.products)],
            quantity=rng.choice((1, 1, 2, 3)),
        )
        for step in range(count)
    )
