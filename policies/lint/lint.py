"""Lint: reads a policy and tells what is wrong or doubtful about it, each spot with a remedy.

Must not read files or the time: text and `now` are handed in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from policies.book.read import sla_book_of
from policies.errors import PolicyError
from policies.facts import Timeline
from policies.lint import (
    calendars,
    cut_offs,
    durations,
    effective_dates,
    event_names,
    examples,
    money,
    overlaps,
    pauses,
    samples,
    starts_and_stops,
    targets,
    thresholds,
    zones,
)
from policies.lint.check import Check
from policies.lint.contracts import is_contract, lint_contract
from policies.lint.draft import Draft, read_draft
from policies.lint.faults import findings_of
from policies.lint.finding import Finding, Level
from policies.lint.tariffs import is_tariff, lint_tariff
from policies.order_facts import ALONE, Around
from policies.yaml_text import parse_yaml

CHECKS: tuple[Check, ...] = (
    *overlaps.CHECKS,
    *starts_and_stops.CHECKS,
    *event_names.CHECKS,
    *pauses.CHECKS,
    *cut_offs.CHECKS,
    *durations.CHECKS,
    *thresholds.CHECKS,
    *money.CHECKS,
    *calendars.CHECKS,
    *zones.CHECKS,
    *targets.CHECKS,
    *effective_dates.CHECKS,
    *examples.CHECKS,
    *samples.CHECKS,
)
_LEVELS = tuple(Level)


def lint(
    text: str, file: str, now: datetime, sample: Sequence[Timeline] = (), around: Around = ALONE
) -> tuple[Finding, ...]:
    """What there is to say about a policy, by line, the gravest first.

    It is tried on a `sample`, orders of the past with what was `around` them. A policy that
    cannot be read has its faults only. A tariff or a carrier's contract is known by its keys.
    """
    document: Mapping[str, Any] = {}
    try:
        document = parse_yaml(text, file)
        if is_contract(document):
            return lint_contract(text, file, now)
        if is_tariff(document):
            return lint_tariff(text, file, now)
        book = sla_book_of(document, file)
    except PolicyError as error:
        return findings_of(error.faults, document)
    draft = read_draft(document, book, now, sample, around)
    found = chain.from_iterable(check.run(draft) for check in CHECKS)
    return tuple(sorted(found, key=lambda one: (one.line, _LEVELS.index(one.level), one.rule)))


def draft_of(text: str, file: str, now: datetime) -> Draft | None:
    """A policy of promises as lint looks at it; None of anything else, or of what is no policy."""
    try:
        document = parse_yaml(text, file)
        if is_tariff(document) or is_contract(document):
            return None
        return read_draft(document, sla_book_of(document, file), now, (), ALONE)
    except PolicyError:
        return None


def examples_that_hold(text: str, file: str, now: datetime) -> int:
    """How many examples of a policy come out as they say; 0 where it cannot be read."""
    draft = draft_of(text, file, now)
    return sum(examples.holding(draft, one) for one in draft.rules) if draft else 0
