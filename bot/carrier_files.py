"""Reads carriers' contracts: `carriers/*.yaml`, and a client's own in `tenants/NAME/carriers`.

Must not understand them: `policies` does.
"""

from collections.abc import Callable
from pathlib import Path

from jobs.ports.bills import ContractsOf
from policies.errors import PolicyError, PolicyFault
from policies.money.audit.contract import Contract, Contracts
from policies.money.audit.read_contract import one_each, read_contract


def load_contracts(policies_dir: Path | None) -> ContractsOf:
    """The contracts by tenant: a client's own go before everyone's of the same carrier.

    Raises:
        PolicyError: with every fault of every file.
    """
    faults: list[PolicyFault] = []
    everyone = _read_all(policies_dir, "carriers/*.yaml", faults).get("", ())
    own = _read_all(policies_dir, "tenants/*/carriers/*.yaml", faults)
    if faults:
        raise PolicyError(tuple(faults))
    common = Contracts(known=everyone)
    theirs = {
        tenant: Contracts(
            known=(*mine, *(one for one in everyone if one.carrier not in _carriers(mine)))
        )
        for tenant, mine in own.items()
    }

    def of(tenant: str) -> Contracts:
        return theirs.get(tenant, common)

    return of


def read_contract_file(path: Path) -> Contract:
    """The contract of one file; raises PolicyError as load_contracts does."""
    return read_contract(path.read_text(encoding="utf-8"), str(path), _beside(path))


def _read_all(
    folder: Path | None, pattern: str, faults: list[PolicyFault]
) -> dict[str, tuple[Contract, ...]]:
    """The contracts of each scope, empty for everyone's."""
    found: dict[str, list[tuple[str, Contract]]] = {}
    for path in sorted(folder.glob(pattern)) if folder else ():
        scope = path.parents[1].name if pattern.startswith("tenants") else ""
        try:
            found.setdefault(scope, []).append((str(path), read_contract_file(path)))
        except PolicyError as error:
            faults += error.faults
    read: dict[str, tuple[Contract, ...]] = {}
    for scope, contracts in found.items():
        try:
            read[scope] = one_each(contracts)
        except PolicyError as error:
            faults += error.faults
    return read


def _carriers(contracts: tuple[Contract, ...]) -> set[str]:
    return {one.carrier for one in contracts}


def _beside(contract: Path) -> Callable[[str], str | None]:
    """Reads files of the same folder by their bare names."""

    def read(name: str) -> str | None:
        path = contract.with_name(Path(name).name)
        return path.read_text("utf-8") if path.is_file() else None

    return read
