"""Reads how exceptions are told: the YAML text becomes values, or faults that name their lines.

Must not read files, nor decide anything: grouping.py does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import ErrorDetails

from policies.book import words
from policies.book.faults import Faults
from policies.book.model import Minutes, Model
from policies.grouping import ALONE, Grouping, Level
from policies.judgement import FACTS
from policies.reasons import ReasonCode
from policies.yaml_text import Step, read_as

_LONGEST_WINDOW = words.WHOLE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerting:
    """How exceptions are told."""

    grouping: Grouping = ALONE


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Reason = Annotated[ReasonCode, BeforeValidator(_upper)]


class _Cause(Model):
    reasons: list[Reason] | None = None
    by: list[str]
    above: Annotated[int, Field(ge=1, le=1000)]


class _Grouping(Model):
    window: Minutes
    causes: list[_Cause]


class _Document(Model):
    """Every section may be missing: then the one of the packaged file is in force."""

    version: Literal["1"]
    grouping: _Grouping | None = None


def read_alerting(text: str, file: str, *, over: Alerting | None = None) -> Alerting:
    """Reads a file; a section that it does not have is that of `over`.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    under = over or Alerting()
    if document.grouping is None:
        return under
    faults = Faults(parsed, file)
    _check(document.grouping, faults)
    faults.stop_if_any()
    return Alerting(grouping=_compiled(document.grouping))


def _check(section: _Grouping, faults: Faults) -> None:
    if section.window > _LONGEST_WINDOW:
        faults.add(("grouping", "window"), "a storm is a matter of hours; write 24h or less")
    seen: list[tuple[frozenset[str], frozenset[ReasonCode]]] = []
    for index, cause in enumerate(section.causes):
        place = ("grouping", "causes", index)
        for fact in cause.by:
            if fact not in FACTS:
                known = ", ".join(FACTS)
                faults.add((*place, "by"), f"no fact is called {fact}; known are {known}")
        meant = frozenset(cause.by), frozenset(cause.reasons or ())
        if meant in seen:
            faults.add(place, "the same reasons and facts stand further up; leave one out")
        seen.append(meant)


def _compiled(section: _Grouping) -> Grouping:
    levels = tuple(
        Level(by=tuple(cause.by), above=cause.above, reasons=frozenset(cause.reasons or ()))
        for cause in section.causes
    )
    return Grouping(window=timedelta(minutes=section.window), levels=levels)


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    name = str(steps[-1]) if steps else "the file"
    kind = detail["type"]
    if kind == "extra_forbidden":
        near = get_close_matches(name, _fields(steps), n=1)
        meant = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(_fields(steps))}"
        return f"there is no such field; {meant}"
    if kind == "missing":
        return f"`{name}` is missing; {_EXAMPLES.get(name, 'add it')}"
    if kind == "enum":
        return f"no reason is called {detail['input']}; known are {', '.join(ReasonCode)}"
    said: str = detail["msg"].removeprefix("Value error, ")
    return f"{said}; {_EXAMPLES[name]}" if name in _EXAMPLES else said


_EXAMPLES: Mapping[str, str] = {
    "version": 'write version: "1"',
    "window": "write window: 30 min",
    "above": "write above: 3",
    "by": "write by: [carrier, warehouse]",
    "causes": "write causes: [{by: [warehouse], above: 8}]",
}
_LEVELS: tuple[type[Model], ...] = (_Document, _Grouping, _Cause)


def _fields(steps: Sequence[Step]) -> list[str]:
    """What may stand beside the last step."""
    depth = sum(isinstance(step, str) for step in steps[:-1])
    model: Any = _LEVELS[min(depth, len(_LEVELS) - 1)]
    return list(model.model_fields)
