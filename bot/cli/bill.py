"""`e2a bill`: what operations cost, offline and pure. Must not open a database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import tell, tell_json
from bot.policy_files import load_tariff, read_tariff_file
from policies.money.pricing import ChargeLine, Charges, price
from policies.money.usage import Usage, UsageError, read_usage

bill = typer.Typer(help="Money: what operations cost by a tariff.", no_args_is_help=True)
app.add_typer(bill, name="bill")


@bill.command("rate")
def rate(
    usage: Annotated[Path, typer.Option(help="One order's operations, a JSON object.")],
    tariff: Annotated[Path | None, typer.Option(help="A tariff; else the packaged one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Prices the operations of one order."""
    prices = read_tariff_file(tariff) if tariff else load_tariff(None)
    charges = price(_usage_in(usage), prices)
    if as_json:
        tell_json(_charges_line(charges))
        return
    for row in _table(charges):
        tell(row)


def _usage_in(path: Path) -> Usage:
    """The usage of a file.

    Raises:
        CommandError: naming the file, and each path in it that cannot be used.
    """
    try:
        return read_usage(json.loads(path.read_text(encoding="utf-8-sig")))
    except UsageError as error:
        message = "\n".join(f"{path}: {fault}" for fault in str(error).splitlines())
        raise CommandError(message) from error
    except json.JSONDecodeError as error:
        message = f"{path}:{error.lineno}: this is not JSON: {error.msg}"
        raise CommandError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"{path}: this cannot be read: {error}"
        raise CommandError(message) from error


def _charges_line(charges: Charges) -> dict[str, Any]:
    """The contract's answer of `bill rate`."""
    return {
        "currency": charges.currency,
        "amount_cents": charges.amount_cents,
        "lines": [_line(line) for line in charges.lines],
    }


def _line(line: ChargeLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "quantity": line.quantity,
        "unit_cents": line.unit_cents,
        "amount_cents": line.amount_cents,
    }


def _table(charges: Charges) -> Iterator[str]:
    """A row for each line and one for the amount, all in cents."""
    rows = [("", "quantity", "unit cents", f"{charges.currency} cents")]
    rows += [
        (line.code, str(line.quantity), str(line.unit_cents), str(line.amount_cents))
        for line in charges.lines
    ]
    rows.append(("total", "", "", str(charges.amount_cents)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells])
