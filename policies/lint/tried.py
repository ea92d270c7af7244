"""Tries one example that was not in the policy: what it gives, and what the engine makes of it.

Must not judge by itself: policies/lint/examples.py runs the engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from policies.book.examples import Example, example_of
from policies.book.model import Example as ExampleModel
from policies.lint.draft import Draft, Written
from policies.lint.examples import judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An example in words, what the engine says of it, and whether that is what was claimed."""

    given: str
    outcome: str
    holds: bool


def written_example(
    written: Written,
    given: Sequence[Mapping[str, str]],
    order: Mapping[str, str],
    judged_at: str | None,
    expect: Mapping[str, str],
) -> Example | None:
    """The example as the rule's author would have written it; None where it is none."""
    model = ExampleModel.model_construct(
        name="example", given=list(given), order=dict(order), now=judged_at, expect=dict(expect)
    )
    try:
        return example_of(model, written.rule)
    except (ValueError, OverflowError):
        return None


def try_example(draft: Draft, written: Written, example: Example) -> Tried | None:
    """The example as the engine judges it; None where its events or a calendar's days run out."""
    try:
        found = judged(draft, written, example)
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    zone = written.rule.calendar.timezone
    words = found.words.replace("`given`", "it")
    return Tried(given=_in_words(example, zone), outcome=words, holds=found.holds)


def _in_words(example: Example, zone: str) -> str:
    """`order_paid 2026-03-06 17:30 America/New_York, client=acme`."""
    place = ZoneInfo(zone)
    events = (
        f"{one.event_type} {one.occurred_at.astimezone(place):%Y-%m-%d %H:%M}"
        for one in example.events
    )
    stated = example.events[0].payload
    facts = [f"{name}={value}" for name, value in stated.items()]
    return ", ".join([f"{', '.join(events)} {zone}", *facts])
