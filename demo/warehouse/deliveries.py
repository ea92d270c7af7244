"""A delivery: one event as the bytes, headers and address of one HTTP post.

Renders and signs; it must not open a connection.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo.warehouse.shopify import render_headers, render_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.warehouse.hooks import Hook

SHOPIFY_SIGNATURE = "X-Shopify-Hmac-Sha256"
E2A_SIGNATURE = "X-E2A-Hmac-Sha256"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What is posted where; deliveries of one order keep their order."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    order_id: str
    event_id: str


def sign(secret: str, body: bytes) -> str:
    """Return base64(HMAC-SHA256(secret, raw body)), Shopify's scheme."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def address_to_hook(event: Mapping[str, Any], hook: Hook) -> Delivery:
    """Return the vendor-signed webhook for `event`: Shopify's own shape, or the canonical form."""
    if event["source"] == "shopify":
        body = _encode(render_order(event))
        headers = {**render_headers(event), SHOPIFY_SIGNATURE: sign(hook.secret, body)}
    else:
        body = _encode(event)
        headers = {E2A_SIGNATURE: sign(hook.secret, body)}
    return _deliver(event, hook.url, headers, body)


def address_to_key(event: Mapping[str, Any], *, url: str, key: str) -> Delivery:
    """Return the canonical event, authenticated by an API key."""
    return _deliver(event, url, {"Authorization": f"Bearer {key}"}, _encode(event))


def _deliver(
    event: Mapping[str, Any], url: str, headers: Mapping[str, str], body: bytes
) -> Delivery:
    return Delivery(
        url=url,
        headers={"Content-Type": "application/json", **headers},
        body=body,
        order_id=event["order_id"],
        event_id=event["event_id"],
    )


def _encode(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
