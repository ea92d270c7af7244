"""Reads an SLA policy: its text becomes a book of rules, or faults that name their lines.

Must not read files: whoever knows where a policy lies hands its text over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from policies.book import words
from policies.book.calendars import Calendars, checked_zone
from policies.book.compile_rule import compile_rule, validity
from policies.book.examples import Example, examples_of
from policies.book.facts import Facts
from policies.book.faults import Faults
from policies.book.model import Rule
from policies.book.model_book import Book
from policies.book.model_book import Multiplier as MultiplierModel
from policies.book.model_book import Target as TargetModel
from policies.book.schema_words import first_causes, schema_words
from policies.book.targets import compile_target
from policies.calendar import Calendar
from policies.errors import PolicyError
from policies.holiday_dates import known_years
from policies.presets import GROUPS, PRESETS
from policies.promise import Multiplier, SlaRule
from policies.targets import Target
from policies.yaml_text import parse_yaml, schema_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaBook:
    """A policy that was read.

    `rules` are in the order in which they are tried: as written, within a group by priority.
    `timezone` is the one in which its days and months begin. `effective_from` is what its author
    wrote, None for always. `lines` has the line of each rule.
    """

    version: str
    rules: tuple[SlaRule, ...]
    timezone: str = "UTC"
    targets: tuple[Target, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    orders_per_day: int | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    file: str = "sla.yaml"

    def rule(self, sla_id: str) -> SlaRule | None:
        """The rule of that name."""
        return next((rule for rule in self.rules if rule.sla_id == sla_id), None)


def read_sla_book(text: str, file: str = "sla.yaml") -> SlaBook:
    """Reads a policy.

    Raises:
        PolicyError: with every fault found, each with its line and a remedy.
    """
    return sla_book_of(parse_yaml(text, file), file)


def sla_book_of(document: Mapping[str, Any], file: str = "sla.yaml") -> SlaBook:
    """The same of a text that was parsed; raises as `read_sla_book` does."""
    try:
        book = Book.model_validate(document)
    except ValidationError as error:
        found = schema_faults(error, document, file, schema_words)
        raise PolicyError(first_causes(found)) from error
    faults = Faults(document, file)
    compiled = _compile(book, faults, file)
    faults.stop_if_any()
    return compiled


def _compile(book: Book, faults: Faults, file: str) -> SlaBook:
    zone = "UTC"
    with faults.at("timezone"):
        zone = checked_zone(book.timezone)
    begin, until, enforce, remedies = _effective(book, zone, faults)
    facts = Facts(book.facts, faults)
    calendars = Calendars(book.calendars, zone, faults)
    known = _multipliers(book.multipliers, faults)
    force = {**validity(book.version, begin, until, enforce), "remedies_from": remedies}
    forecast = book.forecast.orders_per_day if book.forecast else None
    rules: list[SlaRule] = []
    examples: list[Example] = []
    for index, rule in enumerate(book.slas):
        _check_references(book, rule, index, faults)
        chosen = _chosen(book, rule, index, known, faults)
        compiled = compile_rule(rule, index, facts, calendars, chosen, force, forecast, faults)
        if compiled is not None:
            rules.append(compiled)
            examples += examples_of(rule, index, compiled, faults)
    return SlaBook(
        version=book.version,
        timezone=zone,
        rules=tuple(sorted(rules, key=lambda rule: -rule.priority)),
        targets=tuple(_targets(book.targets, faults)),
        calendars=calendars.fixed,
        examples=tuple(examples),
        effective_from=begin,
        effective_until=until,
        orders_per_day=forecast,
        lines={rule.id: faults.line(("slas", index)) for index, rule in enumerate(book.slas)},
        file=file,
    )


def _effective(book: Book, zone: str, faults: Faults) -> tuple[datetime | None, ...]:
    """From, until, from when exceptions open, from when credits are due."""
    found: dict[str, datetime | None] = {}
    for name, value in (
        ("from", book.effective.from_),
        ("until", book.effective.until),
        ("enforce_from", book.effective.enforce_from),
    ):
        with faults.at("effective", name):
            found[name] = words.instant(value, zone) if value is not None else None
    begin, until, enforce = (found.get(name) for name in ("from", "until", "enforce_from"))
    if begin and until and until <= begin:
        faults.add(("effective", "until"), "the policy ends before it begins")
    live = enforce or begin
    ramp = timedelta(days=book.effective.ramp_days)
    if ramp and live is None:
        faults.add(("effective", "ramp_days"), "ramp_days count from effective.from; give it")
    return begin, until, enforce, live + ramp if live and ramp else None


def _check_references(book: Book, rule: Rule, index: int, faults: Faults) -> None:
    if [other.id for other in book.slas[:index]].count(rule.id):
        faults.add(("slas", index, "id"), "this id is used twice; rename one")
    if rule.repeat is None and rule.start and rule.stop and rule.start == rule.stop:
        faults.add(("slas", index, "stop"), "start and stop are the same, so the clock never runs")
    if rule.stop is None and rule.deadline.promise is None:
        faults.add(("slas", index), "stop is missing: say what event keeps the promise")
    if rule.start is None and rule.deadline.promise is None:
        faults.add(("slas", index), "start is missing: say what event starts the clock")


def _multipliers(own: Mapping[str, MultiplierModel], faults: Faults) -> dict[str, Multiplier]:
    known = dict(PRESETS)
    for name, model in own.items():
        with faults.at("multipliers", name):
            known[name] = _multiplier(name, model, PRESETS.get(name))
    return known


def _multiplier(name: str, model: MultiplierModel, preset: Multiplier | None) -> Multiplier:
    on = model.on or (preset.on if preset else None)
    if on is None or (model.factor is None and preset is None):
        message = "an own multiplier needs factor and on (weekend, holiday, season, volume, flag)"
        raise ValueError(message)
    season = preset.season if preset else None
    if model.season is not None:
        first, last = (words.month_day(text) for text in (*model.season, *model.season)[:2])
        season = (first, last)
    if on == "season" and season is None:
        message = 'a season has a first and a last day: season: ["11-15", "12-31"]'
        raise ValueError(message)
    for code in model.holidays:
        known_years(code)  # an unknown code is refused
    return Multiplier(
        name=name,
        factor=Decimal(str(model.factor))
        if model.factor
        else preset.factor
        if preset
        else Decimal(1),
        on=on,
        flag=model.flag or (preset.flag if preset else name),
        over=model.over if model.over is not None else preset.over if preset else 0,
        season=season,
        holidays=tuple(model.holidays) or (preset.holidays if preset else ()),
    )


def _chosen(
    book: Book, rule: Rule, index: int, known: Mapping[str, Multiplier], faults: Faults
) -> tuple[Multiplier, ...]:
    """The multipliers of a rule: its own list, else what the policy switches on for all."""
    own = rule.multipliers is not None
    here = ("slas", index, "multipliers") if own else ("presets",)
    names = rule.multipliers if rule.multipliers is not None else book.presets
    found: list[Multiplier] = []
    for name in (single for entry in names for single in GROUPS.get(entry, (entry,))):
        if name in known:
            found.append(known[name])
        elif own or index == 0:
            choices = ", ".join((*known, *GROUPS))
            faults.add(here, f"no multiplier named {name}; known are {choices}")
    return tuple(found)


def _targets(models: list[TargetModel], faults: Faults) -> list[Target]:
    found: list[Target] = []
    for index, model in enumerate(models):
        with faults.at("targets", index):
            found.append(compile_target(model))
    return found
