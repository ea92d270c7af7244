"""Says in a policy author's words what its shape refuses, and what to write instead.

Must not read or check a policy.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic_core import ErrorDetails

from policies.book.model import Model
from policies.book.model_book import Book
from policies.errors import PolicyFault
from policies.yaml_text import Step

_ALIKE, _VERY_ALIKE = 0.6, 0.8
_LONGEST = 40
_MANY = 8
"""So many possible values are not listed where one of them is surely meant."""
_MEANT = re.compile(r"; did you mean `(\w+)`\?$")
_MISSING = "` is missing; "
_QUOTED = re.compile(r"'([^']*)'")
_CALLED = {"Book": "the policy", "Rule": "a rule", "Calendar": "a calendar", "Target": "a target"}
_PATTERNS = (
    ("calendar_month", "write calendar_month or trailing_7d"),
    ("[$?]", "write lower-case letters, digits, _ and ., as order_paid"),
    ("^[a-z]", "write lower-case letters, digits, _ . and -, as same_day"),
    ("^[A-Za-z]", "write letters, digits, _ . and -, as ATL1"),
)
"""What a pattern that holds such a text asks for; the first that fits."""
_EXAMPLES = {
    "deadline": "{within: 2h}",
    "when": "{client: acme}",
    "shifts": '{mon-fri: ["06:00-22:00"]}',
    "facts": "{left: [manifested, carrier_picked_up]}",
    "effective": "{from: 2026-01-01}",
    "on_breach": "{exception: SHIP_DELAY}",
    "cutoff": '{at: "14:00"}',
}
_Level = tuple[type[Model], str]
"""A model, and the field under which it stands."""


def schema_words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    for kinds, words in _WORDS:
        if detail["type"].startswith(kinds):
            return words(detail, steps)
    said = detail["msg"].removeprefix("Value error, ")
    return re.sub(r"^(Input|String|List|Dictionary) should", f"`{_name(steps)}` should", said)


def first_causes(faults: Sequence[PolicyFault]) -> tuple[PolicyFault, ...]:
    """Without the missing fields that are there under a misspelt name, which is told anyway."""
    meant = {
        fault.path.rpartition(".")[0] + found[1]
        for fault in faults
        if (found := _MEANT.search(fault.message))
    }
    return tuple(
        fault
        for fault in faults
        if _MISSING not in fault.message or "".join(fault.path.rpartition(".")[::2]) not in meant
    )


def _name(steps: Sequence[Step]) -> str:
    """The field, or the field of whose list it is an entry."""
    return next((step for step in reversed(steps) if isinstance(step, str)), "policy")


def _shown(value: object) -> str:
    text = " ".join(str(value).split()) if value is not None else "nothing"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _no_such_field(_: ErrorDetails, steps: Sequence[Step]) -> str:
    """Where it belongs, else the nearest name that there is."""
    name, levels = str(steps[-1]), _levels(steps[:-1])
    holder, field = levels[-1]
    own, inside = _fields(holder), dict(_children(holder))
    wrong = f"`{name}` does not belong in {_called(holder, field)}; "
    for under, model in inside.items():
        if name in _fields(model):
            return f"{wrong}did you mean it under `{under}`?"
    for above, its_field in reversed(levels[:-1]):
        if name in _fields(above):
            return f"{wrong}write it in {_the(_called(above, its_field))}, further out"
    for under, model in _children(Book):
        if name in _fields(model):
            return f"{wrong}it belongs under the policy's `{under}`"
    near = _nearest(name, own)
    if near:
        return f"{wrong}did you mean `{near}`?"
    for under, model in inside.items():
        near = _nearest(name, _fields(model), _VERY_ALIKE)
        if near:
            return f"{wrong}did you mean `{near}` under `{under}`?"
    return f"{wrong}known are {', '.join(own)}"


def _levels(steps: Sequence[Step]) -> list[_Level]:
    """The models that a path goes through, from the outside."""
    levels: list[_Level] = [(Book, "")]
    names_follow = False
    for step in steps:
        if names_follow or isinstance(step, int):
            names_follow = False
            continue
        annotation = _fields(levels[-1][0]).get(step)
        found = next(_models(annotation), None)
        if found is not None:
            levels.append((found, step))
            names_follow = get_origin(annotation) is dict
    return levels


def _fields(model: type[Model]) -> Mapping[str, Any]:
    """The fields as they are written, with their types."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _children(model: type[Model]) -> Iterator[tuple[str, type[Model]]]:
    for name, annotation in _fields(model).items():
        for child in _models(annotation):
            yield name, child


