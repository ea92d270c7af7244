"""Lint of carriers' contracts: what is wrong or doubtful in one, each spot with a remedy.

Must not price anything; files of rates beside a contract are read where the contract is used.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from policies.errors import PolicyError, PolicyFault
from policies.lint.finding import Finding, Level
from policies.money.audit.contract import Contract, Version
from policies.money.audit.read_contract import read_contract
from policies.yaml_text import Step, line_of, parse_yaml

_RATES = "from,to,to_weight,cents\n"
"""What stands for a file of rates that lint does not see."""
_STALE = timedelta(days=14)
_LOOK_UP = "Correct this line; docs/audits.md has every field and an example of it"
Spot = tuple[str, tuple[Step, ...], str, str]
"""Rule, path, what is doubtful, what to do."""


def is_contract(document: Mapping[str, Any]) -> bool:
    """Whether a text is a carrier's contract, which is seen by its keys."""
    return "carrier" in document and "slas" not in document


def lint_contract(text: str, file: str, now: datetime) -> tuple[Finding, ...]:
    """What there is to say about it, by line; one that cannot be read has its faults only."""
    try:
        contract = read_contract(text, file, lambda _name: _RATES)
        document = parse_yaml(text, file)
    except PolicyError as error:
        return tuple(_of_fault(fault) for fault in error.faults)
    places = _places(document)
    found = [_of_spot(spot, document, file) for spot in _spots(contract, places, now.date())]
    return tuple(sorted(found, key=lambda one: (one.line, one.rule)))


def _places(document: Mapping[str, Any]) -> dict[str, int]:
    """Where each version is written, by its name."""
    return {one["version"]: place for place, one in enumerate(document["versions"])}


def _spots(contract: Contract, places: Mapping[str, int], today: date) -> Iterator[Spot]:
    if not contract.on(today):
        yield (
            *("no-version-today", ("versions",), f"no version holds on {today}"),
            "Add one, or take the last one's `until` away",
        )
    if contract.dispute_days is None:
        message = "no last day for disputes is written, so none is counted down"
        yield "no-dispute-days", ("carrier",), message, "Write disputes: {days: 180}"
    for version in contract.versions:
        path: tuple[Step, ...] = ("versions", places[version.name])
        yield from _double_rates(version, path)
        yield from _stale_shares(version, path, today)


def _double_rates(version: Version, path: tuple[Step, ...]) -> Iterator[Spot]:
    """Two rates of one lane and band with different prices: every parcel there is ambiguous."""
    for name, table in version.tables.items():
        for (origin, zone), rates in table.by_lane.items():
            bands: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
            for rate in rates:
                band = (rate.service, rate.above, rate.up_to)
                prices = (rate.cents, rate.per_unit_cents, rate.minimum_cents)
                bands.setdefault(band, set()).add(prices)
            if any(len(prices) > 1 for prices in bands.values()):
                message = f"from {origin} to {zone} one band has several prices"
                remedy = "Keep one, or leave it: such lines are told as ambiguous, never guessed"
                yield "several-prices", (*path, "tables", name), message, remedy


def _stale_shares(version: Version, path: tuple[Step, ...], today: date) -> Iterator[Spot]:
    """A percentage by the week whose last week is long gone."""
    for place, charge in enumerate(version.surcharges):
        days = [since for since, _ in charge.dated if since is not None]
        weekly = charge.kind == "percent" and len(days) > 1 and version.holds(today)
        if weekly and days[-1] < today - _STALE:
            message = f"the last percentage of {charge.code} is of {days[-1]}"
            yield "stale-percentage", (*path, "charges", place), message, "Add the weeks since"


def _of_spot(spot: Spot, document: Mapping[str, Any], file: str) -> Finding:
    rule, steps, message, remedy = spot
    return Finding(
        level=Level.WARNING,
        rule=rule,
        file=file,
        line=line_of(document, steps),
        path=".".join(map(str, steps)),
        sla_id=None,
        message=message,
        remedy=remedy,
    )


def _of_fault(fault: PolicyFault) -> Finding:
    message, _, remedy = fault.message.partition("; ")
    return Finding(
        level=Level.ERROR,
        rule="not-a-contract",
        file=fault.file,
        line=fault.line,
        path=fault.path,
        sla_id=None,
        message=f"{fault.path}: {message}" if fault.path else message,
        remedy=f"{remedy[:1].upper()}{remedy[1:]}" if remedy else _LOOK_UP,
    )
