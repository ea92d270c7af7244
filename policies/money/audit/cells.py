"""Reads the cells of somebody's table: amounts, dates, weights and sizes as people write them.

Must not guess: where a cell has two readings and the rest of its column does not say which, it has
none.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Literal

from policies.money.currency import decimals, is_known

Mark = Literal[".", ","]
_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₺": "TRY", "₽": "RUB", "zł": "PLN"}
"""Signs that one currency has; `$` and `¥` are signs of several."""
_SHARED = "$¥"
_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")
_NUMBER = re.compile(r"\d[\d.,' ]*|[.,]\d+")
_MOST_DIGITS = 15
_GROUP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount as it stands there; the currency is empty where the cell names none."""

    value: Decimal
    currency: str = ""


class CellError(ValueError):
    """A cell cannot be read; the text says what is wrong and what to write."""


def decimal_mark(cells: Iterable[str]) -> Mark | None:
    """What stands before the decimals in a column, as its unmistakable cells show; else None."""
    shown = {mark for cell in cells if (mark := _shown(_digits(cell))) is not None}
    return shown.pop() if len(shown) == 1 else None


def money_of(cell: str, mark: Mark | None) -> Money:
    """An amount: signs and codes of currencies, thousands, brackets and CR for less than nothing.

    Raises:
        CellError: it is none, or may be two.
    """
    text = unicodedata.normalize("NFKC", cell).strip()
    currency = _currency(text)
    bare = _CODE.sub(" ", text)
    for sign in (*_SIGNS, *_SHARED):
        bare = bare.replace(sign, " ")
    bare = bare.strip()
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("() ")
    credit = re.search(r"\bCR$", text, re.IGNORECASE) is not None
    bare = re.sub(r"\s*\b[CD]R$", "", bare, flags=re.IGNORECASE).translate(_DASHES).strip()
    if bare.startswith("-") or bare.endswith("-"):
        negative, bare = not negative, bare.strip("- ")
    bare = bare.removeprefix("+").strip()
    value = number_of(bare, mark)
    return Money(value=-value if negative or credit else value, currency=currency)


def number_of(text: str, mark: Mark | None) -> Decimal:
    """A number without sign, with thousands or decimals; raises CellError."""
    digits = _digits(text)
    if not digits or not _NUMBER.fullmatch(digits):
        message = f"{_quoted(text)} is no amount; write a number like 12.50"
        raise CellError(message)
    shown = _shown(digits)
    if shown is None and _is_open(digits):
        if mark is None:
            plain = digits.replace(",", "").replace(".", "")
            message = (
                f"{_quoted(text)} may be {plain} or {digits.replace(',', '.')}; "
                "say which sign the decimals have"
            )
            raise CellError(message)
        shown = mark
    thousands = "," if shown == "." else "."
    whole, _, part = digits.partition(shown) if shown else (digits, "", "")
    groups = whole.split(thousands)
    if any(len(group) != _GROUP for group in groups[1:]) or thousands in part:
        message = f"{_quoted(text)} is no amount; its thousands are not in groups of three"
        raise CellError(message)
    plain = "".join(groups)
    if not f"{plain}{part}".isdecimal():
        message = f"{_quoted(text)} is no amount; write a number like 12.50"
        raise CellError(message)
    if len(plain) > _MOST_DIGITS:
        message = f"{_quoted(text)} is too large for an amount; correct it"
        raise CellError(message)
    return Decimal(f"{plain or 0}.{part or 0}")


def cents_of(value: Decimal, currency: str) -> int:
    """Minor units; what is finer (a workbook's own arithmetic) is rounded half up once."""
    scaled = abs(value).scaleb(decimals(currency))
    whole = int(scaled + Decimal("0.5"))
    return -whole if value < 0 else whole


def currency_in(text: str) -> str:
    """The one currency that a heading names: `Freight Cost (USD)`."""
    return _currency(text)


def day_first(cells: Iterable[str]) -> bool | None:
    """Whether 03/04 is 3 April, as the unmistakable cells of a column show; None: they do not."""
    shown = set()
    for cell in cells:
        if (match := _SLASHED.match(cell.strip())) is None:
            continue
        one, two = int(match[1]), int(match[2])
        if (one > _MONTHS) != (two > _MONTHS):
            shown.add(one > _MONTHS)
    return shown.pop() if len(shown) == 1 else None


def day_of_cell(cell: str, *, first: bool | None) -> date:
    """A day as people write it; `first` says whether 03/04 is 3 April.

    Raises:
        CellError: it is none, or may be two.
    """
    text = re.split(r"[T ](?=\d{1,2}:)", cell.strip(), maxsplit=1)[0].strip().rstrip(",")
    for pattern in (_ISO, _COMPACT):
        if match := pattern.fullmatch(text):
            return _day(int(match[1]), int(match[2]), int(match[3]), cell)
    if match := _DOTTED.fullmatch(text):
        return _day(_year(match[3]), int(match[2]), int(match[1]), cell)
    if match := _NAMED.fullmatch(text):
        return _day(_year(match[3]), _month(match[2], cell), int(match[1]), cell)
    if match := _MONTH_FIRST.fullmatch(text):
        return _day(_year(match[3]), _month(match[1], cell), int(match[2]), cell)
    if (match := _SLASHED.fullmatch(text)) is None:
        message = f"{_quoted(cell)} is no day; write it like 2026-03-31"
        raise CellError(message)
    one, two, year = int(match[1]), int(match[2]), _year(match[3])
    if one == two or two > _MONTHS:
        return _day(year, one, two, cell)
    if first is None and one <= _MONTHS:
        message = f"{_quoted(cell)} may be two days; say whether the day or the month comes first"
        raise CellError(message)
    return _day(year, two, one, cell) if first or one > _MONTHS else _day(year, one, two, cell)


