"""What lint tries out: the examples that rules carry, and orders of the past."""

import pytest

from policies.facts import OrderEvent, Timeline, timeline_of
from policies.lint.finding import Finding, Level
from policies.lint.lint import lint
from policies.order_facts import Around
from tests.policies.builders import at
from tests.policies.lint_policy import NOW, spoilt

GIVEN = "given: {order_paid: 2026-03-02 10:00, pick_completed: 2026-03-02 12:00}"
SHIP = "{given: {pack_completed: 2026-03-02 10:00, manifested: 2026-03-02 11:00}, expect: met}"
AN_HOUR_LATE = "{pack_completed: 2026-03-02 10:00, manifested: 2026-03-03 01:00}"
FIRST = """\
- id: first
  group: g
  priority: 9
  start: [order_paid]
  stop: [pick_started]
  deadline: {within: 9h}
- id: ship
  group: g"""
STALL = """\
- id: stall
  repeat: each
  start: [carrier_scan]
  stop: [carrier_scan]
  deadline: {within: 24h}
  examples:
  - given:
      carrier_scan: [2026-03-02 10:00, 2026-03-04 10:00, 2026-03-04 11:00]
      delivered: 2026-03-04 12:00
    expect: met
targets:"""


def failed(*changes: tuple[str, str]) -> list[Finding]:
    """What fails in the clean policy with changes."""
    return [one for one in lint(spoilt(*changes), "a.yaml", NOW) if one.rule == "example-fails"]


def ship(given: str, expect: str) -> tuple[str, str]:
    """Another example of `ship`."""
    return SHIP, f"{{name: try, given: {given}, expect: {expect}}}"


FAILING = [
    (
        (GIVEN, GIVEN.replace("12:00", "12:30")),
        "example 1: expected met, got breached 30 min late, due 2026-03-02 12:00 America/New_York",
    ),
    (
        ship("{pack_completed: 2026-03-02 14:00}", "{state: met, deadline: 2026-03-02 24:00}"),
        "try: expected met, due 2026-03-02 24:00 America/New_York, got breached",
    ),
    (
        ship("{pack_completed: 2026-03-02 14:00}", "met"),
        "expected met, got breached 58 d 14 h late, due 2026-03-03 24:00 America/New_York",
    ),
    (
        ship("{pack_completed: 2026-03-02 14:00}", "{state: breached, deadline: 2026-03-02 24:00}"),
        "expected due 2026-03-02 24:00 America/New_York, got due 2026-03-03 24:00 America/New_York",
    ),
    (
        ship("{pack_complete: 2026-03-02 14:00}", "met"),
        "try: no source that we know tells pack_complete",
    ),
    (ship(AN_HOUR_LATE, "{delay: 2h}"), "expected 2 h late, got breached 1 h late"),
    (ship(AN_HOUR_LATE, "{verdict: cured}"), "expected verdict cured, got breached"),
    (ship("{order_paid: 2026-03-02 10:00}", "met"), "got no clock: `given` has no pack_completed"),
    (("order: {client: acme}", "order: {client: globex}"), "is not one that `when` means"),
    (("- id: ship", FIRST), "got no clock: first comes first in group g"),
    (
        ('{cutoff: {at: "14:00"}', "{promise: ship_by"),
        "got no clock: nothing in it starts the clock, or no promised date is stated",
    ),
]


@pytest.mark.parametrize(("change", "words"), FAILING)
def test_what_came_out_instead_is_told(change: tuple[str, str], words: str) -> None:
    """An example that fails is an error that says what came out, when, and why nothing did."""
    (found,) = failed(change)
    assert words in found.message
    assert found.level is Level.ERROR


@pytest.mark.parametrize(
    "change",
    [
        ship("{order_paid: 2026-03-02 10:00}", "none"),
        ship("{pack_completed: 2026-03-06 15:00}", "{state: breached, deadline: 2026-03-09 23:59}"),
        ship("{pack_completed: 2026-03-06 15:00}", "{deadline: 2026-03-10 00:00}"),
        ship("{pack_completed: 2026-03-02 10:00, order_cancelled: 2026-03-02 11:00}", "cancelled"),
        ship("{pack_completed: 2026-03-02 10:00, manifested: 2026-03-02 11:00}", "{verdict: null}"),
        (GIVEN, "given: {order_paid: 2024-03-04 10:00, pick_completed: 2024-03-04 11:00}"),
        (GIVEN, f"now: 2026-03-02 10:30\n  {GIVEN}"),
    ],
)
def test_what_comes_out_as_expected_is_quiet(change: tuple[str, str]) -> None:
    """Ends of days may be written either way, and examples may lie before the policy."""
    assert [one.message for one in failed(change)] == []


