"""Drafts a note to the client about a late order, in three tones and three languages.

Must not add a fact: it takes an order's name, its situation and a date, and nothing else of it.
"""

from collections.abc import Mapping
from datetime import date

from prompts.render import render

TONES = {"plain": "Plain", "apologetic": "Apologetic", "formal": "Formal"}
LANGUAGES = {"en": "English", "de": "German", "es": "Spanish"}
SITUATIONS: Mapping[str, str] = {
    "PICK_DELAY": "warehouse",
    "PACK_DELAY": "warehouse",
    "MISSING_SCAN": "warehouse",
    "SHIP_DELAY": "packed",
    "CARRIER_ISSUE": "packed",
    "FIRST_SCAN_MISSING": "transit",
    "TRANSIT_STALL": "transit",
    "DELIVERY_DELAY": "transit",
    "STOCK_MISMATCH": "stock",
    "INVENTORY_SHORTAGE": "stock",
    "ADDRESS_ERROR": "address",
    "ADDRESS_INVALID": "address",
    "PAYMENT_FAILED": "payment",
    "DAMAGED_PACKAGE": "damage",
    "CUSTOMER_UNAVAILABLE": "absent",
}
"""What a client is told of a reason; of any other one that the order takes longer."""
ENDINGS: Mapping[str, str] = {
    "settled_late": "moved",
    "carrier": "moved",
    "late_evidence": "on_time",
    "order_cancelled": "cancelled",
    "delivered": "delivered",
}
"""And of how it ended."""
_PARAGRAPH = "¶"
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
}
_DATES = {
    "en": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "es": "{day} de {month} de {year}",
}


def draft(
    *,
    order_id: str,
    reason: str,
    ending: str | None = None,
    promised: date | None = None,
    tone: str = "plain",
    language: str = "en",
) -> str:
    """The note, paragraphs divided by empty lines.

    Args:
        order_id: what the client calls the order.
        reason: the reason code of what is late.
        ending: how it ended by itself, None while it has not.
        promised: a date of delivery that is still to come, where one is known.
        tone: a key of TONES.
        language: a key of LANGUAGES.

    Raises:
        KeyError: no such tone or language.
    """
    values = {
        "order_id": order_id,
        "situation": ENDINGS.get(ending or "") or SITUATIONS.get(reason, "other"),
        "promised": in_words(promised, language) if promised else None,
        "tone": {tone: tone for tone in TONES}[tone],
    }
    paragraphs = render("draft", values, {name: name for name in LANGUAGES}[language])
    return "\n\n".join(part.strip() for part in paragraphs.split(_PARAGRAPH) if part.strip())


def in_words(day: date, language: str) -> str:
    """`5 March 2026`, `5. März 2026`, `5 de marzo de 2026`."""
    month = _MONTHS[language].split()[day.month - 1]
    return _DATES[language].format(day=day.day, month=month, year=day.year)