def _models(annotation: Any) -> Iterator[type[Model]]:  # noqa: ANN401 - any type
    """The models within a type."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if issubclass(annotation, Model):
            yield annotation
        return
    for inner in get_args(annotation):
        yield from _models(inner)


def _called(model: type[Model], field: str) -> str:
    return _CALLED.get(model.__name__, f"`{field}`")


def _the(called: str) -> str:
    return re.sub("^a ", "the ", called)


def _nearest(
    name: str, known: Mapping[str, Any] | Sequence[str], alike: float = _ALIKE
) -> str | None:
    found = get_close_matches(name, sorted(known), n=1, cutoff=alike)
    return found[0] if found else None


def _missing(_: ErrorDetails, steps: Sequence[Step]) -> str:
    if isinstance(steps[-1], int):
        return f"an entry of `{_name(steps)}` is missing; write pairs, as [[99, 0], [0, 5]]"
    return f"`{steps[-1]}` is missing; add it, docs/policies.md says what it means"


def _no_such_value(detail: ErrorDetails, _: Sequence[Step]) -> str:
    known = _QUOTED.findall(str(detail.get("ctx", {}).get("expected", "")))
    near = _nearest(str(detail["input"]).upper(), [one for one in known if one.isupper()])
    near = near or _nearest(str(detail["input"]), known)
    wrong = f"{_shown(detail['input'])} is not known here; "
    if near and len(known) > _MANY:
        return f"{wrong}did you mean {near}?"
    return wrong + (f"did you mean {near}? Known" if near else "known") + f" are {', '.join(known)}"


def _no_list(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    name, value = _name(steps), detail["input"]
    if isinstance(value, str | int | float):
        quoted = f'"{value}"' if isinstance(value, str) else str(value)
        return f"`{name}` needs brackets; write {name}: [{quoted}]"
    return f"`{name}` is a list; write [...], or begin each entry with a dash"


def _no_pair(_: ErrorDetails, steps: Sequence[Step]) -> str:
    return f"`{_name(steps)}` is a list of pairs; write {_name(steps)}: [[99, 0], [0, 5]]"


def _no_mapping(_: ErrorDetails, steps: Sequence[Step]) -> str:
    name = _name(steps)
    return f"`{name}` has fields of its own; write {name}: {_EXAMPLES.get(name, '{field: value}')}"


def _no_text(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    return f'`{_name(steps)}` is a text; write it in quotes, as "{_shown(detail["input"])}"'


def _no_name(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    pattern = str(detail.get("ctx", {}).get("pattern", ""))
    instead = next((words for part, words in _PATTERNS if part in pattern), "correct it")
    return f"{_shown(detail['input'])} cannot be the `{_name(steps)}`; {instead}"


def _no_number(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    return f"{_shown(detail['input'])} is no number for `{_name(steps)}`; write it plain, as 5"


_WORDS: tuple[tuple[tuple[str, ...], Callable[[ErrorDetails, Sequence[Step]], str]], ...] = (
    (("extra_forbidden",), _no_such_field),
    (("missing",), _missing),
    (("literal_error", "enum"), _no_such_value),
    (("list_type",), _no_list),
    (("tuple_type",), _no_pair),
    (("dict_type", "model_type", "model_attributes"), _no_mapping),
    (("string_type",), _no_text),
    (("string_pattern",), _no_name),
    (("int_", "float_", "decimal_"), _no_number),
)
