"""Reads a policy's YAML and tells every fault with its file, line and path.

Must not know what any policy means: its schema does.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from policies.errors import PolicyError, PolicyFault

Written = TypeVar("Written", bound=BaseModel)
Step = int | str
"""A step into a document: a key of a mapping or a place in a list."""
Words = Callable[[ErrorDetails, Sequence[Step]], str]
"""Says what a schema refused at a place."""
_MOST_PARTS, _MOST_DEPTH = 100_000, 64
_REMEMBERED = 32_768
"""Up to so many characters a document is kept: parsing one takes longer than all else with it."""
_INDENTED = "this line is indented differently from the lines around it; use as many spaces as they"
_PROBLEMS = (
    ("block end", _INDENTED),
    ("block mapping start", _INDENTED),
    ("mapping values are not allowed", f"{_INDENTED}; or put the text that has a colon in quotes"),
    ("expected ':'", "a name without a colon behind it; write name: value"),
    ("'\\t'", "a tab; indent with spaces"),
    ("expected ',' or", "a bracket or a comma is missing here; close what was opened, or add it"),
    ("found unexpected end of stream", "a quote is not closed; add it"),
)
"""What a reader of YAML says, and what it means to somebody who writes a policy."""


def parse_yaml(text: str, file: str) -> Mapping[str, Any]:
    """The document of a policy text, which remembers its lines for `line_of`.

    It may be shared with others who read the same text: whoever changes it copies it first.

    Raises:
        PolicyError: with the line where the text stops being YAML, or when it is no mapping.
    """
    return _remembered(text, file) if len(text) <= _REMEMBERED else _parsed(text, file)


def _parsed(text: str, file: str) -> Mapping[str, Any]:
    try:
        yaml = YAML(typ="rt")
        yaml.max_depth = _MOST_DEPTH
        document = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.context_mark if "expected ':'" in str(error.problem) else error.problem_mark
        line = mark.line + 1 if mark else 1
        raise _unusable(file, line, _problem(str(error.problem))) from error
    except (ValueError, TypeError) as error:
        raise _unusable(file, 1, f"a value cannot be read: {error}") from error
    except (YAMLError, RecursionError) as error:
        raise _unusable(file, 1, "this is not YAML") from error
    if not isinstance(document, Mapping):
        raise _unusable(file, 1, "a policy is a mapping of names to values")
    if _is_too_large(document):
        raise _unusable(file, 1, "this is too much for a policy, counting what aliases stand for")
    return cast("Mapping[str, Any]", document)


_remembered = lru_cache(maxsize=32)(_parsed)


def _problem(text: str) -> str:
    plain = text.partition(", if ")[0]
    return next((words for part, words in _PROBLEMS if part in plain), plain)


def _plain(detail: ErrorDetails, _steps: Sequence[Step]) -> str:
    return detail["msg"].removeprefix("Value error, ")


def _is_too_large(document: object) -> bool:
    """Whether it has more parts than anybody writes; a few aliases of aliases are billions."""
    waiting, seen = [document], 0
    while waiting and seen <= _MOST_PARTS:
        node, seen = waiting.pop(), seen + 1
        if isinstance(node, Mapping):
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return seen > _MOST_PARTS


def line_of(document: Any, steps: Sequence[Step]) -> int:  # noqa: ANN401 - a YAML tree
    """The 1-based line of the deepest step of a path that exists in the document."""
    node, line = document, 1
    for step in steps:
        marks = getattr(node, "lc", None)
        if marks is None or marks.data is None or step not in marks.data:
            break
        line = marks.data[step][0] + 1
        node = node[step]
    return line


def read_as(
    model: type[Written], text: str, file: str, words: Words = _plain
) -> tuple[Written, Mapping[str, Any]]:
    """The text as the schema reads it, and as it was parsed, to name lines by.

    Raises:
        PolicyError: with every fault that the schema finds, its file and line.
    """
    parsed = parse_yaml(text, file)
    try:
        return model.model_validate(parsed), parsed
    except ValidationError as error:
        raise PolicyError(schema_faults(error, parsed, file, words)) from error


def schema_faults(
    error: ValidationError, document: Mapping[str, Any], file: str, words: Words = _plain
) -> tuple[PolicyFault, ...]:
    """What a schema found wrong, each place once, with its line; `words` says it."""
    places: dict[tuple[int, str], PolicyFault] = {}
    for detail in error.errors(include_url=False):
        steps = [step for step in detail["loc"] if not _is_union_branch(step)]
        path = ".".join(str(step) for step in steps)
        line = line_of(document, steps)
        fault = PolicyFault(file=file, line=line, path=path, message=words(detail, steps))
        places.setdefault((line, path), fault)
    return tuple(places.values())


def _is_union_branch(step: Step) -> bool:
    return isinstance(step, str) and (step == "str" or "[" in step)


def _unusable(file: str, line: int, message: str) -> PolicyError:
    return PolicyError((PolicyFault(file=file, line=line, path="", message=message),))
