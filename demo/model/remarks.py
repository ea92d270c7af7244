"""What the model's server says of a policy: remarks with examples that follow from its rules.

It must not run an engine: whoever asked does, and throws away what comes out otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
_MOST_RULES = 3
_FRIDAY, _MONDAY = "2026-03-06 17:30", "2026-03-09 09:00"


def remarks(policy: str, *, inventing: bool = False) -> Json:
    """Two remarks on each of the first rules; `inventing` claims what no engine says."""
    try:
        read = YAML(typ="safe").load(policy)
    except (YAMLError, ValueError):
        read = None
    document: Json = read if isinstance(read, dict) else {}
    facts = document.get("facts") or {}
    rules = [one for one in document.get("slas") or [] if isinstance(one, dict)][:_MOST_RULES]
    said = [one for rule in rules for one in _of_rule(rule, facts, inventing=inventing)]
    return {"remarks": said}


def _of_rule(rule: Json, facts: Json, *, inventing: bool) -> Iterator[Json]:
    name, start, stop = (
        str(rule.get("id")),
        _first(rule, "start", facts),
        _first(rule, "stop", facts),
    )
    if not start or not stop or start == stop:
        return
    order = [{"name": k, "value": str(v)} for k, v in (rule.get("when") or {}).items()]
    yield {
        "kind": "missing_case",
        "rule": name,
        "title": "Its start may never be told",
        "says": f"Where {start} is never told, {name} times nothing. "
        "Decide whether such an order is to be found.",
        "examples": [_example([(stop, _MONDAY)], order, "met" if inventing else "none")],
    }
    lost = " 4711 orders were lost on 1999-12-31." if inventing else ""
    yield {
        "kind": "risk",
        "rule": name,
        "title": "An order that stops there",
        "says": f"An order of which nothing comes after {start} stays late until somebody acts. "
        f"Decide who looks at it.{lost}",
        "examples": [_example([(start, _FRIDAY)], order, "breached")],
    }


def _example(given: list[tuple[str, str]], order: list[Json], expect: str) -> Json:
    events = [{"event": event, "at": at} for event, at in given]
    return {"given": events, "order": order, "judged_at": None, "expect": expect, "deadline": None}


def _first(rule: Json, field: str, facts: Json) -> str:
    """The first event that starts or stops a rule; a name that the policy makes is looked up."""
    named = rule.get(field) or ""
    first = named[0] if isinstance(named, list) and named else named
    meant = facts.get(first, first) if isinstance(first, str) else ""
    return str(meant[0] if isinstance(meant, list) and meant else meant)
