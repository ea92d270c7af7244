"""Reads what opens an exception though nothing was promised: YAML becomes rules, or faults.

Must not read files, and must not judge an order: sla.py does, as it does with promises.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import ErrorDetails

from policies.book import words
from policies.book.facts import Facts
from policies.book.faults import Faults
from policies.book.model import EventRef, Level, MinutesOrNone, Model, Name, Text
from policies.promise import Part, PromiseDate, SlaRule, Within
from policies.reasons import ClockKind, Fault, ReasonCode, Severity, Stage
from policies.sites import Zone
from policies.yaml_text import Step, read_as

PREFIX = "problem."
"""How the names of problems begin, so that none is a promise's."""
_RECEIVER = Zone(key="destination_timezone")


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class _Problem(Model):
    id: Name
    off: bool = False
    exception: Annotated[ReasonCode, BeforeValidator(_upper)] | None = None
    severity: Level | None = None
    worse: dict[Annotated[int, Field(ge=2, le=100)], Level] = Field({})
    grows: Annotated[dict[int, Level], BeforeValidator(words.by_minutes)] = Field({})
    text: Annotated[Text | None, Field(alias="words")] = None
    begins: EventRef | None = None
    times: Annotated[int, Field(ge=1, le=100)] = 1
    promised: Text | None = None
    after: MinutesOrNone = 0
    ends: EventRef | None = None
    stage: Annotated[Stage, BeforeValidator(_upper)] | None = None
    fault: Fault | None = None


class _Document(Model):
    version: Annotated[str, Field(min_length=1, max_length=64)]
    problems: list[_Problem]


Problems = Mapping[str, SlaRule]
"""Rules by their id, in the order in which they are written."""


def read_problems(text: str, file: str, *, over: Problems | None = None) -> Problems:
    """Reads a file; a problem that it does not name is that of `over`.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    faults = Faults(parsed, file)
    facts, found = Facts({}, faults), dict(over or {})
    seen: set[str] = set()
    for index, problem in enumerate(document.problems):
        here = ("problems", index)
        _check(problem, here, seen, faults)
        seen.add(problem.id)
        if problem.off:
            found.pop(problem.id, None)
        elif problem.exception is not None and problem.stage is not None:
            found[problem.id] = _compiled(problem, here, facts, document.version)
    faults.stop_if_any()
    return found


def _check(problem: _Problem, here: tuple[Step, ...], seen: set[str], faults: Faults) -> None:
    if not problem.id.startswith(PREFIX):
        faults.add((*here, "id"), f"begin the id with {PREFIX}, so that it is no promise's")
    if problem.id in seen:
        faults.add((*here, "id"), f"{problem.id} is there twice; keep one")
    if problem.off:
        return
    for name in ("exception", "severity", "words", "stage"):
        if getattr(problem, "text" if name == "words" else name) is None:
            faults.add(here, f"`{name}` is missing; {_EXAMPLES[name]}")
    if (problem.begins is None) == (problem.promised is None):
        faults.add(here, "write either begins: [payment_failed], or promised: promised_delivery")


def _compiled(problem: _Problem, here: tuple[Step, ...], facts: Facts, version: str) -> SlaRule:
    promised = problem.promised
    begins, ends = problem.begins, problem.ends
    date = PromiseDate(key=promised or "", end_of_day=True, zone=_RECEIVER)
    return SlaRule(
        sla_id=problem.id,
        kind=ClockKind.CARRIER if promised else ClockKind.PROBLEM,
        stage=problem.stage or Stage.DELIVER,
        promise=problem.text or problem.id,
        start=facts.types(begins, (*here, "begins")),
        start_if=begins.if_ if begins else None,
        stop=facts.types(ends, (*here, "ends")),
        stop_if=ends.if_ if ends else None,
        cancel=("order_cancelled",),
        deadline=date if promised else Within(minutes=problem.after),
        grace_minutes=problem.after if promised else 0,
        reason_code=problem.exception or ReasonCode.OTHER,
        severity=problem.severity or Severity.MEDIUM,
        growth=tuple(sorted(problem.grows.items())),
        times=problem.times,
        worse=tuple(sorted(problem.worse.items())),
        warn=(Part(share=1.0),),
        fault=problem.fault,
        version=version,
    )


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    name = str(steps[-1]) if steps else "the file"
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = [field.alias or name for name, field in _Problem.model_fields.items()]
        return f"there is no such field; known are {', '.join(known)}"
    if kind == "missing":
        return f"`{name}` is missing; {_EXAMPLES.get(name, 'add it')}"
    if kind == "enum":
        return f"{detail['input']} is none; known are {detail['ctx']['expected']}"
    said: str = detail["msg"].removeprefix("Value error, ")
    return f"{said}; {_EXAMPLES[name]}" if name in _EXAMPLES else said


_EXAMPLES: Mapping[str, Any] = {
    "version": 'write version: "1"',
    "id": "write id: problem.payment",
    "exception": "write exception: PAYMENT_FAILED",
    "severity": "write severity: HIGH",
    "words": "write words: the payment failed",
    "stage": "write stage: PICK",
    "begins": "write begins: [payment_failed]",
    "ends": "write ends: [order_paid]",
    "after": "write after: 60m",
    "times": "write times: 2",
    "worse": "write worse: {3: HIGH}",
    "problems": "write problems: [{id: problem.payment, ...}]",
}