def test_of_several_clocks_the_broken_one_counts() -> None:
    """A watchdog that was once too late is not met, whatever came after."""
    (found,) = failed(("targets:", STALL))
    assert "expected met, got breached 1 d late" in found.message


def test_without_examples_one_is_proposed() -> None:
    """A rule that nothing proves right gets a note with an example to start from."""
    text = spoilt((f"  examples:\n  - {SHIP}\n", ""))
    (note,) = lint(text, "a.yaml", NOW)
    assert (note.rule, note.level, note.sla_id) == ("no-examples", Level.NOTE, "ship")
    assert "given: {pack_completed: 2026-03-02 10:00, manifested: 2026-03-02 11:00}" in note.remedy


def order(number: int, *kinds: str, **payload: object) -> Timeline:
    """An order with these events, one a minute."""
    name = f"SO-{number}"
    return timeline_of(
        name,
        [
            OrderEvent(
                source="wms",
                event_id=f"{name}-{place}",
                event_type=kind,
                order_id=name,
                occurred_at=at(place),
                payload=payload,
            )
            for place, kind in enumerate(kinds)
        ],
    )


def test_one_misspelt_name_is_told_once() -> None:
    """Examples that fail because a start event is misspelt are one error beside the warning."""
    text = spoilt(
        ("start: [pack_completed]", "start: [pack_complted]"), (SHIP, f"{SHIP}\n  - {SHIP}")
    )
    unknown, failing = lint(text, "a.yaml", NOW)
    assert (unknown.rule, failing.rule) == ("unknown-event", "example-fails")
    assert failing.message == "2 of 2 examples fail: nothing tells pack_complted"


def test_an_unknown_event_of_an_example_that_holds_is_doubtful() -> None:
    """A given event that nothing tells is a warning where the example comes out all the same."""
    text = spoilt(
        ("manifested: 2026-03-02 11:00}", "manifested: 2026-03-02 11:00, delivred: 2026-03-05}")
    )
    (told,) = lint(text, "a.yaml", NOW)
    assert (told.rule, told.level) == ("unknown-event", Level.WARNING)
    assert "Did you mean delivered?" in told.remedy


def test_holidays_that_are_none_on_purpose_are_not_asked_for() -> None:
    """`holidays: []` says that somebody works on every holiday."""
    rules = {one.rule for one in lint(spoilt((", holidays: [US]", "")), "a.yaml", NOW)}
    assert rules == {"no-holidays"}
    assert lint(spoilt(("holidays: [US]", "holidays: []")), "a.yaml", NOW) == ()


def test_days_ahead_are_business_days_where_some_are_closed() -> None:
    """A plain +1 may fall on a Sunday, so it is asked whether that is meant."""
    plain = '{at: "14:00", after: {day: +1}}'
    (told,) = lint(spoilt(('{at: "14:00"}', plain)), "a.yaml", NOW)
    assert (told.rule, told.level) == ("plain-days", Level.WARNING)
    assert "Write +1 business" in told.remedy


def test_orders_without_promise_are_counted() -> None:
    """Orders of the past that no rule times are told by number, the first three by name."""
    sample = [order(n, "order_created") for n in range(4)] + [order(5, "pack_completed")]
    found = {one.rule: one for one in lint(spoilt(), "a.yaml", NOW, sample)}
    assert found["uncovered-orders"].message == (
        "4 of 5 orders have no promise: SO-0, SO-1, SO-2, ..."
    )
    assert found["never-started"].message == (
        "pick never started on these 5 orders: none of them has order_paid"
    )
    assert found["never-started"].level is Level.WARNING


@pytest.mark.parametrize(
    ("sample", "around"),
    [
        ([order(1, "order_paid", client="acme"), order(2, "pack_completed")], Around()),
        ([order(1, "order_paid"), order(2, "pack_completed")], Around(tenant="acme")),
    ],
)
def test_a_covered_sample_is_quiet(sample: list[Timeline], around: Around) -> None:
    """Orders belong to the client that they name, else to the one that is given with them."""
    assert lint(spoilt(), "a.yaml", NOW, sample, around) == ()


def test_events_of_the_sample_are_known() -> None:
    """A kind of event that was really heard is nobody's slip of the pen."""
    text = spoilt(("stop: [pick_completed]", "stop: [pick_completed, robot_done]"))
    assert [one.rule for one in lint(text, "a.yaml", NOW)] == ["unknown-event"]
    sample = [order(1, "order_paid", "robot_done", client="acme"), order(2, "pack_completed")]
    assert lint(text, "a.yaml", NOW, sample) == ()
