"""Turns the text of an SLA policy into rules, or into faults that name their lines.

Must not read files: whoever knows where a policy lies hands its text over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from policies.calendar import CALENDARS
from policies.errors import PolicyError, PolicyFault
from policies.facts import ALIASES
from policies.reasons import Fault, ReasonCode, Severity, Stage
from policies.sla import SlaRule

_DURATION = re.compile(r"^([1-9][0-9]{0,6})\s*(m|h|d)$")
_MINUTES = {"m": 1, "h": 60, "d": 1440}


def _minutes(text: str) -> str:
    if not _DURATION.match(text):
        message = "write a duration as 120m, 2h or 5d"
        raise ValueError(message)
    return text


def _calendar(name: str) -> str:
    if name not in CALENDARS:
        message = f"no such calendar; known are {', '.join(sorted(CALENDARS))}"
        raise ValueError(message)
    return name


EventType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{1,63}$")]
EventTypes = Annotated[list[EventType], Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Deadline(_Model):
    within: Annotated[str, AfterValidator(_minutes)]
    calendar: Annotated[str, AfterValidator(_calendar)] = "always"


class _Warn(_Model):
    share: Annotated[float, Field(gt=0, lt=1)] = 0.75
    post: bool = False


class _OnBreach(_Model):
    exception: ReasonCode
    severity: Severity
    settle: Literal["auto", "person"] = "auto"


class _Rule(_Model):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
    stage: Stage
    promise: Annotated[str, Field(min_length=3, max_length=120)]
    start: EventTypes | str
    stop: EventTypes | str
    cancel: EventTypes | str = "called_off"
    deadline: _Deadline
    warn: _Warn = _Warn()
    fault: Fault | None = None
    on_breach: _OnBreach


class _Book(_Model):
    version: str
    facts: dict[str, EventTypes] = {}
    slas: Annotated[list[_Rule], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaBook:
    """A policy that was read: its version and its rules in the order of the text."""

    version: str
    rules: tuple[SlaRule, ...]

    def rule(self, sla_id: str) -> SlaRule | None:
        """The rule of that name."""
        return next((rule for rule in self.rules if rule.sla_id == sla_id), None)


def read_sla_book(text: str, file: str = "sla.yaml") -> SlaBook:
    """Reads a policy.

    Raises:
        PolicyError: with every fault found, each with its line and a remedy.
    """
    document = _parse(text, file)
    try:
        book = _Book.model_validate(document)
    except ValidationError as error:
        raise PolicyError(tuple(_faults(error, document, file))) from error
    faults = tuple(_reference_faults(book, document, file))
    if faults:
        raise PolicyError(faults)
    return SlaBook(version=book.version, rules=tuple(_rule(rule, book) for rule in book.slas))


def _parse(text: str, file: str) -> Mapping[str, Any]:
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fault = PolicyFault(file=file, line=line, path="", message=str(error.problem))
        raise PolicyError((fault,)) from error
    except YAMLError as error:
        fault = PolicyFault(file=file, line=1, path="", message="this is not YAML")
        raise PolicyError((fault,)) from error
    if not isinstance(document, Mapping):
        fault = PolicyFault(
            file=file, line=1, path="", message="a policy is a mapping with version and slas"
        )
        raise PolicyError((fault,))
    return cast("Mapping[str, Any]", document)


def _faults(error: ValidationError, document: Mapping[str, Any], file: str) -> list[PolicyFault]:
    places: dict[tuple[int, str], PolicyFault] = {}
    for detail in error.errors(include_url=False):
        steps = [step for step in detail["loc"] if not _is_union_branch(step)]
        path = ".".join(str(step) for step in steps)
        line = line_of(document, steps)
        fault = PolicyFault(file=file, line=line, path=path, message=detail["msg"])
        places.setdefault((line, path), fault)
    return list(places.values())


def _is_union_branch(step: int | str) -> bool:
    return isinstance(step, str) and (step == "str" or "[" in step)


def line_of(document: Any, steps: list[int | str]) -> int:  # noqa: ANN401 - a YAML tree
    """The 1-based line of the deepest step of a path that exists in the document."""
    node, line = document, 1
    for step in steps:
        marks = getattr(node, "lc", None)
        if marks is None or marks.data is None or step not in marks.data:
            break
        line = marks.data[step][0] + 1
        node = node[step]
    return line


def _reference_faults(book: _Book, document: Mapping[str, Any], file: str) -> list[PolicyFault]:
    faults: list[PolicyFault] = []
    seen: set[str] = set()
    for index, rule in enumerate(book.slas):
        if rule.id in seen:
            faults.append(_fault(document, file, index, "id", "this id is used twice; rename one"))
        seen.add(rule.id)
        for name in ("start", "stop", "cancel"):
            fact = getattr(rule, name)
            if isinstance(fact, str) and fact not in _facts(book):
                message = f"no fact named {fact}; list it under facts or write [{fact}]"
                faults.append(_fault(document, file, index, name, message))
        if rule.start == rule.stop:
            message = "start and stop are the same, so the clock never runs"
            faults.append(_fault(document, file, index, "stop", message))
    return faults


def _fault(
    document: Mapping[str, Any], file: str, index: int, name: str, message: str
) -> PolicyFault:
    steps: list[int | str] = ["slas", index, name]
    path = f"slas.{index}.{name}"
    return PolicyFault(file=file, line=line_of(document, steps), path=path, message=message)


def _facts(book: _Book) -> Mapping[str, list[str]]:
    return {"called_off": ["order_cancelled", "delivered"], **book.facts}


def _types(fact: list[str] | str, book: _Book) -> tuple[str, ...]:
    names = _facts(book)[fact] if isinstance(fact, str) else fact
    return tuple(dict.fromkeys(ALIASES.get(name, name) for name in names))


def _rule(rule: _Rule, book: _Book) -> SlaRule:
    match = _DURATION.match(rule.deadline.within)
    amount, unit = match.groups() if match else ("0", "m")
    return SlaRule(
        sla_id=rule.id,
        stage=rule.stage,
        promise=rule.promise,
        start=_types(rule.start, book),
        stop=_types(rule.stop, book),
        cancel=_types(rule.cancel, book),
        target_minutes=int(amount) * _MINUTES[unit],
        reason_code=rule.on_breach.exception,
        severity=rule.on_breach.severity,
        fault=rule.fault,
        warn_share=rule.warn.share,
        post_warning=rule.warn.post,
        settle_auto=rule.on_breach.settle == "auto",
        version=book.version,
        calendar=CALENDARS[rule.deadline.calendar],
    )
