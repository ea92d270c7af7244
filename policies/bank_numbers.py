"""Numbers of cards and accounts, found by their own check digits.

Must not look at anything but the text: what else such a number could be is the caller's to know.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_CARD = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){12,18}(?![\w]|-\d)")
_ISSUERS = re.compile(
    r"4\d{12}(?:\d{3})?(?:\d{3})?|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}"
    r"|(?:50|5[6-9]|6[0379])\d{10,17}"
)
"""Visa, Mastercard, American Express, Diners, JCB, Discover, UnionPay, Maestro."""
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.IGNORECASE)
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    "LC": 32,
    "RU": 33,
}
"""How many letters and digits an account's number has, by country (SWIFT's IBAN registry)."""


def cards(text: str) -> Iterator[Span]:
    """Card numbers: 13 to 19 digits of a known issuer, with the right check digit."""
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if _ISSUERS.fullmatch(digits) and luhn(digits):
            yield found.span()


def ibans(text: str) -> Iterator[Span]:
    """Account numbers: as long as their country's are, with the right check digits."""
    at = 0
    while found := _IBAN.search(text, at):
        end = _end_of(found[0])
        at = found.start() + (end or 1)
        if end and not text[at : at + 1].isalnum():
            yield found.start(), at


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits[::-1])]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0  # noqa: PLR2004 - the sum of its digits


def _end_of(written: str) -> int | None:
    """Behind the last character of the number that a text begins with; None where it is none."""
    length = _IBAN_LENGTHS.get(written[:2].upper())
    if length is None:
        return None
    places = [place for place, mark in enumerate(written) if mark != " "][:length]
    number = "".join(written[place] for place in places).upper()
    if len(number) != length or not _checks(number):
        return None
    return places[-1] + 1


def _checks(number: str) -> bool:
    """ISO 7064: letters are 10 to 35, and the rest by 97 is 1."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(mark, 36)) for mark in moved)) % 97 == 1
