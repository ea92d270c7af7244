"""Which fields of a payload are about a person, by how senders call them.

Must not look at values.
"""

import re

_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KEPT = frozenset(
    {
        *("client", "channel", "service", "warehouse", "carrier", "tracking_number", "wave"),
        *("zone", "destination_country", "destination_timezone", "promised_delivery"),
        *("future_ship_at", "flags", "tags", "items", "weight_grams", "hold", "fault"),
        *("line_items", "lines", "products"),
        *("order_value_cents", "customer_tier", "currency", "country", "country_code"),
        *("timezone", "time_zone", "sku", "quantity", "carrier_name", "warehouse_name"),
        *("service_name", "shop_name", "channel_name", "product_name", "event_name"),
        *("order_id", "event_id", "event_type", "occurred_at", "source", "correlation_id"),
        *("tracking_code", "tracking_numbers", "order_name", "file_name", "item_name"),
    }
)
"""What promises, money and the trail need, whatever it sounds like."""
_PERSONAL = frozenset(
    {
        *("name", "email", "mail", "phone", "mobile", "fax", "tel", "telephone", "address"),
        *("street", "city", "zip", "postal", "postcode", "company", "recipient", "consignee"),
        *("contact", "buyer", "attention", "note", "notes", "comment", "comments", "message"),
        *("instruction", "instructions", "remark", "remarks", "signature", "latitude"),
        *("longitude", "lat", "lng", "ip", "birthday", "birthdate", "surname", "firstname"),
        *("lastname", "fullname", "username", "address1", "address2", "street1", "street2"),
        *("line1", "line2", "signed", "gift", "customer", "description", "zipcode", "province"),
    }
)
_PERSONS = frozenset(
    {
        *("customer", "address", "recipient", "consignee", "buyer", "contact", "receiver"),
        *("destination_location", "ship_to", "shipto", "to_address", "bill_to"),
    }
)
_NAMES = frozenset({"name", "fullname", "recipient", "consignee", "signed", "attention", "contact"})
_PHONES = frozenset({"phone", "mobile", "fax", "tel", "telephone"})
_STREETS = frozenset({"address", "address1", "street", "street1", "line1"})


def plain_key(key: str) -> str:
    """`shippingAddress`, `Shipping-Address` and `shipping_address` are one field."""
    return _NOT_WORDS.sub("_", _CAMEL.sub("_", key).lower()).strip("_")


def is_kept(key: str) -> bool:
    """Whether the field stays, whatever it sounds like."""
    return plain_key(key) in _KEPT


def is_personal(key: str) -> bool:
    """Whether the field is about a person, or free text about anything."""
    return not _PERSONAL.isdisjoint(plain_key(key).split("_"))


def holds_a_person(key: str) -> bool:
    """Whether all that is under the field is about a person."""
    plain = plain_key(key)
    return plain not in _KEPT and (plain in _PERSONS or not _PERSONS.isdisjoint(plain.split("_")))


def is_name(key: str) -> bool:
    """Whether the field's whole value is a person's name or street: it may be looked for."""
    return not (_NAMES | _STREETS).isdisjoint(plain_key(key).split("_"))


def is_phone(key: str) -> bool:
    """Whether the field's value is a number to call."""
    return not _PHONES.isdisjoint(plain_key(key).split("_"))
