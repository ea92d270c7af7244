"""What was shipped and what lay in store, as facts that check themselves.

Must not price or weigh anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

Stock = Literal["pallets", "bins", "cartons", "units", "cubic_feet", "cubic_metres", "square_feet"]
"""What a snapshot may count."""
STORED: tuple[str, ...] = get_args(Stock)
MOST_MEASURED = Decimal(10**12)
"""The greatest weight, length or stock; more is a mistake in the source."""
_PLACES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel: from where, to which zone, how heavy in lb or kg, how large in in or cm."""

    origin: str = ""
    zone: str = ""
    zip: str = ""
    service: str = ""
    residential: bool = False
    weight_lb: Decimal | None = None
    weight_kg: Decimal | None = None
    size_in: tuple[Decimal, ...] = ()
    size_cm: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What lay in store on a day: so many of one of STORED.

    `lot` tells goods apart that came on different days; `since` is the day on which they came.
    """

    day: date
    of: str
    quantity: Decimal
    lot: str = ""
    since: date | None = None


def read_parcel(document: object) -> Parcel:
    """A parcel as JSON tells it: from, to, zip, service, residential, weight_lb, size_in, ...

    Raises:
        ValueError: naming the key that cannot be used and what to write.
    """
    told = _keys(document, _PARCEL)
    residential = told.get("residential", False)
    if not isinstance(residential, bool):
        message = "residential: write true or false"
        raise ValueError(message)  # noqa: TRY004 - told like every fault of a document
    return Parcel(
        origin=_word(told, "from"),
        zone=_word(told, "to"),
        zip=_word(told, "zip"),
        service=_word(told, "service"),
        residential=residential,
        weight_lb=_weight(told, "weight_lb"),
        weight_kg=_weight(told, "weight_kg"),
        size_in=_size(told, "size_in"),
        size_cm=_size(told, "size_cm"),
    )


def read_snapshot(document: object) -> Snapshot:
    """A snapshot as JSON tells it: date, of, quantity, and lot and since where lots count.

    Raises:
        ValueError: naming the key that cannot be used and what to write.
    """
    told = _keys(document, _SNAPSHOT)
    if told.get("of") not in STORED:
        message = f"of: unknown; known are {', '.join(STORED)}"
        raise ValueError(message)
    since = day_of("since", told["since"]) if "since" in told else None
    day = day_of("date", told.get("date"))
    if since is not None and since > day:
        message = "since: this is after date; write the day on which the goods came"
        raise ValueError(message)
    return Snapshot(
        day=day,
        of=str(told["of"]),
        quantity=measured("quantity", told.get("quantity")),
        lot=_word(told, "lot"),
        since=since,
    )


def day_of(key: str, value: object) -> date:
    """A day like 2026-03-31; raises ValueError where it is none."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    message = f'{key}: write a day like "2026-03-31"'
    raise ValueError(message)


def measured(key: str, value: object, *, positive: bool = False) -> Decimal:
    """A measured number, 0 or more and with at most six decimals; raises ValueError."""
    message = f"{key}: write a number {'greater than 0' if positive else '0 or more'}, like 12.5"
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(message)  # noqa: TRY004 - told like every fault of a document
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(message) from error
    if not number.is_finite() or number.is_signed() or (positive and not number):
        raise ValueError(message)
    exponent = number.as_tuple().exponent
    if number > MOST_MEASURED or (isinstance(exponent, int) and exponent < -_PLACES):
        message = f"{key}: write at most {MOST_MEASURED}, with at most {_PLACES} decimals"
        raise ValueError(message)
    return number


def _keys(document: object, known: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(document, Mapping):
        message = f"write an object with {', '.join(known)}"
        raise ValueError(message)  # noqa: TRY004 - told like every fault of a document
    for key in document:
        if key not in known:
            message = f"{key}: unknown; known are {', '.join(known)}"
            raise ValueError(message)
    return document


def _word(told: Mapping[str, object], key: str) -> str:
    value = told.get(key, "")
    if isinstance(value, str):
        return value
    message = f'{key}: write a text, like "5"'
    raise ValueError(message)


def _weight(told: Mapping[str, object], key: str) -> Decimal | None:
    return measured(key, told[key], positive=True) if key in told else None


def _size(told: Mapping[str, object], key: str) -> tuple[Decimal, ...]:
    value = told.get(key, ())
    if key in told and (not isinstance(value, list) or len(value) != 3):  # noqa: PLR2004 - sides
        message = f"{key}: write three lengths, like [12, 10, 8]"
        raise ValueError(message)
    sides = value if isinstance(value, list) else []
    return tuple(measured(key, side, positive=True) for side in sides)


_PARCEL = (
    *("from", "to", "zip", "service", "residential"),
    *("weight_lb", "weight_kg", "size_in", "size_cm"),
)
_SNAPSHOT = ("date", "of", "quantity", "lot", "since")
