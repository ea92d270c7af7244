"""Picks from Shopify's bodies what the policies know, under their keys.

Must not keep names, e-mail addresses or street lines: nobody downstream needs them.
"""

import re
from decimal import Decimal
from typing import Any

from handlers.ingest.moments import promised
from handlers.ingest.told import Json, known, obj, objects, pieces, text, whole
from policies.pauses import REASONS

_NO_DIGITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"}
    | {"XAF", "XOF", "XPF"}
)
_THREE_DIGITS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_FLAGS = ("oversized", "hazmat", "fragile", "rush")
_NOTED = ("promised_delivery", "future_ship_at", "destination_timezone", "customer_tier")
_TIER = "tier:"
_WORD = re.compile(r"[a-z][a-z_]{1,63}")


def order_facts(order: Json) -> dict[str, Any]:
    """The payload of an order's webhook."""
    tags = tags_of(order.get("tags"))
    line = next(iter(objects(order.get("shipping_lines"))), {})
    address = obj(order.get("shipping_address"))
    fulfillment = next(reversed(objects(order.get("fulfillments"))), {})
    facts = {
        **noted(order.get("note_attributes")),
        "channel": "shopify",
        "service": text(line.get("title")),
        "destination_country": text(address.get("country_code")),
        "destination_zip": text(address.get("zip")),
        "order_value_cents": minor_units(order.get("total_price"), order.get("currency")),
        "currency": text(order.get("currency")),
        "items": pieces(order.get("line_items")),
        "weight_grams": whole(order.get("total_weight")),
        "tags": tags or None,
        "flags": [flag for flag in _FLAGS if flag in {tag.lower() for tag in tags}] or None,
        "financial_status": text(order.get("financial_status")),
        "fulfillment_status": text(order.get("fulfillment_status")),
        "cancel_reason": text(order.get("cancel_reason")),
        **_parcel(fulfillment),
    }
    tier = tier_of(tags + tags_of(obj(order.get("customer")).get("tags")))
    return known(facts | ({"customer_tier": tier} if tier else {}))


def noted(attributes: object) -> dict[str, str]:
    """What the shop noted under names that the policies know."""
    pairs = ((item.get("name"), text(item.get("value"))) for item in objects(attributes))
    return {name: value for name, value in pairs if name in _NOTED and value}


def fulfillment_facts(fulfillment: Json) -> dict[str, Any]:
    """The payload of a fulfillment's webhook."""
    facts = {
        "channel": "shopify",
        "fulfillment_service": text(fulfillment.get("service")),
        "shipment_status": text(fulfillment.get("shipment_status")),
        "items": pieces(fulfillment.get("line_items")),
        **_parcel(fulfillment),
    }
    return known(facts)


def scan_facts(event: Json) -> dict[str, Any]:
    """The payload of a fulfillment event's webhook."""
    return known(
        {
            "channel": "shopify",
            "shipment_status": text(event.get("status")),
            "promised_delivery": promised(event.get("estimated_delivery_at")),
        }
    )


def hold_facts(fulfillment_order: Json) -> dict[str, Any]:
    """The payload of a hold, with its reason in our words; notes are left out."""
    holds = objects(fulfillment_order.get("fulfillment_holds"))
    hold = obj(fulfillment_order.get("created_fulfillment_hold")) or next(reversed(holds), {})
    reason = (text(hold.get("reason")) or "").lower()
    stated = REASONS.get(reason, reason) if _WORD.fullmatch(reason) else None
    return known({"channel": "shopify", "hold": stated})


def release_facts(_fulfillment_order: Json) -> dict[str, Any]:
    """The payload of a release: it ends every hold, because Shopify does not say which."""
    return {"channel": "shopify"}


def _parcel(fulfillment: Json) -> dict[str, Any]:
    return {
        "carrier": text(fulfillment.get("tracking_company")),
        "tracking_number": text(fulfillment.get("tracking_number")),
    }


def tags_of(value: object) -> list[str]:
    """Shopify writes tags as `a, b`; newer interfaces send a list."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return []
    return [tag.strip() for tag in value if isinstance(tag, str) and tag.strip()]


def tier_of(tags: list[str]) -> str | None:
    """What stands after `tier:` in the first tag that says so."""
    named = (tag[len(_TIER) :].strip() for tag in tags if tag.lower().startswith(_TIER))
    return next((tier for tier in named if tier), None)


def minor_units(amount: object, currency: object) -> int | None:
    """`199.65` USD is 19965; None where the amount is not exact in the currency's units."""
    digits = 0 if text(currency) in _NO_DIGITS else 3 if text(currency) in _THREE_DIGITS else 2
    try:
        scaled = Decimal(text(amount) or "").scaleb(digits)
    except ArithmeticError:
        return None
    exact = scaled.is_finite() and scaled == scaled.to_integral_value()
    return int(scaled) if exact and abs(scaled.adjusted()) < 16 else None  # noqa: PLR2004
