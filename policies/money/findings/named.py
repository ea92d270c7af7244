"""Names the cause for which lines of one code are not what is due.

Must not look at lines that follow from others: minimum, multipliers, discount, shares and tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from policies.money.findings.finding import Cause
from policies.money.findings.prices import OtherVersions, is_rounded, why_price, why_unproved
from policies.money.invoice_values import InvoiceLine
from policies.money.pricing import ChargeLine
from policies.money.tariff import Tariff


class Billed(NamedTuple):
    """A line and the invoice on which it stands."""

    invoice_id: int
    invoice: str
    line: InvoiceLine

    @property
    def shape(self) -> tuple[str, int, int]:
        """What makes two lines charge the same."""
        return (self.line.code, self.line.quantity, self.line.unit_cents)

    @property
    def amount_cents(self) -> int:
        """What it asks for."""
        return self.line.amount_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Why lines of one code are not what is due; `version` is whose price was charged instead."""

    cause: Cause
    version: str = ""


def repeated(wanted: Sequence[ChargeLine], lines: Sequence[Billed]) -> list[Billed]:
    """Of the lines of one code those that charge once more what another one charges already."""
    left = [(one.quantity, one.unit_cents) for one in wanted]
    found, proved = [], set[tuple[str, ...]]()
    seen: list[tuple[int, int]] = []
    for one in lines:
        shape = (one.line.quantity, one.line.unit_cents)
        events = one.line.event_ids
        if shape in left:
            left.remove(shape)
        elif shape in seen or (events and events in proved and len(lines) > len(wanted)):
            found.append(one)
        seen.append(shape)
        proved.add(events)
    return found


def named(
    code: str,
    wanted: Sequence[ChargeLine],
    lines: Sequence[Billed],
    tariff: Tariff,
    others: OtherVersions,
) -> Named | None:
    """The cause of lines that do not come to what is due; None where they do."""
    due = sum(one.amount_cents for one in wanted)
    if due == sum(one.amount_cents for one in lines):
        return None
    if not lines:
        return Named(cause=Cause.NOT_BILLED)
    if not wanted:
        return Named(cause=why_unproved(code, tariff))
    if _miscounted(lines) and _worked_out(lines) == due:
        return Named(cause=Cause.ARITHMETIC)
    return _why_other(code, wanted, lines, tariff, others)


def _why_other(
    code: str,
    wanted: Sequence[ChargeLine],
    lines: Sequence[Billed],
    tariff: Tariff,
    others: OtherVersions,
) -> Named:
    """A wrong count, or a wrong price: the price, where both are wrong."""
    prices = {one.unit_cents for one in wanted}
    strange = [one.line.unit_cents for one in lines if one.line.unit_cents not in prices]
    counted = sum(one.line.quantity for one in lines), sum(one.quantity for one in wanted)
    if is_rounded(code, tariff):
        due = sum(one.amount_cents for one in wanted)
        off = abs(sum(one.amount_cents for one in lines) - due)
        measured = sorted(str(one.measured) for one in wanted)
        alike = measured == sorted(str(one.line.measured) for one in lines)
        if alike:
            return Named(cause=Cause.ROUNDING if off <= len(wanted) else Cause.RATE)
        return Named(cause=Cause.QUANTITY)
    if not strange:
        return Named(cause=Cause.QUANTITY if counted[0] != counted[1] else Cause.TIER)
    cause, version = why_price(code, strange[0], tariff, others)
    return Named(cause=cause, version=version)


def _miscounted(lines: Sequence[Billed]) -> bool:
    return any(one.amount_cents != one.line.quantity * one.line.unit_cents for one in lines)


def _worked_out(lines: Sequence[Billed]) -> int:
    return sum(one.line.quantity * one.line.unit_cents for one in lines)
