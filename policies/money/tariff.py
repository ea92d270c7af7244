"""What work costs: prices, minimums, multipliers and discounts, valid from a day on.

Must not read files: whoever knows where a tariff lies hands its text over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from policies.errors import PolicyError, PolicyFault
from policies.money.line_faults import line_faults
from policies.money.lines import TariffLine
from policies.money.read_lines import lines_of
from policies.money.tariff_schema import TariffText, disagreements
from policies.money.tariff_words import tariff_words
from policies.yaml_text import line_of, parse_yaml, schema_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceStep:
    """What one costs once `after` have been counted."""

    after: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One line of the bill: `per` is the operation that it counts.

    `steps` begin at 0 and rise; each unit costs what its own step says (graduated).
    """

    code: str
    per: str
    steps: tuple[PriceStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """How many times as much an order with this flag costs."""

    flag: str
    times: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeStep:
    """The percentage off from that many orders a month on."""

    orders: int
    pct: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLimits:
    """Credits under the first are given by themselves, over the second only after review."""

    automatic_under_cents: int
    review_over_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What a billed line may be off, whichever is more, and what a month may be off in all."""

    line_cents: int = 0
    line_pct: Decimal = Decimal(0)
    month_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFee:
    """What an invoice costs that is still unpaid: a fee once, and interest by the year."""

    after_days: int
    cents: int
    yearly_pct: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A tariff that was read. Money is in minor units of `currency`."""

    version: str
    currency: str
    effective_from: date
    effective_until: date | None
    prices: tuple[Price, ...]
    order_minimum_cents: int
    month_minimum_cents: int
    multipliers: tuple[Multiplier, ...]
    volume_steps: tuple[VolumeStep, ...]
    credit_limits: CreditLimits
    late_fee: LateFee
    lines: tuple[TariffLine, ...] = ()
    tax: Mapping[str, Decimal] = field(default_factory=dict)
    tolerance: Tolerance = Tolerance()

    def in_force(self, day: date) -> bool:
        """Whether work of that day is priced by this tariff; both ends are inside."""
        ended = self.effective_until is not None and day > self.effective_until
        return self.effective_from <= day and not ended

    def discount_pct(self, monthly_orders: int) -> Decimal:
        """The percentage off at that many orders a month."""
        reached = [step.pct for step in self.volume_steps if step.orders <= monthly_orders]
        return reached[-1] if reached else Decimal(0)


def read_tariff(text: str, file: str = "tariff.yaml") -> Tariff:
    """Reads a tariff.

    Raises:
        PolicyError: with every fault found, each with its line and a remedy.
    """
    return tariff_from(parse_yaml(text, file), file)


def tariff_from(document: Mapping[str, Any], file: str) -> Tariff:
    """The tariff of a text that was parsed; raises PolicyError as read_tariff does."""
    try:
        written = TariffText.model_validate(document)
    except ValidationError as error:
        raise PolicyError(schema_faults(error, document, file, tariff_words)) from error
    faults = tuple(
        PolicyFault(
            file=file,
            line=line_of(document, steps),
            path=".".join(str(step) for step in steps),
            message=message,
        )
        for steps, message in (*disagreements(written), *line_faults(written))
    )
    if faults:
        raise PolicyError(faults)
    return _tariff(written)


def _tariff(text: TariffText) -> Tariff:
    return Tariff(
        version=text.version,
        currency=text.currency,
        effective_from=text.effective.start,
        effective_until=text.effective.until,
        prices=tuple(
            Price(code=price.code, per=price.per, steps=_steps(price.cents, price.steps))
            for price in text.prices
        ),
        order_minimum_cents=text.minimum.order_cents,
        month_minimum_cents=text.minimum.month_cents,
        multipliers=tuple(Multiplier(flag=one.flag, times=one.times) for one in text.multipliers),
        volume_steps=tuple(
            VolumeStep(orders=start, pct=pct) for start, pct in text.volume_discount
        ),
        credit_limits=CreditLimits(
            automatic_under_cents=text.credits.automatic_under_cents,
            review_over_cents=text.credits.review_over_cents,
        ),
        late_fee=LateFee(
            after_days=text.late_fee.after_days,
            cents=text.late_fee.cents,
            yearly_pct=text.late_fee.yearly_pct,
        ),
        lines=lines_of(text),
        tax=dict(text.tax),
        tolerance=Tolerance(
            line_cents=text.tolerance.line_cents,
            line_pct=text.tolerance.line_pct,
            month_cents=text.tolerance.month_cents,
        ),
    )


def _steps(cents: int | None, steps: list[tuple[int, int]] | None) -> tuple[PriceStep, ...]:
    pairs = steps if steps is not None else [(0, cents or 0)]
    return tuple(PriceStep(after=after, cents=price) for after, price in pairs)
