"""Draws one order in a form of its own, and what the button that opens it carries.

Must not gather: the order comes drawn.
"""

import json
from typing import Any

from handlers.blocks.ask_form import still
from handlers.blocks.elements import MOST_MODAL_BLOCKS, fit, title
from handlers.blocks.ids import Form
from handlers.blocks.values import read_back, text_of
from jobs.ports.slack import Message

View = dict[str, Any]
NAME = "Order"


def encode_order(order_id: str) -> str:
    """The button's value: `{"order":"SO-1042"}`."""
    return json.dumps({"order": order_id[:500]}, separators=(",", ":"), ensure_ascii=False)


def decode_order(value: object) -> str | None:
    """The order's id, or None for anything that `encode_order` did not write."""
    data = read_back(value)
    return (text_of(data.get("order")) or None) if data else None


def order_view(drawn: Message) -> View:
    """The order as a message would show it, with no buttons: there is nothing to come back to."""
    return {
        "type": "modal",
        "callback_id": Form.ORDER.value,
        "title": title(NAME),
        "close": title("Close"),
        "blocks": fit([still(one, ()) for one in drawn.blocks], MOST_MODAL_BLOCKS, 40_000),
    }
