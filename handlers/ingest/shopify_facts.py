"""Picks from Shopify's bodies what the policies know, under their keys.

Must not keep names, e-mail addresses or street lines: nobody downstream needs them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]

_NO_DIGITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"}
    | {"XAF", "XOF", "XPF"}
)
_THREE_DIGITS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_FLAGS = ("oversized", "hazmat", "fragile", "rush")
_NOTED = ("promised_delivery", "future_ship_at", "destination_timezone", "customer_tier")
_TIER = "tier:"


def text(value: object) -> str | None:
    """A string or a number as text; None for everything else, and for nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def obj(value: object) -> Json:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


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
        "items": items_of(order),
        "weight_grams": whole(order.get("total_weight")),
        "tags": tags or None,
        "flags": [flag for flag in _FLAGS if flag in {tag.lower() for tag in tags}] or None,
        "financial_status": text(order.get("financial_status")),
        "fulfillment_status": text(order.get("fulfillment_status")),
        "cancel_reason": text(order.get("cancel_reason")),
        "note": text(order.get("note")),
        **_parcel(fulfillment),
    }
    tier = tier_of(tags + tags_of(obj(order.get("customer")).get("tags")))
    return _known(facts | ({"customer_tier": tier} if tier else {}))


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
        "items": items_of(fulfillment),
        **_parcel(fulfillment),
    }
    return _known(facts)


def _parcel(fulfillment: Json) -> dict[str, Any]:
    return {
        "carrier": text(fulfillment.get("tracking_company")),
        "tracking_number": text(fulfillment.get("tracking_number")),
    }


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value is not None}


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


def items_of(resource: Json) -> int | None:
    """How many pieces the lines add up to, or None when no line says."""
    counts = [whole(line.get("quantity")) for line in objects(resource.get("line_items"))]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def whole(value: object) -> int | None:
    """A count, or None."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


def minor_units(amount: object, currency: object) -> int | None:
    """`199.65` USD is 19965; None where the amount is not exact in the currency's units."""
    digits = 0 if text(currency) in _NO_DIGITS else 3 if text(currency) in _THREE_DIGITS else 2
    try:
        scaled = Decimal(text(amount) or "").scaleb(digits)
    except ArithmeticError:
        return None
    exact = scaled.is_finite() and scaled == scaled.to_integral_value()
    return int(scaled) if exact and abs(scaled.adjusted()) < 16 else None  # noqa: PLR2004
