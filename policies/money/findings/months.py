"""Compares the statement that closes a month with what it should be.

Must not draw one up: that is handed in.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from policies.money.findings.finding import Cause, Finding
from policies.money.invoice_values import Invoice, InvoiceLine
from policies.money.lines import TAX, TRUE_UP
from policies.money.written import MONTH_MINIMUM, ORDER_MINIMUM, VOLUME_DISCOUNT

_BY_UNIT = {"top-up": Cause.MINIMUM, "true-up": Cause.TIER, "volume": Cause.TIER}
_BY_CODE = {
    ORDER_MINIMUM: Cause.MINIMUM,
    MONTH_MINIMUM: Cause.MINIMUM,
    VOLUME_DISCOUNT: Cause.DISCOUNT,
}
_Key = tuple[str, str, str]


def statement_findings(expected: Invoice, billed: Invoice) -> list[Finding]:
    """The lines of a statement that are not what they should be, by order, code and version."""
    if expected.currency != billed.currency:
        return [_about(billed, [], list(billed.lines), Cause.CURRENCY)]
    wanted, asked = _grouped(expected.lines), _grouped(billed.lines)
    return list(_differences(billed, wanted, asked))


def _differences(
    billed: Invoice,
    wanted: dict[_Key, list[InvoiceLine]],
    asked: dict[_Key, list[InvoiceLine]],
) -> Iterator[Finding]:
    for key in dict.fromkeys((*wanted, *asked)):
        due, lines = wanted.get(key, []), asked.get(key, [])
        shapes = [(one.quantity, one.unit_cents) for one in lines]
        again = [
            one
            for place, one in enumerate(lines)
            if shapes[place] in shapes[:place] and len(lines) > len(due) > 0
        ]
        for one in again:
            yield _about(billed, [], [one], Cause.TWICE)
        once = [one for one in lines if one not in again]
        if _sum(due) != _sum(once):
            yield _about(billed, due, once, _cause(due, once))


def _cause(due: Sequence[InvoiceLine], lines: Sequence[InvoiceLine]) -> Cause:
    line = (*due, *lines)[0]
    if due and lines and abs(_sum(due) - _sum(lines)) == 1:
        return Cause.ROUNDING
    named = _named(line)
    if named is not None:
        return named
    if not due or not lines:
        return Cause.NO_EVENT if not due else Cause.NOT_BILLED
    alike = [one.measured for one in due] == [one.measured for one in lines]
    return Cause.RATE if alike else Cause.QUANTITY


def _named(line: InvoiceLine) -> Cause | None:
    """The cause of a line that only a month has, by its code or its unit."""
    if line.code.startswith(TAX):
        return Cause.TAX
    if line.code.endswith(TRUE_UP):
        return Cause.TIER
    return _BY_CODE.get(line.code) or _BY_UNIT.get(line.unit)


def _about(
    billed: Invoice, due: Sequence[InvoiceLine], lines: Sequence[InvoiceLine], cause: Cause
) -> Finding:
    line = (*lines, *due)[0]
    return Finding(
        order_id=line.order_id,
        invoice_id=billed.id,
        invoice=billed.number,
        place=lines[0].number if lines else 0,
        code=line.code,
        cause=cause,
        expected_cents=_sum(due),
        billed_cents=_sum(lines),
        currency=billed.currency,
        tariff_version=line.tariff_version,
        service_date=line.service_date,
        evidence=line.event_ids,
        expected_quantity=sum(one.quantity for one in due),
        billed_quantity=sum(one.quantity for one in lines),
        on_statement=True,
    )


def _grouped(lines: Sequence[InvoiceLine]) -> dict[_Key, list[InvoiceLine]]:
    found: dict[_Key, list[InvoiceLine]] = defaultdict(list)
    for line in lines:
        found[line.order_id, line.code, line.tariff_version].append(line)
    return found


def _sum(lines: Sequence[InvoiceLine]) -> int:
    return sum(line.amount_cents for line in lines)
