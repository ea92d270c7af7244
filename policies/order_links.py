"""Where a tenant's orders are looked at in its shop or WMS: an address made of a template.

Must not open it, and must not let a value of an order be more than a value in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from urllib.parse import quote, urlsplit

NAMES = ("order_id", "tracking_number", "channel", "warehouse")
"""What a template may name: the order's number, and facts of its record."""
_OWN = {"order_id", "tracking_number"}
LONGEST = 500
_HOST = re.compile(r"^[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?$", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\s<>|\"'`\\^]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLink:
    """A checked template and what the place is called."""

    template: str
    name: str = "the order"

    def __post_init__(self) -> None:
        """Refuses what is no plain https address with known names in it.

        Raises:
            ValueError: says what is wrong; behind a semicolon what to do.
        """
        fault = _fault(self.template)
        if fault:
            raise ValueError(fault)

    def of(self, order_id: str, facts: Mapping[str, object]) -> str | None:
        """The address of an order; None where a value is missing or no plain word."""
        values = {**{name: facts.get(name) for name in NAMES}, "order_id": order_id}
        named = [field for _, field, _, _ in Formatter().parse(self.template) if field]
        quoted = {name: _quoted(values[name]) for name in named}
        if None in quoted.values():
            return None
        return self.template.format(**quoted)


def _quoted(value: object) -> str | None:
    """A path segment of dots would lead elsewhere on the same host."""
    if not isinstance(value, str) or not value.strip(" .") or len(value) > LONGEST:
        return None
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        return None


def _fault(template: str) -> str | None:
    try:
        parts = list(Formatter().parse(template))
        address = urlsplit(template)
    except ValueError:
        return "the braces do not match; write {order_id}"
    named = {field for _, field, _, _ in parts if field is not None}
    shaped = any(form or conversion for _, _, form, conversion in parts)
    known = ", ".join(f"{{{name}}}" for name in NAMES)
    faults = (
        (len(template) > LONGEST, f"an address has at most {LONGEST} characters; shorten it"),
        (_FORBIDDEN.search(template), "an address has no spaces and no quotes; leave them out"),
        (shaped or not named <= set(NAMES), f"only {known} can be named; take one of them"),
        (not named & _OWN, "the address is the same for every order; put {order_id} into it"),
        (address.scheme != "https", "only https addresses are shown; begin it with https://"),
        (not _HOST.match(address.netloc), "the host must be a plain name; write it out"),
    )
    return next((words for wrong, words in faults if wrong), None)
