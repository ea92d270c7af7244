"""A policy without findings, for tests that spoil one thing in it. Must not hold cases."""

from datetime import UTC, datetime

from policies.lint.lint import lint

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLEAN = """\
version: "1"
timezone: America/New_York
effective: {from: 2026-01-01}
calendars:
  ATL1: {tz: America/New_York, shifts: {mon-fri: ["08:00-18:00"]}, holidays: [US]}
facts: {left: [manifested, carrier_picked_up]}
slas:
- id: pick
  kind: ola
  when: {client: acme}
  start: [order_paid]
  stop: [pick_completed]
  deadline: {within: 2h, calendar: ATL1}
  on_breach: {exception: PICK_DELAY, severity: MEDIUM}
  examples:
  - given: {order_paid: 2026-03-02 10:00, pick_completed: 2026-03-02 12:00}
    order: {client: acme}
    expect: met
- id: ship
  start: [pack_completed]
  stop: left
  deadline: {cutoff: {at: "14:00"}, calendar: ATL1}
  examples:
  - {given: {pack_completed: 2026-03-02 10:00, manifested: 2026-03-02 11:00}, expect: met}
targets:
- {sla: pick, window: calendar_month, at_least: 99}
"""


def spoilt(*changes: tuple[str, str]) -> str:
    """The clean policy with texts replaced, each once."""
    text = CLEAN
    for right, wrong in changes:
        assert right in text, right
        text = text.replace(right, wrong, 1)
    return text


def line_of(text: str, words: str) -> int:
    """The line on which words first stand."""
    assert words in text, words
    return text[: text.index(words)].count("\n") + 1


def assert_found(
    check: str, changes: tuple[tuple[str, str], ...], place: str, words: str, *beside: str
) -> None:
    """What is spoilt is found by its check, there, in these words, and by no check but `beside`."""
    text = spoilt(*changes)
    findings = lint(text, "acme.yaml", NOW)
    found = [one for one in findings if one.rule == check]
    assert [one for one in found if words in str(one) and one.line == line_of(text, place)], found
    assert {one.rule for one in findings} - {check} <= set(beside)
