"""Reads what may be done by itself: the YAML text becomes rules, or faults that name their lines.

Must not read files, nor do anything that it read of.
"""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import ErrorDetails

from policies.book.faults import Faults
from policies.book.model import EventType, If, Minutes, Model, Text
from policies.facts import ALIASES
from policies.http_actions import KNOWN, names_in
from policies.reasons import ReasonCode
from policies.resolution import (
    ANY,
    BUILT_IN,
    MESSAGE,
    Approve,
    DryRun,
    ResolutionRule,
    Rules,
)
from policies.yaml_text import Step, read_as

_MOST_MINUTES = 30 * 24 * 60


def _dry_run(value: object) -> object:
    """`true` is a rehearsal for ever; YAML takes `no` for false."""
    if isinstance(value, bool):
        return DryRun.ONLY if value else DryRun.NO
    return value


def _approve(value: object) -> object:
    """YAML takes `no` for false."""
    return Approve.NO if value is False else value


class _Limit(Model):
    per_order: Annotated[int, Field(ge=1)] | None = None
    per_hour: Annotated[int, Field(ge=1)] | None = None


class _Row(Model):
    do: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    if_: If | None = Field(None, alias="if")
    limit: _Limit = _Limit()
    approve: Annotated[Approve, BeforeValidator(_approve)] = Approve.NO
    dry_run: Annotated[DryRun, BeforeValidator(_dry_run)] = DryRun.NO
    proved_by: list[EventType] = Field(default_factory=list)
    within: Minutes = 60
    text: Text | None = None


class _Document(Model):
    version: Literal["1"]
    resolution: dict[str, list[_Row]] = Field(default_factory=dict)


def read_resolution(
    text: str, file: str, *, actions: Collection[str] = (), over: Rules | None = None
) -> Rules:
    """Reads a file; a reason code that it does not name keeps what `over` says.

    Args:
        text: the file's.
        file: its name, for faults.
        actions: names of configured actions that rules may ask for besides the built-in ones.
        over: what it is laid over.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    faults = Faults(parsed, file)
    for code, rows in document.resolution.items():
        _check_code(code, faults)
        for place, row in enumerate(rows):
            _check(row, ("resolution", code, place), faults, actions)
    faults.stop_if_any()
    read = {code: tuple(map(_rule, rows)) for code, rows in document.resolution.items()}
    return {**(over or {}), **read}


def _check_code(code: str, faults: Faults) -> None:
    known = [*(one.value for one in ReasonCode), ANY]
    if code not in known:
        near = get_close_matches(code.upper(), known, n=1)
        meant = f"did you mean {near[0]}?" if near else f"write one of docs/glossary.md, or {ANY}"
        faults.add(("resolution", code), f"no reason code is called {code}; {meant}")


def _check(row: _Row, place: tuple[Step, ...], faults: Faults, actions: Collection[str]) -> None:
    known = [*BUILT_IN, *sorted(actions)]
    if row.do not in known:
        near = get_close_matches(row.do, known, n=1)
        meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        faults.add((*place, "do"), f"no action is called {row.do}; {meant}")
    if (row.text is None) is (row.do == MESSAGE):
        what = "a message needs its text" if row.do == MESSAGE else f"{row.do} has no text"
        faults.add((*place, "text"), f"{what}; only message says something")
    if unknown := names_in(row.text) - set(KNOWN):
        faults.add((*place, "text"), unknown_fact(unknown))
    if row.within > _MOST_MINUTES:
        faults.add((*place, "within"), "nobody waits so long for a proof; write 30d or less")


def unknown_fact(names: Collection[str]) -> str:
    """What to write where a template names something that is no checked fact."""
    named = ", ".join(sorted(names))
    return f"a template cannot name {named}; known are {', '.join(KNOWN)}"


def _rule(row: _Row) -> ResolutionRule:
    return ResolutionRule(
        action=row.do,
        condition=row.if_,
        approve=row.approve,
        dry_run=row.dry_run,
        per_order=row.limit.per_order,
        per_hour=row.limit.per_hour,
        proved_by=tuple(ALIASES.get(kind, kind) for kind in row.proved_by),
        within_minutes=row.within,
        text=row.text,
    )


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    kind, name = detail["type"], str(steps[-1]) if steps else "the file"
    if kind == "extra_forbidden":
        known = _FIELDS.get(len(steps), "version, resolution")
        return f"there is no such field; known are {known}"
    if kind == "missing":
        return f"`{name}` is missing; write {_EXAMPLES.get(name, name)}"
    if kind in ("model_type", "list_type", "dict_type"):
        return "this is no list of actions; write - do: reevaluate"
    said: str = detail["msg"].removeprefix("Value error, ")
    return f"{said}; write {_EXAMPLES[name]}" if name in _EXAMPLES and ";" not in said else said


_FIELDS = {
    4: "do, if, limit, approve, dry_run, proved_by, within, text",
    5: "per_order, per_hour",
}
_EXAMPLES: Mapping[str, str] = {
    "version": 'version: "1"',
    "do": "do: reevaluate",
    "if": "if: severity == HIGH and minutes_over > 60",
    "approve": "approve: operator, lead or no",
    "dry_run": "dry_run: true, first or no",
    "per_order": "per_order: 1",
    "per_hour": "per_hour: 20",
    "within": "within: 2h",
}
