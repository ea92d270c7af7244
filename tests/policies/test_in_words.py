"""Promises in plain words: what an ops manager reads is what the rule does."""

from pathlib import Path

import pytest

from policies.book.read import read_sla_book
from policies.deadline_words import deadline_in_words
from policies.in_words import rule_in_words
from policies.promise import SlaRule
from tests.policies.builders import book

WORKED = Path("tests/policies/samples/worked_example.yaml").read_text(encoding="utf-8")
CALENDARS = 'calendars: {ATL1: {tz: America/New_York, shifts: {mon-fri: ["06:00-22:00"]}}}'


def rule_with(field: str) -> SlaRule:
    """A rule with these fields beside start and stop."""
    rule = f"- id: one\n  start: [order_paid]\n  stop: [packed]\n  {field}\n"
    return read_sla_book(f"version: 2\n{CALENDARS}\nslas:\n{rule}").rules[0]


def line(rule: SlaRule, name: str) -> str:
    """What a line says, empty where there is none."""
    lines = dict(text.split(": ", 1) for text in rule_in_words(rule)[1:])
    return lines.get(name, "")


DEADLINES = {
    "within: 90m": "within 1 h 30 min",
    "within: 5d, calendar: ATL1": "within 5 d by the hours of ATL1 (America/New_York)",
    "within: 2h, calendar: at(warehouse)": "within 2 h by the hours of the order's warehouse",
    "within: {by_service: {ground: 48h, express: 4h, otherwise: 24h}}": (
        "by service within 2 d (ground), 4 h (express), else 1 d"
    ),
    'cutoff: {at: "14:00"}, calendar: ATL1': (
        "the same day for orders before 14:00, else the next business day (ATL1, America/New_York)"
    ),
    'cutoff: {at: "9:30", before: {by: "17:00"}, after: {day: 2}}, calendar: at(warehouse)': (
        "by 17:00 the same day for orders before 09:30, else 2 days later "
        "(the days of its warehouse, UTC)"
    ),
    'by: {day: +1, by: "17:00"}, tz: at(warehouse)': (
        "by 17:00 the next day (local time of the warehouse)"
    ),
    "by: {day: +5 business}, calendar: ATL1": "5 business days later (ATL1, America/New_York)",
    "promise: ship_by, end_of: local_day, tz: at(destination)": (
        "by the end of the day that ship_by says (local time of the destination)"
    ),
    "promise: ship_by, tz: Asia/Tokyo": "by the time that ship_by says (Asia/Tokyo)",
}


@pytest.mark.parametrize(("deadline", "words"), DEADLINES.items())
def test_deadlines_in_words(deadline: str, words: str) -> None:
    """Each form of a deadline is said as people say it, with calendar and time zone."""
    rule = rule_with(f"deadline: {{{deadline}}}")
    assert deadline_in_words(rule) == line(rule, "Due") == words


def test_multipliers_are_said() -> None:
    """What lengthens a duration belongs to it."""
    rule = rule_with("deadline: {within: 2h}\n  multipliers: [weekend, hazmat]")
    assert line(rule, "Due") == "within 2 h, longer by 1.5 x for weekend, 2.0 x for hazmat"


OFF = "; called off by order_cancelled or delivered"
FIELDS = {
    "when: {client: [b, a], order_kind: x}": "For: orders with client a or b, order kind x",
    "when: {tags: vip, tags_none: [old]}": "For: orders tagged vip, not tagged old",
    "when: {channel: []}": "For: orders with channel nothing",
    "group: g": "For: every order; the first that fits in group g",
    "split: all": f"Runs: from order_paid to pack_completed, until all its shipments have{OFF}",
    "repeat: each": f"Runs: from order_paid to pack_completed, anew from each of them{OFF}",
    "pause: [{event: order_edited, until: pack_started, max: 3h}]": (
        "Pauses: at order_edited until pack_started, at most 3 h (fault: none)"
    ),
    "warn: [{remaining: 2h}, {share: 50%}]": (
        "At risk: 2 h before it is due; after 50% of the time"
    ),
    "on_breach: {exception: OTHER, severity: LOW, grows: {4h: HIGH}, settle: person}": (
        "If late: OTHER, LOW, HIGH after 4 h; a person settles it"
    ),
    "remedy: {credit: {cents: 500, per: unit}, allowance: 2}": (
        "Credit: 500 cents for each unit, the first 2 of a month are free"
    ),
    "remedy: {credit: {cents: 5}, cap: {cents: 9, pct_of_invoice: 3}}": (
        "Credit: 5 cents for each order, at most 9 cents or 3 % of the invoice a month"
    ),
    "fault: 3pl": "In force: version 2",
}


@pytest.mark.parametrize(("field", "words"), FIELDS.items())
def test_fields_in_words(field: str, words: str) -> None:
    """What a rule says is in its line."""
    assert words in rule_in_words(rule_with(f"deadline: {{within: 9h}}\n  {field}"))


def test_a_line_that_would_say_nothing_is_left_out() -> None:
    """A remedy that gives nothing is no line."""
    assert line(rule_with("deadline: {within: 9h}\n  remedy: {code: A}"), "Credit") == ""


def test_a_whole_promise() -> None:
    """The contract's example is read aloud line by line."""
    rule = read_sla_book(WORKED).rules[0]
    title, *lines = rule_in_words(rule)
    assert title == (
        "acme.dtc.same_day (SHIP, to the client): "
        "ship_event the same day, or the next after the cut-off"
    )
    assert [text.split(": ")[0] for text in lines] == [
        "For", "Runs", "Due", "Pauses", "At risk", "If late", "Credit", "In force",
    ]  # fmt: skip
    assert line(rule, "Credit").endswith("10 % of the invoice a month; none for fault carrier")
    assert line(rule, "If late") == (
        "SHIP_DELAY (waits 30 min for late evidence), HIGH; settles when it happens; made good "
        "where delivered_at <= promise_delivery; #acme-ops hears at once; @ops-lead hears after "
        "30 min"
    )
    assert "opens exceptions from 2026-02-01 00:00 UTC" in line(rule, "In force")


def test_packaged_promises_are_short() -> None:
    """A promise without peculiarities takes a title and no more than six lines."""
    assert {len(rule_in_words(rule)) for rule in book().rules} == {7}
