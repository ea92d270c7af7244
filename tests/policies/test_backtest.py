"""A back-test tells what a change of rules would have done, rule by rule."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations

import pytest

from policies.backtest import backtest
from policies.backtesting.report import Margins, Report, RuleChange
from policies.backtesting.trial import WHOLE, Span
from policies.book.read import SlaBook, read_sla_book
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.order_facts import Around
from tests.policies.builders import at, event

NOW = at(10_000)


def picked(order_id: str, after: float | None, start: float = 0, **payload: object) -> Timeline:
    """An order that was paid and, so many minutes later, picked."""
    events = [event("order_paid", start, "paid", **payload)]
    if after is not None:
        events.append(event("pick_completed", start + after, "picked"))
    return an_order(order_id, events)


def an_order(order_id: str, events: Iterable[OrderEvent]) -> Timeline:
    """These events as those of an order of that name."""
    return timeline_of(order_id, [replace(one, order_id=order_id) for one in events])


def policy(*rules: str, more: str = "") -> SlaBook:
    """A policy of rules, each as the inside of a YAML mapping."""
    slas = "".join(f"  - {{{rule}}}\n" for rule in rules)
    return read_sla_book(f'version: "1"\n{more}\nslas:\n{slas}')


def pick(minutes: int, sla_id: str = "pick", more: str = "") -> str:
    """Picked so many minutes after payment."""
    return (
        f"id: {sla_id}, start: [order_paid], stop: [pick_completed], "
        f"deadline: {{within: {minutes}m}}, on_breach: {{exception: PICK_DELAY}}{more}"
    )


def tried(orders: Iterable[Timeline], new: SlaBook, old: SlaBook, span: Span = WHOLE) -> Report:
    """The new policy against the old one."""
    return backtest(orders, new.rules, old.rules, NOW, span=span)


def only(report: Report) -> RuleChange:
    """The report's one rule."""
    (rule,) = report.rules
    return rule


@pytest.mark.parametrize(
    ("new", "old", "newly", "saved"),
    [
        pytest.param(60, 120, 1, 0, id="stricter"),
        pytest.param(120, 60, 0, 1, id="more generous"),
        pytest.param(60, 60, 0, 0, id="the same"),
    ],
)
def test_changes_are_counted_both_ways(new: int, old: int, newly: int, saved: int) -> None:
    """Newly breached is late by the new rule alone, saved by the old rule alone."""
    orders = [picked("SO-1", 30), picked("SO-2", 90), picked("SO-3", 150)]
    rule = only(tried(orders, policy(pick(new)), policy(pick(old))))
    assert (rule.newly_breached, rule.saved, rule.unsettled) == (newly, saved, 0)
    assert rule.changed == (new != old)
    assert rule.new
    assert rule.old
    assert (rule.new.met + rule.new.breached, rule.old.orders) == (3, 3)
    assert rule.new.breached - rule.old.breached == newly - saved


def test_late_minutes_are_told_by_half_and_nine_in_ten() -> None:
    """Half of the late ones were at most so late, nine in ten at most so."""
    orders = [picked(f"SO-{late}", 60 + late) for late in range(1, 11)]
    counts = only(tried(orders, policy(pick(60)), policy(pick(120)))).new
    assert counts
    assert (counts.late_median_minutes, counts.late_p90_minutes) == (5, 9)


def test_the_worst_examples_come_first_whatever_the_order() -> None:
    """The five latest are shown with both clocks, then by order id, however the orders came."""
    orders = [picked(f"SO-{n}", 60 + late) for n, late in enumerate((5, 9, 9, 7, 1, 8, 2), start=1)]
    for shuffled in (orders, orders[::-1], orders[3:] + orders[:3]):
        examples = only(
            tried(shuffled, policy(pick(60)), policy(pick(120)))
        ).newly_breached_examples
        assert [one.order_id for one in examples] == ["SO-2", "SO-3", "SO-6", "SO-4", "SO-1"]
        assert examples[0].new
        assert examples[0].old
        assert (examples[0].new.delay_minutes, examples[0].old.deadline_at) == (9, at(120))


def test_a_promise_still_running_is_no_breach() -> None:
    """Without its stop event an order is late only if its deadline has passed; then it is open."""
    orders = [picked("SO-1", None, start=9_900)]
    rule = only(tried(orders, policy(pick(60)), policy(pick(120))))
    assert rule.old
    assert (rule.newly_breached, rule.unsettled, rule.old.running) == (1, 1, 1)


def test_a_renamed_rule_is_compared_with_what_it_was() -> None:
    """A new name with the start, stop and stage of the one rule that has gone is that rule."""
    orders = [picked("SO-1", 90)]
    rule = only(tried(orders, policy(pick(60, "picked")), policy(pick(120))))
    assert (rule.sla_id, rule.was) == ("picked", "pick")
    assert (rule.newly_breached, rule.only_new, rule.only_old) == (1, 0, 0)


