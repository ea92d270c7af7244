"""Draws the form in which somebody names the columns of a bill. Must not look anything up."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.blocks.bill_ids import BillTarget, encode_bill
from handlers.blocks.bill_words import COLUMNS
from handlers.blocks.elements import Block, field, option, section, title, words
from handlers.blocks.ids import Form
from handlers.blocks.text import data
from policies.money.audit.columns import Column, Columns

View = dict[str, Any]
NAME = "Columns of a bill"
NONE = "none"
CARRIER, DECIMAL, DAYS = "bill_whose", "bill_written", "bill_days"
_MOST = 99
_DECIMALS = (("as the cells show", NONE), ("12.50", "."), ("12,50", ","))
_DAYS = (("as the cells show", NONE), ("day first", "day"), ("month first", "month"))
ASKED = (
    *(Column.AMOUNT, Column.TRACKING, Column.ORDER, Column.REFERENCE, Column.LINE, Column.CHARGE),
    *(Column.CARRIER, Column.SERVICE, Column.ORIGIN, Column.ZONE, Column.ZIP),
    *(Column.WEIGHT, Column.BILLED_WEIGHT, Column.SIZE, Column.LENGTH, Column.WIDTH),
    *(Column.HEIGHT, Column.CURRENCY, Column.SHIP_DATE),
    *(Column.INVOICE_DATE, Column.INVOICE, Column.PAYER, Column.ACCOUNT),
)
"""What the form asks for, what matters most first."""


def columns_form(
    target: BillTarget,
    name: str,
    titles: Sequence[str],
    columns: Columns,
    carriers: Sequence[str],
    carrier: str,
) -> View:
    """A choice of headings for each thing that a bill may tell."""
    choices = [
        option(data(one, 60) or f"column {place + 1}", str(place))
        for place, one in enumerate(titles[:_MOST])
    ]
    asked = [
        _choice(block_id(one), COLUMNS[one].capitalize(), choices, _chosen(columns.places.get(one)))
        for one in ASKED
    ]
    named = [option(data(one, 60), one) for one in carriers[:_MOST]]
    whose = [_choice(CARRIER, "Whose bill it is", named, carrier or NONE)] if named else []
    first = {None: NONE, True: "day", False: "month"}[columns.day_first]
    return {
        "type": "modal",
        "callback_id": Form.BILL.value,
        "title": title(NAME),
        "submit": title("Audit"),
        "close": title("Cancel"),
        "private_metadata": encode_bill(target),
        "blocks": [
            section(f"*{data(name, 80)}*: what stands where?"),
            *whose,
            *asked,
            _written(DECIMAL, "Decimals are written", _DECIMALS, columns.decimal or NONE),
            _written(DAYS, "In 03/04 comes", _DAYS, first),
        ],
    }


def filled_in(values: Mapping[str, str], unit: str = "") -> tuple[Columns, str]:
    """The columns and the carrier that a form says; places that are none are left out."""
    places = {
        one: int(place)
        for one in ASKED
        if (place := values.get(block_id(one), NONE)).isdecimal() and len(place) < 4  # noqa: PLR2004 - 200 columns at the most
    }
    decimal = values.get(DECIMAL)
    day_first = {"day": True, "month": False}.get(values.get(DAYS, NONE))
    carrier = values.get(CARRIER, NONE)
    columns = Columns(
        places=places,
        decimal="." if decimal == "." else "," if decimal == "," else None,
        day_first=day_first,
        unit=unit,
    )
    return columns, "" if carrier == NONE else carrier


def block_id(column: Column) -> str:
    """The block in which a column is chosen."""
    return f"bill_{column.value}"


def _chosen(place: int | None) -> str:
    return NONE if place is None else str(place)


def _choice(block: str, label: str, choices: Sequence[Block], chosen: str) -> Block:
    options = [option("none", NONE), *choices]
    initial = next((one for one in options if one["value"] == chosen), options[0])
    return _select(block, label, options, initial)


def _written(block: str, label: str, choices: Sequence[tuple[str, str]], chosen: str) -> Block:
    options = [option(text, value) for text, value in choices]
    initial = next(one for one in options if one["value"] == chosen)
    return _select(block, label, options, initial)


def _select(block: str, label: str, options: Sequence[Block], initial: Block) -> Block:
    element = {
        "type": "static_select",
        "options": list(options),
        "initial_option": initial,
        "placeholder": words("Choose", 20),
    }
    return field(block, label, element)
