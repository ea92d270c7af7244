"""How names and numbers are written in a tariff, and which codes pricing keeps for itself.

Must not know what a tariff consists of.
"""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from policies.money.cents import MOST_CENTS, PLACES
from policies.money.lines import TAX, TRUE_UP
from policies.money.usage import COUNTS, FLAGS, HOURS, MOST, OPERATIONS, PARCELS

ORDER_MINIMUM = "order_minimum"
"""The code of the line that tops an order up to its minimum."""
MONTH_MINIMUM = "month_minimum"
"""The code of the line that tops a month up to its minimum."""
VOLUME_DISCOUNT = "volume_discount"
"""The code of the line that takes the volume discount off."""
RESERVED = frozenset({ORDER_MINIMUM, MONTH_MINIMUM, VOLUME_DISCOUNT, *FLAGS})
"""Codes that pricing gives to lines of its own."""
PER = (*OPERATIONS, *(name for name in COUNTS if name not in HOURS.values()), *HOURS, PARCELS)
"""What a line may be priced by."""


def _decimal(value: object) -> Decimal:
    message = "write a number like 2 or 1.5"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(message)  # noqa: TRY004 - pydantic tells only this one with its place
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(message) from error
    if number.is_signed() and not number:
        message = "there is no -0; write 0"
        raise ValueError(message)
    return number


def _one_of(kind: str, known: tuple[str, ...]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in known:
            message = f"no such {kind}; known are {', '.join(known)}"
            raise ValueError(message)
        return name

    return AfterValidator(check)


def _code(code: str) -> str:
    if code in RESERVED or code.startswith(TAX) or code.endswith(TRUE_UP):
        message = "this code is used by pricing itself; choose another"
        raise ValueError(message)
    return code


Cents = Annotated[int, Field(ge=0, le=MOST_CENTS)]
Count = Annotated[int, Field(ge=0, le=MOST)]
Rate = Annotated[Decimal, BeforeValidator(_decimal), Field(decimal_places=PLACES)]
PartCents = Annotated[Rate, Field(ge=0, le=MOST_CENTS)]
"""A price of one, which may have parts of a cent; what it comes to is rounded."""
Measure = Annotated[Rate, Field(gt=0, le=MOST)]
Percent = Annotated[Rate, Field(ge=0, le=100)]
AnyPercent = Annotated[Rate, Field(ge=-100, le=1000)]
Times = Annotated[Rate, Field(gt=0, le=100)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$"), AfterValidator(_code)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Operation = Annotated[str, _one_of("operation", OPERATIONS)]
Flag = Annotated[str, _one_of("flag", FLAGS)]
Per = Annotated[str, _one_of("count", PER)]
CountStep = Annotated[tuple[Count, PartCents], Strict(strict=False)]
DayCents = Annotated[tuple[date, PartCents], Strict(strict=False)]
DayPercent = Annotated[tuple[date, AnyPercent], Strict(strict=False)]
Band = Annotated[tuple[Measure, Cents], Strict(strict=False)]


class Model(BaseModel):
    """A part of a tariff: unknown fields are faults, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
