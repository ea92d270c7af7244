"""The examples that a rule carries: what is given, and what must come out of it.

Must not run them: lint does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from policies.book import words
from policies.book.faults import Faults
from policies.book.model import Example as ExampleModel
from policies.book.model import Rule
from policies.calendar import Calendar
from policies.facts import OrderEvent
from policies.local_time import end_of_local_day
from policies.promise import SlaRule
from policies.reasons import ClockState

_DAYS_END = "24:00"
_EXPECTED = ("state", "deadline", "delay", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Events of one order, the moment of judging, and what the rule's clock must be.

    `expect` has some of state, deadline, delay_minutes and verdict; state "none" is no clock.
    """

    sla_id: str
    name: str
    events: tuple[OrderEvent, ...]
    now: datetime
    expect: Mapping[str, Any] = field(default_factory=dict)
    line: int = 1


def examples_of(rule: Rule, index: int, compiled: SlaRule, faults: Faults) -> Iterator[Example]:
    """The examples of a rule; times without offset are local to its calendar."""
    for place, model in enumerate(rule.examples):
        here = ("slas", index, "examples", place)
        with faults.at(*here):
            yield _example(model, compiled, faults.line(here), place)


def example_of(model: ExampleModel, rule: SlaRule) -> Example:
    """An example that stands in no policy.

    Raises:
        ValueError: it cannot be read; the message says why.
    """
    return _example(model, rule, 1, 0)


def _example(model: ExampleModel, rule: SlaRule, line: int, place: int) -> Example:
    calendar = rule.calendar
    name = model.name if model.name != "example" else f"example {place + 1}"
    events = tuple(_events(model, calendar))
    if not events:
        message = "given has no events; write given: {order_paid: 2026-03-02 13:59}"
        raise ValueError(message)
    latest = max(event.occurred_at for event in events)
    now = _moment(model.now, calendar) if model.now is not None else latest + timedelta(days=60)
    return Example(
        sla_id=rule.sla_id,
        name=name,
        events=events,
        now=now,
        expect=_expected(model.expect, calendar),
        line=line,
    )


def _events(model: ExampleModel, calendar: Calendar) -> Iterator[OrderEvent]:
    """`{order_paid: 2026-03-02 13:59}`, or a list of such with payload keys beside."""
    given = model.given if isinstance(model.given, list) else [model.given]
    number = 0
    for entry in given:
        if not isinstance(entry, dict):
            message = "given is {event: time, ...}, or a list of {event: time, payload: {...}}"
            raise ValueError(message)  # noqa: TRY004 - every refusal of a policy is one
        stated = {**model.order, **entry.get("payload", {})}
        payload = {key: _as_json(value) for key, value in stated.items()}
        for kind, times in entry.items():
            if kind == "payload":
                continue
            for time in times if isinstance(times, list) else [times]:
                number += 1
                yield OrderEvent(
                    source="example",
                    event_id=f"given-{number}",
                    event_type=str(kind),
                    order_id="example",
                    occurred_at=_moment(time, calendar),
                    payload=payload,
                )


def _as_json(value: object) -> object:
    """YAML knows dates, payloads have texts."""
    return value.isoformat() if isinstance(value, date) else value


def _moment(value: object, calendar: Calendar) -> datetime:
    """A time, local to the calendar where it has no offset; `24:00` is the end of that day."""
    if isinstance(value, str) and value.endswith(_DAYS_END):
        day = words.wall_time(value.removesuffix(_DAYS_END).strip(" T")).date()
        return end_of_local_day(day, calendar.timezone)
    if isinstance(value, str) and not value.endswith("Z") and "+" not in value:
        value = words.wall_time(value)
    return words.instant(value, calendar.timezone)


def _expected(value: object, calendar: Calendar) -> dict[str, Any]:
    """`met`, or `{state: breached, delay: 30m, deadline: 2026-03-02 18:00}`."""
    given = value if isinstance(value, dict) else {"state": value}
    unknown = sorted(str(name) for name in set(given) - set(_EXPECTED))
    if unknown:
        message = f"expect knows {', '.join(_EXPECTED)}, not {', '.join(unknown)}"
        raise ValueError(message)
    found: dict[str, Any] = {}
    if "state" in given:
        states = [*ClockState, "none"]
        if given["state"] not in states:
            message = f"{given['state']} is no state; write one of {', '.join(states)}"
            raise ValueError(message)
        found["state"] = str(given["state"])
    if "deadline" in given:
        found["deadline"] = _moment(given["deadline"], calendar)
    if "delay" in given:
        found["delay_minutes"] = words.minutes(given["delay"])
    if "verdict" in given:
        found["verdict"] = given["verdict"]
    return found
