"""Looks at the names of events: whether anything is known to tell them. Must not resolve them."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from policies.book.facts import FACTS
from policies.facts import ALIASES, KINDS
from policies.lint.check import Check, PolicyCheck, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level
from policies.yaml_text import Step

_ALIKE = 0.6
"""How similar a name must be to be proposed."""
Named = tuple[tuple[Step, ...], str]
"""A place and the name of an event that stands there."""


def unknown_events(draft: Draft, written: Written) -> Iterator[Spot]:
    """Event names in a rule that no source of ours tells."""
    for steps, name in names_in(written):
        if name not in known_names(draft):
            yield unknown_name(draft, steps, name)


def unknown_events_in_facts(draft: Draft) -> Iterator[Spot]:
    """Event names under `facts` that no source of ours tells."""
    for fact, names in draft.model.facts.items():
        for name in map(_bare, names):
            if name not in known_names(draft):
                yield unknown_name(draft, ("facts", fact), name)


def unused_facts(draft: Draft) -> Iterator[Spot]:
    """Facts that nothing refers to."""
    used = {name for written in draft.rules for _, name in names_in(written)}
    used |= {_bare(name) for names in draft.model.facts.values() for name in names}
    for fact in draft.model.facts:
        if fact not in used and fact not in FACTS:
            message = f"the fact {fact} is used by no rule"
            yield Spot(message, "Remove it, or name it in the rule it is for", ("facts", fact))


def names_in(written: Written) -> Iterator[Named]:
    """Every event name of a rule, as written."""
    model = written.model
    for field in ("start", "stop", "cancel", "reset"):
        event = getattr(model, field)
        if event is not None and field in model.model_fields_set:
            yield from _each(event.event, field)
    for place, pause in enumerate(model.pause):
        yield from _each(pause.event or (), "pause", place, "event")
        yield from _each(pause.until or (), "pause", place, "until")
    for place, milestone in enumerate(model.milestones):
        yield from _each(milestone.event, "milestones", place)


def _each(names: Iterable[str], *steps: Step) -> Iterator[Named]:
    for name in names:
        yield steps, _bare(name)


def _bare(name: str) -> str:
    return name.lstrip("$?")


def known_names(draft: Draft) -> frozenset[str]:
    """Names that some source tells, or that this policy makes."""
    return draft.heard.union(KINDS, ALIASES, FACTS, draft.model.facts)


def unknown_name(draft: Draft, steps: tuple[Step, ...], name: str) -> Spot:
    """What is said of a name that nothing is known to tell, with the nearest one that is."""
    near = nearest(name, known_names(draft))
    proposal = f"Did you mean {near}? Keep it only if" if near else "Keep it only if"
    message = f"no source that we know tells {name}"
    return Spot(message, f"{proposal} a system of yours really sends {name}", steps)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like this one."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)
    return found[0] if found else None


CHECKS: tuple[Check, ...] = (
    RuleCheck("unknown-event", Level.WARNING, unknown_events),
    PolicyCheck("unknown-event", Level.WARNING, unknown_events_in_facts),
    PolicyCheck("unused-fact", Level.NOTE, unused_facts),
)
