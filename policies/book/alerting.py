"""Reads how exceptions are told: the YAML text becomes values, or faults that name their lines.

Each section has a room of its own, named like it. Must not read files, nor decide anything.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal, Union, get_args, get_origin

from pydantic_core import ErrorDetails

from policies.book import briefs, cards, escalation, grouping, quiet, shifts
from policies.book.briefs import BriefText, HandoverText
from policies.book.cards import CardsText
from policies.book.escalation import EscalationText
from policies.book.faults import Faults
from policies.book.grouping import GroupingText
from policies.book.model import Model
from policies.book.quiet import QuietText
from policies.book.shifts import ShiftsText
from policies.briefs import BRIEFING, HANDOVER, Briefing, Handover
from policies.cards import SILENT, Cards
from policies.escalation import Ladder
from policies.grouping import ALONE, Grouping
from policies.quiet import AWAKE, QuietHours
from policies.reasons import ReasonCode
from policies.shifts import NO_SHIFTS, ShiftBook
from policies.yaml_text import Step, read_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerting:
    """How exceptions are told; a field is a section of the file."""

    grouping: Grouping = ALONE
    shifts: ShiftBook = NO_SHIFTS
    escalation: tuple[Ladder, ...] = ()
    cards: Cards = SILENT
    quiet_hours: QuietHours = AWAKE
    handover: Handover = HANDOVER
    brief: Briefing = BRIEFING


class _Document(Model):
    """Every section may be missing: then the one of the packaged file is in force."""

    version: Literal["1"]
    grouping: GroupingText | None = None
    shifts: ShiftsText | None = None
    escalation: EscalationText | None = None
    cards: CardsText | None = None
    quiet_hours: QuietText | None = None
    handover: HandoverText | None = None
    brief: BriefText | None = None


_EXAMPLES: Mapping[str, str] = {
    "version": 'write version: "1"',
    **grouping.EXAMPLES,
    **shifts.EXAMPLES,
    **escalation.EXAMPLES,
    **cards.EXAMPLES,
    **quiet.EXAMPLES,
    **briefs.EXAMPLES,
}


def read_alerting(text: str, file: str, *, over: Alerting | None = None) -> Alerting:
    """Reads a file; a section that it does not have is that of `over`.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    written = {
        name: section
        for name in _Document.model_fields
        if name != "version" and (section := getattr(document, name)) is not None
    }
    faults = Faults(parsed, file)
    for section in written.values():
        section.check(faults)
    faults.stop_if_any()
    return replace(
        over or Alerting(), **{name: section.compiled() for name, section in written.items()}
    )


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    name = str(steps[-1]) if steps else "the file"
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = _fields(steps)
        near = get_close_matches(name, known, n=1)
        meant = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}"
        return f"there is no such field; {meant}"
    if kind == "missing":
        return f"`{name}` is missing; {_EXAMPLES.get(name, 'add it')}"
    if kind == "enum" and detail.get("ctx", {}).get("expected", "").count("PICK_DELAY"):
        return f"no reason is called {detail['input']}; known are {', '.join(ReasonCode)}"
    said: str = detail["msg"].removeprefix("Value error, ")
    return f"{said}; {_EXAMPLES[name]}" if name in _EXAMPLES else said


def _fields(steps: Sequence[Step]) -> list[str]:
    """What may stand beside the last step."""
    model: type[Model] = _Document
    for step in steps[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(kind: Any) -> type[Model] | None:  # noqa: ANN401 - an annotation
    """The section's model within `Model | None`, `list[Model]` or `dict[str, Model]`."""
    if isinstance(kind, type) and not get_origin(kind):
        return kind if issubclass(kind, Model) else None
    if get_origin(kind) in (Union, types.UnionType, list, dict):
        return next((found for one in get_args(kind) if (found := _model_in(one))), None)
    return None