def test_rules_that_come_and_go_stand_alone() -> None:
    """Breaches of a rule that is new are newly breached, those of one that is gone are dropped."""
    other = (
        "id: pack, start: [pick_completed], stop: [pack_completed], "
        "deadline: {within: 60m}, on_breach: {exception: PACK_DELAY}"
    )
    rows = tried([picked("SO-1", 90)], policy(pick(60)), policy(other)).rules
    new, gone = rows
    assert (new.sla_id, new.was, new.newly_breached, new.only_new) == ("pick", None, 1, 1)
    assert (gone.sla_id, gone.new, gone.saved, gone.dropped) == ("pack", None, 0, 1)


def test_an_order_under_another_rule_of_its_group_is_compared_with_the_one_before() -> None:
    """Where an order comes under a rule of its own, that is compared with the one it was under."""
    group = ", group: pick"
    own = pick(60, "pick.acme", group + ", priority: 9, when: {client: acme}")
    orders = [picked("SO-1", 90, client="acme"), picked("SO-2", 90, client="globex")]
    acme, everyone = tried(
        orders, policy(own, pick(120, more=group)), policy(pick(120, more=group))
    ).rules
    assert (acme.sla_id, acme.newly_breached, acme.only_new) == ("pick.acme", 1, 0)
    assert (everyone.newly_breached, everyone.saved, everyone.only_old) == (0, 0, 0)
    assert everyone.new
    assert everyone.old
    assert (everyone.new.orders, everyone.old.orders) == (1, 2)


def test_every_repetition_is_compared_with_itself() -> None:
    """The clocks of a repeating rule are matched by the event that started each."""
    scans = [event("carrier_scan", minute, f"scan-{minute}") for minute in (0, 90, 240)]
    stall = (
        "id: stall, repeat: each, start: [carrier_scan], stop: [carrier_scan], stage: DELIVER, "
        "deadline: {{within: {}m}}, on_breach: {{exception: TRANSIT_STALL}}"
    )
    rule = only(
        tried([an_order("SO-1", scans)], policy(stall.format(60)), policy(stall.format(120)))
    )
    assert rule.new
    assert (rule.new.orders, rule.new.clocks, rule.new.breached) == (1, 3, 3)
    assert (rule.newly_breached, rule.only_new, rule.only_old) == (1, 0, 0)


def test_effective_dates_do_not_count() -> None:
    """Both policies are judged as if they had been in force, and enforced, all the time."""
    dates = "effective: {from: 2030-01-01, enforce_from: 2031-01-01}"
    rule = only(tried([picked("SO-1", 90)], policy(pick(60), more=dates), policy(pick(120))))
    assert rule.newly_breached == 1


@pytest.mark.parametrize(
    ("span", "counted"),
    [
        pytest.param(Span(), 3, id="everything"),
        pytest.param(Span(since=at(100)), 2, id="from a start on"),
        pytest.param(Span(until=at(100)), 1, id="what starts at the end is out"),
        pytest.param(Span(at(50), at(101)), 1, id="both"),
    ],
)
def test_a_span_holds_the_promises_that_began_in_it(span: Span, counted: int) -> None:
    """A clock belongs to the span in which its start event lies; others are left out."""
    orders = [picked(f"SO-{start}", 30, start=start) for start in (0, 100, 200)]
    counts = only(tried(orders, policy(pick(60)), policy(pick(120)), span)).new
    assert counts
    assert counts.clocks == counted


def test_volume_is_asked_of_what_is_around() -> None:
    """A rule whose time depends on how busy it is gets its answer from around the orders."""
    busy = Around(volume=lambda _moment, _window: 101)
    new, old = policy(pick(60, more=", multipliers: [volume]")), policy(pick(60))
    orders = [picked("SO-1", 70)]
    assert backtest(orders, new.rules, old.rules, NOW).saved == 0
    assert backtest(orders, new.rules, old.rules, NOW, busy).saved == 1


def test_margins_of_a_promised_date_are_by_the_receivers_day() -> None:
    """Early, on the day and late are by the calendar at the destination, not by UTC's."""
    promised = {"promised_delivery": "2026-03-02", "destination_timezone": "America/New_York"}
    orders = [
        an_order(
            f"SO-{minute}",
            [
                event("order_created", -10_000, "c", **promised),
                event("delivered", minute, "d"),
            ],
        )
        for minute in (-600, 18 * 60 - 1, 19 * 60)  # 00:00, 03:59 (the 3rd) and 05:00 UTC
    ]
    rule = "id: promised, deadline: {promise: promised_delivery, end_of: local_day}"
    counts = only(tried(orders, policy(rule), policy(rule))).new
    assert counts
    assert counts.margins == Margins(early=1, same_day=1, late=1)
    assert (counts.met, counts.breached) == (2, 1)


def test_the_report_does_not_depend_on_the_order_of_orders() -> None:
    """Any order of the same orders gives the same report."""
    orders = [picked("SO-1", 30), picked("SO-2", 90), picked("SO-3", None)]
    new, old = policy(pick(60)), policy(pick(120))
    reports = [tried(shuffled, new, old) for shuffled in permutations(orders)]
    assert all(report == reports[0] for report in reports)
