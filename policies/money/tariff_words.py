"""Says in a tariff author's words what its shape refuses, and what to write instead.

Must not read or check a tariff.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from policies.money.line_schema import (
    CountedText,
    DimText,
    DiscountText,
    FreightText,
    LaneText,
    LeastText,
    RateTableText,
    ShareText,
    StoredText,
    TimesText,
    WhenText,
    WindowText,
)
from policies.money.tariff_schema import TariffText
from policies.money.written import Model
from policies.yaml_text import Step

_SHAPES: tuple[type[Model], ...] = (
    *(CountedText, StoredText, FreightText, ShareText, TimesText, DiscountText, LeastText),
    *(WhenText, WindowText, RateTableText, DimText, LaneText, TariffText),
)
_FIELDS = sorted(
    {field.alias or name for shape in _SHAPES for name, field in shape.model_fields.items()}
)
_REMEDIES = {
    "missing": "add it, docs/tariffs.md says what it means",
    "int_type": "write a whole number, as 30",
    "date_type": "write a day, as 2026-01-31",
    "list_type": "write [...], or begin each entry with a dash",
    "tuple_type": "write pairs, as [[0, 50], [100, 40]]",
    "dict_type": "write name: value under it",
    "model_type": "write name: value under it",
    "string_type": "write a text; numbers in quotes",
    "bool_type": "write true or false",
    "literal_error": "write one of them",
    "string_pattern_mismatch": "write lower-case letters, digits, _ and -",
}


def tariff_words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    said = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(str(steps[-1]), _FIELDS, n=1)
        return f"{said}; {f'did you mean `{near[0]}`?' if near else 'remove it'}"
    if steps[-1:] == ("currency",):
        return f"{said}; write three capital letters, as USD"
    remedy = _REMEDIES.get(detail["type"])
    return f"{said}; {remedy}" if remedy else said
