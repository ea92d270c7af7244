"""A policy as lint looks at it: what was written, what it means, and where each part stands.

Must not find anything wrong: the checks do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policies.backtesting.rules import as_if_always
from policies.book.examples import Example
from policies.book.model import Rule
from policies.book.model_book import Book
from policies.book.read import SlaBook
from policies.calendar import Calendar, CalendarExhaustedError
from policies.facts import Timeline
from policies.order_facts import Around
from policies.promise import CutOff, SlaRule, Within
from policies.sla import evaluate
from policies.yaml_text import Step, line_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A rule as it was written, and the promise that was made of it."""

    index: int
    model: Rule
    rule: SlaRule
    examples: tuple[Example, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Where it stands in the policy."""
        return ("slas", self.index)

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """The calendars that its orders may be under."""
        choice = self.rule.pick_calendar
        if choice is None:
            return (self.rule.calendar,)
        found = [one for sites in choice.table.values() for one in sites.values()]
        return tuple(dict.fromkeys(found))

    @property
    def shortest(self) -> int | None:
        """The fewest minutes that it allows; None where its deadline is no duration."""
        within = self.rule.deadline
        if not isinstance(within, Within):
            return None
        return min((within.minutes, *within.by_value.values()))

    @property
    def cut_off(self) -> CutOff | None:
        """Its deadline, where it is a time of day."""
        return self.rule.deadline if isinstance(self.rule.deadline, CutOff) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A policy that can be read.

    `timed` are orders of the past, each with the rules that gave it a clock; `heard` are the
    kinds of their events. `timeless` are the rules as if they had always been in force, which
    is how orders of the past and examples are judged.
    """

    document: Mapping[str, Any]
    model: Book
    book: SlaBook
    rules: tuple[Written, ...]
    timeless: tuple[SlaRule, ...]
    now: datetime
    timed: Mapping[str, frozenset[str]]
    heard: frozenset[str]

    def text(self, *steps: Step) -> str:
        """What was really written at a place, empty where there is nothing."""
        node: Any = self.document
        for step in steps:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return ""
        return str(node)

    def line(self, steps: tuple[Step, ...]) -> int:
        """The line of a place, or of what holds it."""
        return line_of(self.document, steps)

    def calendar(self, name: str) -> Calendar | None:
        """The calendar of that name; None for one that moves from site to site and is unused."""
        fixed = self.book.calendars.get(name)
        used = (one for written in self.rules for one in written.calendars if one.name == name)
        return fixed or next(used, None)

    def own_calendars(self) -> Iterator[tuple[str, Calendar]]:
        """The calendars that the policy itself writes."""
        for name in self.model.calendars:
            calendar = self.calendar(name)
            if calendar is not None:
                yield name, calendar


def read_draft(
    document: Mapping[str, Any],
    book: SlaBook,
    now: datetime,
    sample: Sequence[Timeline],
    around: Around,
) -> Draft:
    """Puts what was written beside what was made of it, and tries it on the sample."""
    model = Book.model_validate(document)
    timeless = as_if_always(book.rules)
    return Draft(
        document=document,
        model=model,
        book=book,
        rules=tuple(_written(model, book)),
        timeless=timeless,
        now=now,
        timed=_timed(timeless, sample, now, around),
        heard=frozenset(kind for order in sample for kind in order.firsts),
    )


def _written(model: Book, book: SlaBook) -> Iterator[Written]:
    made = {rule.sla_id: rule for rule in book.rules}
    for index, rule in enumerate(model.slas):
        examples = tuple(one for one in book.examples if one.sla_id == rule.id)
        yield Written(index=index, model=rule, rule=made[rule.id], examples=examples)


def _timed(
    rules: tuple[SlaRule, ...], sample: Sequence[Timeline], now: datetime, around: Around
) -> dict[str, frozenset[str]]:
    ends = (order.events[-1].occurred_at for order in sample if order.events)
    latest = max(ends, default=now)
    moment = max(now, latest)
    return {order.order_id: _clocked(order, rules, moment, around) for order in sample}


def _clocked(
    order: Timeline, rules: tuple[SlaRule, ...], now: datetime, around: Around
) -> frozenset[str]:
    """The rules that time an order; none where a calendar runs out, which a check tells."""
    try:
        return frozenset(clock.rule.sla_id for clock in evaluate(order, rules, now, around))
    except CalendarExhaustedError:
        return frozenset()
