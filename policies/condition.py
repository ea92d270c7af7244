"""The small language of `if:` in a policy: facts compared with words, joined by and, or, not.

Must not run anything but comparisons: the text is parsed, and only the shapes below are taken.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeGuard

Facts = Callable[[str], Any]
"""Gives the value of a name, or None where it is not known."""

_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FACTS = ("promise", "order.")
"""How a name begins that is a fact on the right side too, besides those that end with `_at`."""
_LONGEST = 400
_SHAPES = "write a condition as `status == in_transit`, `lines_changed` or `a == 1 and not b`"


class ConditionError(ValueError):
    """A condition cannot be read; the message says what may be written."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read. Equal texts are equal conditions."""

    text: str
    _holds: Callable[[Facts], bool] = field(compare=False, repr=False)

    def holds(self, facts: Facts) -> bool:
        """Whether it is true of these facts; a comparison with something unknown is not."""
        return self._holds(facts)


@lru_cache(maxsize=1024)
def read_condition(text: str) -> Condition:
    """Reads a condition.

    Raises:
        ConditionError: with what may be written instead.
    """
    if len(text) > _LONGEST:
        message = f"a condition has at most {_LONGEST} characters"
        raise ConditionError(message)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(_SHAPES) from error
    return Condition(text, _condition(tree))


def _condition(node: ast.expr) -> Callable[[Facts], bool]:
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = [_condition(value) for value in values]
            every = all if isinstance(op, ast.And) else any
            return lambda facts: every(part(facts) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _condition(operand)
            return lambda facts: not inner(facts)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _comparison(_name(left), op, right)
        case ast.Name() | ast.Attribute():
            name = _name(node)
            return lambda facts: bool(facts(name))
    raise ConditionError(_SHAPES)


def _comparison(name: str, op: ast.cmpop, right: ast.expr) -> Callable[[Facts], bool]:
    if isinstance(op, ast.In | ast.NotIn):
        words = _words(right)
        inside = isinstance(op, ast.In)
        return lambda facts: (facts(name) in words) is inside
    compare = _COMPARE.get(type(op))
    if compare is None:
        raise ConditionError(_SHAPES)
    other = _value(right)
    return lambda facts: _compared(compare, facts(name), other(facts))


def _compared(compare: Callable[[Any, Any], bool], left: object, right: object) -> bool:
    if left is None or right is None or not _alike(left, right):
        return False
    return compare(left, right)


def _alike(left: object, right: object) -> bool:
    return (
        (_is_number(left) and _is_number(right))
        or type(left) is type(right)
        or (isinstance(left, datetime) and isinstance(right, datetime))
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(node: ast.expr) -> Callable[[Facts], Any]:
    """The right side: a literal, the name of a fact, or a bare word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
        constant = node.value
        return lambda _: constant
    name = _name(node)
    if name.endswith("_at") or name.startswith(_FACTS):
        return lambda facts: facts(name)
    return lambda _: _word(name)


def _word(name: str) -> object:
    return {"true": True, "false": False}.get(name, name)


def _words(node: ast.expr) -> tuple[object, ...]:
    if not isinstance(node, ast.List | ast.Tuple):
        raise ConditionError(_SHAPES)
    return tuple(_value(item)(lambda _: None) for item in node.elts)


def _name(node: ast.expr) -> str:
    """`inventory_owner`, or with dots: `order.promised_delivery`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{_name(value)}.{attribute}"
    raise ConditionError(_SHAPES)
