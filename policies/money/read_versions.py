"""Reads files of tariffs: one version or several each, everyone's and those of tenants.

Must not choose between versions: a Tariffs does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from policies.errors import PolicyError, PolicyFault
from policies.money.tariff import Tariff, tariff_from
from policies.money.versions import Tariffs
from policies.yaml_text import Step, line_of, parse_yaml

VERSIONS = "versions"
"""The key under which a file holds several versions; what stands beside it is in all of them."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTariffs:
    """The text of a file of tariffs; `scope` is the tenant's name, empty for everyone's."""

    file: str
    text: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A version and where it is written."""

    tariff: Tariff
    document: Mapping[str, Any]
    file: str
    steps: tuple[Step, ...]

    @property
    def begins(self) -> date:
        """The first day on which it is in force."""
        return self.tariff.effective_from

    def fault(self, key: str, message: str) -> PolicyFault:
        """A fault of one of its fields."""
        return _fault(self.document, self.file, self.where(key), message)

    def where(self, *steps: Step) -> tuple[Step, ...]:
        """Where a part of the version stands: in its own entry, or beside the list."""
        entry: Any = self.document
        for step in self.steps:
            entry = entry[step]
        shared = bool(steps) and steps[0] in self.document and steps[0] not in entry
        return steps if shared else (*self.steps, *steps)

    def written(self, key: str) -> Any:  # noqa: ANN401 - a YAML tree
        """What is written under a key of the version; None where it is not there."""
        node: Any = self.document
        for step in self.where(key):
            node = node.get(step) if isinstance(node, Mapping) else node[step]
        return node


def read_tariffs(texts: Sequence[WrittenTariffs]) -> Tariffs:
    """All versions of all files.

    Raises:
        PolicyError: with every fault of every file; overlaps and gaps between versions are such.
    """
    faults: list[PolicyFault] = []
    placed: dict[str, list[Placed]] = {"": []}
    for written in texts:
        try:
            placed.setdefault(written.scope, []).extend(read_placed(written.text, written.file))
        except PolicyError as error:
            faults += error.faults
    if not faults:
        faults = [fault for found in placed.values() for fault in _misfits(found)]
    if faults:
        raise PolicyError(tuple(faults))
    by_scope = {
        scope: tuple(one.tariff for one in sorted(found, key=lambda one: one.begins))
        for scope, found in placed.items()
    }
    return Tariffs(versions=by_scope.pop(""), own=by_scope)


def read_placed(text: str, file: str) -> list[Placed]:
    """The versions of one text with their places; raises PolicyError as read_tariffs does."""
    document = parse_yaml(text, file)
    if VERSIONS not in document:
        tariff = tariff_from(document, file)
        return [Placed(tariff=tariff, document=document, file=file, steps=())]
    entries = document[VERSIONS]
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        message = "write a list of versions, each with its own version and effective"
        raise PolicyError((_fault(document, file, (VERSIONS,), message),))
    if not entries:
        message = "no version is there; add one, or write the tariff without `versions`"
        raise PolicyError((_fault(document, file, (VERSIONS,), message),))
    return _all_of(document, file, entries)


def _all_of(
    document: Mapping[str, Any], file: str, entries: Sequence[Mapping[str, Any]]
) -> list[Placed]:
    """Each version with what stands beside the list laid under it."""
    common = {key: value for key, value in document.items() if key != VERSIONS}
    found: list[Placed] = []
    faults: dict[PolicyFault, None] = {}
    for place, entry in enumerate(entries):
        try:
            tariff = tariff_from({**common, **entry}, file)
        except PolicyError as error:
            told = [_steps(fault.path) for fault in error.faults]
            for steps, fault in zip(told, error.faults, strict=True):
                shared = bool(steps) and steps[0] in common and steps[0] not in entry
                where = steps if shared else (VERSIONS, place, *steps)
                faults[_fault(document, file, where, fault.message)] = None
            continue
        steps = (VERSIONS, place)
        found.append(Placed(tariff=tariff, document=document, file=file, steps=steps))
    if faults:
        raise PolicyError(tuple(faults))
    return found


def _misfits(found: Sequence[Placed]) -> Iterator[PolicyFault]:
    """Versions of one scope that overlap, leave days out, or have the same name."""
    ordered = sorted(found, key=lambda one: one.begins)
    names: set[str] = set()
    for one in found:
        if one.tariff.version in names:
            message = f"version {one.tariff.version} is there twice; bills name it, so rename one"
            yield one.fault("version", message)
        names.add(one.tariff.version)
    for before, after in pairwise(ordered):
        until, name = before.tariff.effective_until, before.tariff.version
        if after.begins == before.begins:
            message = f"version {name} begins on the same day; change one, or remove it"
            yield after.fault("effective", message)
        elif until is not None and until >= after.begins:
            message = (
                f"version {name} holds until {until} and overlaps this; end it on "
                f"{after.begins - _DAY}, or leave its `until` out"
            )
            yield after.fault("effective", message)
        elif until is not None and until + _DAY < after.begins:
            message = (
                f"no version holds from {until + _DAY} to {after.begins - _DAY}; let version "
                f"{name} end on {after.begins - _DAY}, or leave its `until` out"
            )
            yield after.fault("effective", message)


def _steps(path: str) -> tuple[Step, ...]:
    return tuple(int(step) if step.isdigit() else step for step in path.split(".") if step)


def _fault(
    document: Mapping[str, Any], file: str, steps: tuple[Step, ...], message: str
) -> PolicyFault:
    path = ".".join(str(step) for step in steps)
    return PolicyFault(file=file, line=line_of(document, steps), path=path, message=message)