def weight_of(cell: str, mark: Mark | None) -> tuple[Decimal, str]:
    """A weight and its unit, empty where the cell names none; raises CellError."""
    match = _WEIGHT.fullmatch(cell.strip())
    if match is None:
        message = f"{_quoted(cell)} is no weight; write a number like 12.5"
        raise CellError(message)
    unit = (match[2] or "").lower().rstrip(".")
    if unit and unit not in UNITS:
        message = f"{_quoted(cell)} has a unit that is not known; write lb, oz, kg or g"
        raise CellError(message)
    return number_of(match[1], mark), UNITS.get(unit, "")


def converted(weight: Decimal, unit: str, wanted: str) -> Decimal:
    """The same weight in another unit."""
    if unit == wanted:
        return weight
    with localcontext() as exact:
        exact.prec = _PRECISION
        return weight * GRAMS[unit] / GRAMS[wanted]


def sides_of(cell: str, mark: Mark | None) -> tuple[tuple[Decimal, ...], str]:
    """Three lengths of `12x10x8 in`, and their unit; raises CellError."""
    match = _SIDES.fullmatch(cell.strip())
    if match is None:
        message = f"{_quoted(cell)} is no size; write it like 12x10x8"
        raise CellError(message)
    unit = {"in": "in", "inch": "in", "inches": "in", '"': "in", "cm": "cm"}
    sides = tuple(number_of(match[place], mark) for place in (1, 2, 3))
    return sides, unit.get((match[4] or "").lower(), "")


def _currency(text: str) -> str:
    for sign, code in _SIGNS.items():
        if sign in text:
            return code
    return next((code for code in _CODE.findall(text) if is_known(code)), "")


def _digits(text: str) -> str:
    """The digits and marks of a cell; blanks and apostrophes part thousands only."""
    bare = unicodedata.normalize("NFKC", text)
    bare = _CODE.sub("", bare).translate(_DASHES)
    for sign in (*_SIGNS, *_SHARED, "(", ")", "+", "-", "CR", "DR"):
        bare = bare.replace(sign, "")
    return re.sub(r"(?<=\d)['\u2019 ](?=\d{3}(?!\d))", "", bare.strip())


def _shown(digits: str) -> Mark | None:
    """The decimal mark that a number shows without doubt."""
    dots, commas = digits.count("."), digits.count(",")
    if not _NUMBER.fullmatch(digits) or not (dots or commas):
        return None
    if dots and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    mark: Mark = "." if dots else ","
    other: Mark = "," if dots else "."
    if dots + commas > 1:
        return other
    return None if _is_open(digits) else mark


def _is_open(digits: str) -> bool:
    """Whether its one mark may stand before thousands or before three decimals."""
    return re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits) is not None


def _day(year: int, month: int, day: int, cell: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        message = f"{_quoted(cell)} is a day that there is not; correct it"
        raise CellError(message) from error


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) <= 2 else 0)  # noqa: PLR2004 - of this century


def _month(name: str, cell: str) -> int:
    found = _MONTH_NAMES.find(name[:3].lower())
    if found < 0 or found % 3:
        message = f"{_quoted(cell)} names no month; write the day like 2026-03-31"
        raise CellError(message)
    return found // 3 + 1


def _quoted(cell: str) -> str:
    """What stands there, short and on one line."""
    text = " ".join("".join(one if one.isprintable() else " " for one in cell).split())
    return f'"{text[:40]}"' if text else "an empty cell"


_DASHES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-"})
_MONTHS = 12
_MONTH_NAMES = "janfebmaraprmayjunjulaugsepoctnovdec"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d\d)")
_NAMED = re.compile(r"(\d{1,2})[ .-]*([A-Za-z]{3,9})[ .,-]*(\d{4}|\d\d)")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})[ .-]*(\d{1,2})[ ,.-]+(\d{4}|\d\d)")
_WEIGHT = re.compile(r"([\d.,' ]+?)\s*([A-Za-z]+\.?)?")
_SIDE = r"([\d.,]+)"
_SIDES = re.compile(rf"{_SIDE}\s*[xX*\u00d7]\s*{_SIDE}\s*[xX*\u00d7]\s*{_SIDE}\s*([A-Za-z\"]+)?")
UNITS = {
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("oz", "ounce", "ounces"), "oz"),
    **dict.fromkeys(("g", "gr", "gram", "grams"), "g"),
}
"""Words for units of weight."""
GRAMS = {
    "lb": Decimal("453.59237"),
    "kg": Decimal(1000),
    "oz": Decimal("28.349523125"),
    "g": Decimal(1),
}
"""How many grams a unit of weight has."""
_PRECISION = 28
