"""Which currencies there are to speak of, and how many minor units one of each has.

Must not convert one into another: amounts of two currencies never meet.
"""

from collections.abc import Iterable

_USUAL = 2
_BY_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR
    LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
    SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR
    ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {name: places for places, names in _BY_DECIMALS.items() for name in names.split()}
"""ISO 4217: how many decimals an amount of each currency has."""


class MixedCurrenciesError(ValueError):
    """Amounts of more than one currency would have been added."""

    def __init__(self, found: Iterable[str]) -> None:
        names = ", ".join(sorted(found))
        super().__init__(f"{names} in one sum; bill each currency by itself")


def is_known(currency: str) -> bool:
    """Whether ISO 4217 has it."""
    return currency in _DECIMALS


def decimals(currency: str) -> int:
    """How many decimals an amount has: USD 2, JPY 0, KWD 3; an unknown currency 2."""
    return _DECIMALS.get(currency, _USUAL)


def in_currency(amount_cents: int, currency: str) -> str:
    """An amount of minor units as people write it: `18.38 USD`, `1838 JPY`, `1.838 KWD`."""
    places = decimals(currency)
    sign = "-" if amount_cents < 0 else ""
    digits = str(abs(amount_cents)).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{sign}{whole}{'.' if part else ''}{part} {currency}"


def minor_unit(currency: str) -> str:
    """What amounts are counted in: `USD cents`, `JPY`, `KWD 1/1000`."""
    places = decimals(currency)
    if places == 0:
        return currency
    return f"{currency} cents" if places == _USUAL else f"{currency} 1/{10**places}"


def one_currency(currencies: Iterable[str]) -> str | None:
    """The currency of them all, None of none.

    Raises:
        MixedCurrenciesError: there are several.
    """
    found = set(currencies)
    if len(found) > 1:
        raise MixedCurrenciesError(found)
    return next(iter(found), None)
