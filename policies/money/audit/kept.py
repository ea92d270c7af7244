"""Turns verdicts and totals into what is kept, and back into what people are shown.

Must not judge, and keeps no free text of a bill: names and addresses stay in the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from policies.money.audit.columns import Column, Columns
from policies.money.audit.record import BillLine
from policies.money.audit.totals import CauseSum, Totals
from policies.money.audit.verdict import Cause, Judged, Verdict
from policies.records import JsonObject


def kept_line(one: Judged) -> BillLine:
    """A verdict as it is kept."""
    line = one.line
    told: dict[str, Any] = {
        "invoice": line.invoice,
        "tracking": line.tracking,
        "order": one.order_id or line.order,
        "reference": line.reference,
        "carrier": line.carrier,
        "service": line.service,
        "charge": line.charge or one.code,
        "currency": line.currency,
        "billed_cents": line.cents,
        "expected_cents": one.expected_cents,
        "difference_cents": one.difference_cents if one.expected_cents is not None else None,
        "disputed_cents": one.disputed_cents or None,
        "prices": list(one.prices),
        "why": one.why,
        "unproven": list(one.unproven),
        "doubts": list(line.doubts),
        "refers_to": one.refers_to,
        "version": one.version,
        "claim_by": one.claim_by.isoformat() if one.claim_by else None,
        "events": list(one.event_ids),
    }
    charged = line.tracking and (line.cents or 0) > 0 and one.cause is not Cause.DUPLICATE
    return BillLine(
        row=line.row,
        verdict=one.verdict.value,
        cause=one.cause.value if one.cause else None,
        parcel_key=parcel_key(line.tracking, one.code) if charged else None,
        told={key: value for key, value in told.items() if value not in (None, "", [])},
    )


def parcel_key(tracking: str, code: str) -> str:
    """Under what a charge of a parcel is found in later files."""
    return f"{tracking}|{code}"


def kept_totals(totals: Totals) -> JsonObject:
    """Figures as they are kept."""
    return {
        "lines": totals.lines,
        "verdicts": [[verdict.value, many] for verdict, many in totals.verdicts],
        "billed": [list(one) for one in totals.billed],
        "disputed": [list(one) for one in totals.disputed],
        "drift": [list(one) for one in totals.drift],
        "notes": list(totals.notes),
        "causes": [_kept_cause(one) for one in totals.causes],
        "claim_by": totals.claim_by.isoformat() if totals.claim_by else None,
    }


def totals_in(kept: Mapping[str, Any]) -> Totals:
    """The figures again."""
    return Totals(
        lines=kept["lines"],
        verdicts=tuple((Verdict(name), many) for name, many in kept["verdicts"]),
        billed=_pairs(kept["billed"]),
        disputed=_pairs(kept["disputed"]),
        drift=_pairs(kept["drift"]),
        notes=tuple(kept["notes"]),
        causes=tuple(_cause_in(one) for one in kept["causes"]),
        claim_by=date.fromisoformat(kept["claim_by"]) if kept["claim_by"] else None,
    )


def kept_columns(columns: Columns) -> JsonObject:
    """Where what stands, as it is kept."""
    places = {column.value: place for column, place in sorted(columns.places.items())}
    return {
        "places": places,
        "decimal": columns.decimal,
        "measured": columns.measured,
        "day_first": columns.day_first,
        "unit": columns.unit,
    }


def columns_in(kept: Mapping[str, Any]) -> Columns:
    """Where what stands."""
    places = {Column(name): place for name, place in kept["places"].items()}
    return replace(
        Columns(places=places),
        decimal=kept["decimal"],
        measured=kept["measured"],
        day_first=kept["day_first"],
        unit=kept["unit"],
    )


def _kept_cause(one: CauseSum) -> dict[str, Any]:
    return {
        "verdict": one.verdict.value,
        "cause": one.cause.value if one.cause else None,
        "currency": one.currency,
        "lines": one.lines,
        "cents": one.cents,
        "claim_by": one.claim_by.isoformat() if one.claim_by else None,
    }


def _cause_in(kept: Mapping[str, Any]) -> CauseSum:
    return CauseSum(
        verdict=Verdict(kept["verdict"]),
        cause=Cause(kept["cause"]) if kept["cause"] else None,
        currency=kept["currency"],
        lines=kept["lines"],
        cents=kept["cents"],
        claim_by=date.fromisoformat(kept["claim_by"]) if kept["claim_by"] else None,
    )


def _pairs(kept: Sequence[Sequence[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(name), int(cents)) for name, cents in kept)
