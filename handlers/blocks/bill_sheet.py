"""Writes a judged bill as a CSV file: a verdict a line. Must not look anything up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers.blocks.sheets import Cell, Sheet, written
from policies.money.audit.record import BillAudit, BillLine
from policies.money.currency import in_currency

HEAD = (
    *("row", "verdict", "cause", "why", "billed", "expected", "difference", "in_dispute"),
    *("currency", "prices", "claim_by", "invoice", "tracking", "order", "reference", "carrier"),
    *("service", "charge", "refers_to_row", "contract_version", "not_proved", "cannot_be_read"),
    "events",
)


def bill_sheet(audit: BillAudit, lines: Sequence[BillLine], *, title: str, now: datetime) -> Sheet:
    """All lines in the order of the file."""
    name = f"bill-{audit.id or 'audit'}-{now:%Y%m%d}.csv"
    return Sheet(name=name, title=title, content=written(HEAD, [_row(one) for one in lines]))


def _row(line: BillLine) -> Sequence[Cell]:
    told = line.told
    currency = str(told.get("currency", ""))
    prices = " | ".join(_money(cents, currency) or "" for cents in told.get("prices", ()))
    return (
        line.row,
        line.verdict,
        line.cause,
        told.get("why"),
        *(
            _number(told.get(key), currency)
            for key in ("billed_cents", "expected_cents", "difference_cents", "disputed_cents")
        ),
        currency,
        prices,
        *(told.get(key) for key in ("claim_by", "invoice", "tracking", "order", "reference")),
        *(told.get(key) for key in ("carrier", "service", "charge", "refers_to", "version")),
        *(", ".join(told.get(key, ())) for key in ("unproven", "doubts", "events")),
    )


def _number(cents: Any, currency: str) -> Cell:  # noqa: ANN401 - JSON
    """An amount that a spreadsheet adds up, below zero too."""
    money = _money(cents, currency)
    if money is None:
        return None
    return float(money) if "." in money else int(money)


def _money(cents: Any, currency: str) -> str | None:  # noqa: ANN401 - JSON
    return in_currency(cents, currency).split(" ")[0] if isinstance(cents, int) else None
