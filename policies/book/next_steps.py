"""Reads the table of next steps: the YAML text becomes rows, or faults that name their lines.

Must not read files, nor choose a step.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import ErrorDetails

from policies.book.faults import Faults
from policies.book.model import Model
from policies.next_steps import CAUSES, NextSteps, Step, names_in
from policies.reasons import ReasonCode
from policies.yaml_text import Step as Place
from policies.yaml_text import read_as

_LONGEST = 200
_REASONS = tuple(reason.value for reason in ReasonCode)


class _Row(Model):
    do: Annotated[str, Field(min_length=1, max_length=_LONGEST)]
    reasons: list[str] = Field(default_factory=list)
    causes: list[str] = Field(default_factory=list)


class _Document(Model):
    version: Literal["1"]
    steps: list[_Row] = Field(default_factory=list)


def read_next_steps(text: str, file: str, *, over: NextSteps = ()) -> NextSteps:
    """Reads a file; its rows are tried before those of `over`.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    faults = Faults(parsed, file)
    for number, row in enumerate(document.steps):
        place: tuple[Place, ...] = ("steps", number)
        _known(row.reasons, _REASONS, "reason", (*place, "reasons"), faults)
        _known(row.causes, CAUSES, "cause", (*place, "causes"), faults)
        with faults.at(*place, "do"):
            names_in(row.do)
    faults.stop_if_any()
    rows = [
        Step(
            do=row.do, reasons=frozenset(map(ReasonCode, row.reasons)), causes=frozenset(row.causes)
        )
        for row in document.steps
    ]
    return (*rows, *over)


def _known(
    given: Iterable[str],
    known: Sequence[str],
    what: str,
    place: tuple[Place, ...],
    faults: Faults,
) -> None:
    for number, name in enumerate(given):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            faults.add((*place, number), f"no {what} is called {name}; {meant}")


def _words(detail: ErrorDetails, steps: Sequence[Place]) -> str:
    """What is wrong; behind a semicolon what to do."""
    kind, name = detail["type"], str(steps[-1]) if steps else "the file"
    if kind == "extra_forbidden":
        known = "do, reasons, causes" if len(steps) > 1 else "version, steps"
        return f"there is no such field; known are {known}"
    if kind == "missing":
        return f"`{name}` is missing; write {_EXAMPLES.get(name, name)}"
    if kind == "string_too_long":
        return f"a step has {_LONGEST} characters at most; say it in one sentence"
    said: str = detail["msg"].removeprefix("Value error, ")
    return f"{said}; write {_EXAMPLES[name]}" if name in _EXAMPLES else said


_EXAMPLES = {
    "version": 'version: "1"',
    "do": 'do: "Check the dock for {order}."',
    "reasons": "reasons: [PICK_DELAY]",
    "causes": "causes: [stock]",
    "steps": 'steps: [{reasons: [PICK_DELAY], do: "Have {order} picked next."}]',
}
