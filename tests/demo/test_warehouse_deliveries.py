"""How the simulated warehouse writes and signs what it posts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from demo.warehouse.deliveries import address_to_hook, address_to_key
from demo.warehouse.generate import generate_orders
from demo.warehouse.hooks import Hook, HooksError, load_hooks
from demo.warehouse.shopify import TOPICS

if TYPE_CHECKING:
    from pathlib import Path

HOOK = Hook(url="http://127.0.0.1/hooks/a", secret="s3cret")


@pytest.fixture(scope="module")
def shop_events() -> list[dict[str, Any]]:
    """The events of three shops: created, paid, cancelled."""
    emissions = generate_orders(seed=7, orders=300)
    return [one.event for one in emissions if one.event["source"] == "shopify"]


def instant(text: str) -> datetime:
    """Read a time with any offset."""
    return datetime.fromisoformat(text)


def test_shopify_orders_tell_what_the_event_tells(shop_events: list[dict[str, Any]]) -> None:
    """Name, times and amounts of the order resource are those of the canonical event."""
    times = {"order_created": "created_at", "order_paid": "processed_at"}
    assert {event["event_type"] for event in shop_events} == set(TOPICS)
    for event in shop_events:
        payload = event["payload"]
        body = json.loads(address_to_hook(event, HOOK).body)
        happened = body[times.get(event["event_type"], "cancelled_at")]
        assert body["name"] == f"#{event['order_id']}"
        assert instant(happened) == instant(event["occurred_at"])
        assert instant(body["created_at"]) == instant(payload["placed_at"])
        assert body["total_price"].replace(".", "") == str(payload["order_value_cents"])
        assert body["shipping_lines"][0]["title"] == payload["service"]
        assert sum(line["quantity"] for line in body["line_items"]) == payload["items"]
        assert body["customer"]["tags"] == f"tier:{payload['customer_tier']}"
        assert body["shipping_address"]["country_code"] == payload["destination_country"]


def test_lines_and_shipping_make_the_total(shop_events: list[dict[str, Any]]) -> None:
    """Prices of the lines and of the shipping sum to the total, to the cent."""
    for event in shop_events:
        body = json.loads(address_to_hook(event, HOOK).body)
        parts = [(line["price"], line["quantity"]) for line in body["line_items"]]
        parts += [(line["price"], 1) for line in body["shipping_lines"]]
        cents = sum(int(price.replace(".", "")) * quantity for price, quantity in parts)
        assert cents == int(body["total_price"].replace(".", ""))


def test_shopify_headers_are_complete_and_stable(shop_events: list[dict[str, Any]]) -> None:
    """An event has ids of its own, and a repeated one the same bytes and ids again."""
    headers = address_to_hook(shop_events[0], HOOK).headers
    assert headers["X-Shopify-Topic"] == "orders/create"
    assert headers["X-Shopify-Shop-Domain"].endswith(".myshopify.com")
    assert {"X-Shopify-Event-Id", "X-Shopify-Triggered-At", "X-Shopify-API-Version"} <= set(headers)
    assert address_to_hook(shop_events[0], HOOK) == address_to_hook(dict(shop_events[0]), HOOK)
    ids = {address_to_hook(event, HOOK).headers["X-Shopify-Webhook-Id"] for event in shop_events}
    assert len(ids) == len({event["event_id"] for event in shop_events})


def test_every_stream_signs_the_raw_body(shop_events: list[dict[str, Any]]) -> None:
    """The signature is base64 of HMAC-SHA256 over the very bytes that are posted."""
    names = {"shopify": "X-Shopify-Hmac-Sha256", "wms": "X-E2A-Hmac-Sha256"}
    for source, name in names.items():
        delivery = address_to_hook({**shop_events[0], "source": source}, HOOK)
        digest = hmac.new(b"s3cret", delivery.body, hashlib.sha256).digest()
        assert delivery.headers[name] == base64.b64encode(digest).decode()


def test_a_key_posts_the_canonical_event(shop_events: list[dict[str, Any]]) -> None:
    """With an API key the event goes out as it is."""
    delivery = address_to_key(shop_events[0], url="http://127.0.0.1/events", key="k")
    assert json.loads(delivery.body) == shop_events[0]
    assert delivery.headers["Authorization"] == "Bearer k"


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"clients":[{"tenant":"acme","hooks":{"shopify":{"url":"u"}}}]}'],
    ids=["no json", "no clients", "no secret"],
)
def test_bad_configuration_is_named(tmp_path: Path, text: str) -> None:
    """A configuration that cannot be used is refused in one line."""
    path = tmp_path / "hooks.json"
    path.write_text(text)
    with pytest.raises(HooksError):
        load_hooks(path)


def test_secrets_do_not_show() -> None:
    """A hook's secret is not in its representation."""
    assert "s3cret" not in repr(HOOK)
