"""Finds where parts of a contract that are each well formed do not go together.

Must not stop at the first.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from policies.money.audit.contract import FREIGHT
from policies.money.audit.contract_schema import (
    ChargeText,
    ContractText,
    GuaranteeText,
    VersionText,
)
from policies.money.line_schema import WindowText
from policies.money.tariff_schema import Place
from policies.yaml_text import Step

_DAY = timedelta(days=1)
_PRICED = "write one price: cents, dated like [[2026-01-05, 605]], or pct_of with pct or dated_pct"


def disagreements(text: ContractText) -> Iterator[Place]:
    """Each with its path and what to write."""
    yield from _spans(text)
    both = {one.lower() for one in text.ours.payers} & {one.lower() for one in text.not_ours.payers}
    if both:
        yield ("not_ours", "payers"), f"{', '.join(sorted(both))} stands under ours too; keep one"
    for place, version in enumerate(text.versions):
        path: tuple[Step, ...] = ("versions", place)
        yield from _services(version, path)
        for index, charge in enumerate(version.charges):
            yield from _charge(charge, version, (*path, "charges", index))
        yield from _repeated([one.code for one in version.charges], (*path, "charges"), "code")
        for index, guarantee in enumerate(version.guarantees):
            yield from _guarantee(guarantee, version, (*path, "guarantees", index))
        for name, table in version.tables.items():
            for lane, written in enumerate(table.lanes):
                here = (*path, "tables", name, "lanes", lane)
                if not written.bands:
                    yield here, "this lane has no band; write bands: [[1, 820]], up to 1 for 820"
                yield from _rising([one for one, _ in written.bands], (*here, "bands"))


def _spans(text: ContractText) -> Iterator[Place]:
    """Versions that overlap, leave days out, end before they begin, or share a name."""
    numbered = sorted(enumerate(text.versions), key=lambda pair: pair[1].effective.start)
    yield from _repeated([one.version for one in text.versions], ("versions",), "version")
    for place, version in numbered:
        until = version.effective.until
        if until is not None and until < version.effective.start:
            yield ("versions", place, "effective"), "this ends before it begins; write a later day"
    for (_, before), (place, after) in pairwise(numbered):
        until = before.effective.until
        path = ("versions", place, "effective")
        if until is None or until >= after.effective.start:
            end = after.effective.start - _DAY
            yield path, f"version {before.version} overlaps this; write until: {end} there"
        elif until + _DAY < after.effective.start:
            yield path, f"no version holds from {until + _DAY}; begin then, or end the other later"


def _services(version: VersionText, path: tuple[Step, ...]) -> Iterator[Place]:
    seen: dict[str, str] = {}
    for place, service in enumerate(version.services):
        here = (*path, "services", place)
        tables = [*([service.table] if service.table else []), *service.tables]
        if not tables:
            yield here, "this service has no table; write table: NAME"
        for name in tables:
            if name not in version.tables:
                yield here, f"there is no table {name}; known are {', '.join(version.tables)}"
        for called in {service.id, *(name.lower() for name in service.names)}:
            if called in seen:
                yield here, f"{called} is service {seen[called]} too; bills could mean both"
            seen[called] = service.id


def _charge(charge: ChargeText, version: VersionText, path: tuple[Step, ...]) -> Iterator[Place]:
    share = [charge.pct is not None, charge.dated_pct is not None]
    price = [charge.cents is not None, charge.dated is not None]
    if charge.pct_of is None and (sum(price) != 1 or any(share)):
        yield path, _PRICED
    if charge.pct_of is not None and (sum(share) != 1 or any(price)):
        yield path, _PRICED
    known = {FREIGHT, *(one.code for one in version.charges)} - {charge.code}
    for name in charge.pct_of or ():
        if name not in known:
            yield (*path, "pct_of"), f"no charge {name}; known are {', '.join(sorted(known))}"
    for name in charge.pct_of or ():
        theirs = next((one.pct_of or [] for one in version.charges if one.code == name), [])
        if theirs:
            yield (*path, "pct_of"), f"{name} is a percentage itself; name what it is of instead"
    if charge.code == FREIGHT:
        yield (*path, "code"), "freight is priced by the tables; choose another code"
    days = [one for one, _ in charge.dated or charge.dated_pct or ()]
    yield from _rising(days, (*path, "dated"))
    yield from _windows(charge.when.windows or (), (*path, "when", "windows"))


def _guarantee(
    guarantee: GuaranteeText, version: VersionText, path: tuple[Step, ...]
) -> Iterator[Place]:
    known = [one.id for one in version.services]
    for name in guarantee.services:
        if name not in known:
            yield (*path, "services"), f"no service {name}; known are {', '.join(known)}"
    if guarantee.until is not None and guarantee.until < guarantee.start:
        yield path, "this ends before it begins; write a later day"
    yield from _windows(guarantee.blackouts, (*path, "blackouts"))


def _windows(windows: Sequence[WindowText], path: tuple[Step, ...]) -> Iterator[Place]:
    for place, one in enumerate(windows):
        if one.start and one.until and one.until < one.start:
            yield (*path, place), "this ends before it begins; write a later day"


def _repeated(values: Sequence[str], path: tuple[Step, ...], key: str) -> Iterator[Place]:
    for place, value in enumerate(values):
        if value in values[:place]:
            yield (*path, place, key), f"{value} is there twice; rename one"


def _rising(values: Sequence[object] | Sequence[date], path: tuple[Step, ...]) -> Iterator[Place]:
    for place, (before, after) in enumerate(pairwise(values), start=1):
        if after <= before:  # type: ignore[operator]  # of one kind, as the schema has it
            yield (*path, place), f"these rise; {after} comes after {before}"
