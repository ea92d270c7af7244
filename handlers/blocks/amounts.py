"""Writes amounts and days as people read them, in the ways of their currency.

Must not add or convert: amounts come in minor units of one currency.
"""

from datetime import date
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_currency, get_currency_symbol

from policies.money.currency import decimals

_LOCALE = Locale("en", "US")


def amount(cents: int, currency: str) -> str:
    """`$1,184.40`, `¥1,184`, `KWD 1.184`; less than nothing has its sign in front."""
    places = decimals(currency)
    value = Decimal(cents).scaleb(-places)
    gap = " " if get_currency_symbol(currency, _LOCALE)[-1:].isalpha() else ""
    pattern = f"¤{gap}#,##0" + (f".{'0' * places}" if places else "")
    return format_currency(
        value, currency, format=pattern, locale=_LOCALE, currency_digits=False
    ).replace("\xa0", " ")


def day(moment: date) -> str:
    """`Oct 1, 2026`."""
    return format_date(moment, "medium", locale=_LOCALE)


def month(period: str) -> str:
    """`October 2026` of `2026-10`."""
    return format_date(date.fromisoformat(f"{period}-01"), "MMMM yyyy", locale=_LOCALE)
