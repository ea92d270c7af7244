"""`e2a bill`: what operations cost, offline and pure. Must not open a database."""

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import tell, tell_json
from bot.policy_files import load_tariffs, read_tariffs_file
from policies.money.currency import MixedCurrenciesError, minor_unit
from policies.money.month import MonthBill, price_month
from policies.money.month_lines import BillLine
from policies.money.month_usage import MonthUsage, is_month, read_month
from policies.money.order_lines import price_order
from policies.money.pricing import ChargeLine, Charges
from policies.money.rates import plain
from policies.money.usage import Usage, UsageError, read_usage
from policies.money.versions import Tariffs

bill = typer.Typer(help="Money: what operations cost by a tariff.", no_args_is_help=True)
app.add_typer(bill, name="bill")


@bill.command("rate")
def rate(
    usage: Annotated[Path, typer.Option(help="What was done for an order or in a month, JSON.")],
    tariff: Annotated[Path | None, typer.Option(help="A tariff; else the packaged one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Prices the operations of one order, or all of a month."""
    tariffs = read_tariffs_file(tariff) if tariff else load_tariffs(None)
    charges = _named(usage, lambda: _priced(_usage_in(usage), tariffs))
    if as_json:
        tell_json(_answer(charges))
        return
    for row in _month_table(charges) if isinstance(charges, MonthBill) else _table(charges):
        tell(row)


def _priced(usage: Usage | MonthUsage, tariffs: Tariffs) -> Charges | MonthBill:
    if isinstance(usage, Usage):
        return price_order(usage, tariffs)
    return price_month(
        usage.usages, usage.snapshots, tariffs, month=usage.month, tenant=usage.tenant
    )


def _usage_in(path: Path) -> Usage | MonthUsage:
    """What a file tells, with measured numbers to the digit."""
    document = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    return read_month(document) if is_month(document) else read_usage(document)


def _named(path: Path, price: Callable[[], Charges | MonthBill]) -> Charges | MonthBill:
    """What is priced.

    Raises:
        CommandError: naming the file, and each path in it that cannot be used.
    """
    try:
        return price()
    except (UsageError, MixedCurrenciesError) as error:
        message = "\n".join(f"{path}: {fault}" for fault in str(error).splitlines())
        raise CommandError(message) from error
    except json.JSONDecodeError as error:
        message = f"{path}:{error.lineno}: this is not JSON: {error.msg}"
        raise CommandError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"{path}: this cannot be read: {error}"
        raise CommandError(message) from error


def _answer(charges: Charges | MonthBill) -> dict[str, Any]:
    """The contract's answer of `bill rate`; a month's lines say what order and version."""
    lines: Sequence[ChargeLine | BillLine] = charges.lines
    return {
        "currency": charges.currency,
        "amount_cents": charges.amount_cents,
        "lines": [
            _line(line) if isinstance(line, ChargeLine) else _month_line(line) for line in lines
        ],
    }


def _line(line: ChargeLine) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": line.code,
        "quantity": line.quantity,
        "unit_cents": line.unit_cents,
        "amount_cents": line.amount_cents,
    }
    if line.unit:
        told["unit"] = line.unit
    if line.measured is not None:
        told["measured"] = plain(line.measured)
    return told


def _month_line(line: BillLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "amount_cents": line.amount_cents,
        "tax_cents": line.tax_cents,
        "order": line.order,
        "version": line.version,
    }


def _table(charges: Charges) -> Iterator[str]:
    """A row for each line and one for the amount, all in the smallest unit of the currency."""
    rows = [("", "quantity", "unit cents", minor_unit(charges.currency))]
    rows += [
        (line.code, str(line.quantity), str(line.unit_cents), str(line.amount_cents))
        for line in charges.lines
    ]
    rows.append(("total", "", "", str(charges.amount_cents)))
    yield from _aligned(rows)


def _month_table(charges: MonthBill) -> Iterator[str]:
    rows = [("", "order", "quantity", "unit", "version", minor_unit(charges.currency))]
    rows += [
        (
            line.code,
            line.order,
            plain(line.quantity),
            line.unit,
            line.version,
            f"{line.amount_cents}",
        )
        for line in charges.lines
    ]
    rows.append(("total", "", "", "", "", str(charges.amount_cents)))
    yield from _aligned(rows)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The cells of a column one under the other: the first to the left, others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells])
