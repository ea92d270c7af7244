"""Reads a carrier's contract: its text becomes values, or faults that name their lines.

Must not read files: whoever knows where they lie hands texts over, also those of rates.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from policies.book.faults import Faults
from policies.money.audit.contract import (
    Condition,
    Contract,
    Guarantee,
    Rates,
    Service,
    Surcharge,
    Version,
)
from policies.money.audit.contract_faults import disagreements
from policies.money.audit.contract_schema import (
    ChargeText,
    ConditionText,
    ContractText,
    GuaranteeText,
    ServiceText,
    VersionText,
)
from policies.money.audit.read_rates import rates_of
from policies.money.currency import is_known
from policies.money.line_schema import WindowText
from policies.yaml_text import read_as

Beside = Callable[[str], str | None]
"""Reads a file that lies beside the contract, by its bare name; None where there is none."""
FREIGHT_NAMES = (
    *("freight", "freight charge", "freight cost", "transportation", "transportation charge"),
    *("base", "base charge", "base rate", "shipping", "shipping charge", "line haul", "linehaul"),
)
"""What bills call the carrying itself, whatever a contract adds."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def nothing_beside(_name: str) -> str | None:
    """A contract that stands alone."""
    return None


def read_contract(text: str, file: str, beside: Beside = nothing_beside) -> Contract:
    """Reads a contract.

    Raises:
        PolicyError: with every fault found, each with its line and a remedy.
    """
    written, parsed = read_as(ContractText, text, file)
    faults = Faults(parsed, file)
    if not is_known(written.currency):
        faults.add(("currency",), "no such currency; write one of ISO 4217, like USD")
    for path, message in disagreements(written):
        faults.add(path, message)
    files: list[str] = []
    tables = [
        dict(_tables(version, place, beside, faults, files))
        for place, version in enumerate(written.versions)
    ]
    faults.stop_if_any()
    versions = [_version(one, tables[place]) for place, one in enumerate(written.versions)]
    told = "\x1f".join([text, *files])
    return _contract(written, versions, hashlib.sha256(told.encode()).hexdigest()[:32])


def one_each(read: Iterable[tuple[str, Contract]]) -> tuple[Contract, ...]:
    """Contracts with the files they come from, each carrier once.

    Raises:
        PolicyError: two files are about one carrier, or call two carriers the same.
    """
    seen: dict[str, str] = {}
    found = []
    for file, contract in read:
        for name in {contract.carrier, *contract.names}:
            if name in seen:
                message = f"{name} is in {seen[name]} too; keep one"
                faults = Faults({}, file)
                faults.add(("carrier",), message)
                faults.stop_if_any()
            seen[name] = file
        found.append(contract)
    return tuple(found)


def _tables(
    version: VersionText, place: int, beside: Beside, faults: Faults, files: list[str]
) -> Iterator[tuple[str, Rates]]:
    for name, table in version.tables.items():
        path = ("versions", place, "tables", name)
        text = beside(table.rates) if table.rates else None
        if table.rates and text is None:
            faults.add((*path, "rates"), f"{table.rates} is not beside the contract; put it there")
        elif not table.lanes and text is None:
            faults.add(path, "no rate is there; write lanes, or rates: FILE.csv")
        else:
            files.append(text or "")
            with faults.at(*path):
                yield name, rates_of(name, table, text, table.rates or "")


def _contract(written: ContractText, versions: list[Version], digest: str) -> Contract:
    return Contract(
        carrier=written.carrier,
        names=_plain(written.names),
        currency=written.currency,
        versions=tuple(sorted(versions, key=lambda one: one.since)),
        freight_names=_plain([*written.freight_names, *FREIGHT_NAMES]),
        accounts=_plain(written.ours.accounts),
        our_payers=_plain(written.ours.payers),
        other_payers=_plain(written.not_ours.payers),
        other_services=_plain(written.not_ours.services),
        dispute_days=written.disputes.days if written.disputes else None,
        tolerance_cents=written.tolerance.cents,
        tolerance_pct=written.tolerance.pct,
        unknown=written.unknown_shipments,
        digest=digest,
    )


def _version(written: VersionText, tables: Mapping[str, Rates]) -> Version:
    return Version(
        name=written.version,
        since=written.effective.start,
        until=written.effective.until,
        services=tuple(_service(one) for one in written.services),
        tables=tables,
        surcharges=tuple(_surcharge(one) for one in written.charges),
        guarantees=tuple(_guarantee(one) for one in written.guarantees),
    )


def _service(written: ServiceText) -> Service:
    tables = (*([written.table] if written.table else []), *written.tables)
    return Service(
        id=written.id,
        names=_plain([written.id, *written.names]),
        tables=tables,
        discount_pct=written.discount_pct,
    )


def _surcharge(written: ChargeText) -> Surcharge:
    if written.pct_of is not None:
        fixed, dated = written.pct, written.dated_pct
    else:
        fixed, dated = written.cents, written.dated
    values = [] if fixed is None else [(None, fixed)]
    return Surcharge(
        code=written.code,
        names=_plain([written.code, *written.names]),
        dated=(*values, *(dated or ())),
        kind="cents" if written.pct_of is None else "percent",
        pct_of=tuple(written.pct_of or ()),
        when=_condition(written.when),
    )


def _condition(written: ConditionText) -> Condition:
    return Condition(
        residential=written.residential,
        zip_prefix=tuple(written.zip_prefix or ()),
        windows=_windows(written.windows or ()),
        weekdays=frozenset(WEEKDAYS.index(day) for day in written.weekdays or ()),
        event=written.event or "",
    )


def _guarantee(written: GuaranteeText) -> Guarantee:
    hour, _, minute = (written.by or "").partition(":")
    return Guarantee(
        services=tuple(written.services),
        since=written.start,
        until=written.until,
        refund_pct=written.refund_pct,
        claim_days=written.claim_days,
        business_days=written.business_days,
        by_minute=int(hour) * 60 + int(minute) if written.by else None,
        excluded=frozenset(written.excluded),
        blackouts=_windows(written.blackouts),
    )


def _windows(written: Iterable[WindowText]) -> tuple[tuple[date | None, date | None], ...]:
    return tuple((one.start, one.until) for one in written)


def _plain(names: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(name.lower().split()) for name in names)
