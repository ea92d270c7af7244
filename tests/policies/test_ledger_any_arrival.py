"""The order in which events are told, how often and how late, changes no ledger."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from policies.clock import Clock
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.ledger import Entry, Stretch, ledger, stretches
from policies.sla import evaluate
from policies.sla_line import sla_line
from tests.policies.many_kinds import BEGIN, BOOK, DAYS, MOMENTS, ORDER, at, events

Told = tuple[dict[str, object], tuple[Entry, ...], tuple[Stretch, ...], datetime | None]


def told_of(clock: Clock) -> Told:
    """All that anyone is told of a clock."""
    return sla_line(clock), ledger(clock), stretches(clock), clock.check_at


def outcome(timeline: Timeline, now: datetime) -> list[Told]:
    """What all clocks of an order say."""
    return [told_of(clock) for clock in evaluate(timeline, BOOK.rules, now)]


class Telling(RuleBasedStateMachine):
    """Events of one order happen and are told anyhow; by hand they are kept in order, once each."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[OrderEvent] = []
        self.happened: dict[tuple[str, str], OrderEvent] = {}
        self.now = at(DAYS * 1440)

    @initialize()
    def ordered(self) -> None:
        """The order was created and paid, in a way that nobody doubts."""
        for kind, minutes in (("order_created", 0), ("order_paid", 20)):
            event = OrderEvent(
                source="shop",
                event_id=kind,
                event_type=kind,
                order_id="SO-1",
                occurred_at=at(minutes),
                payload=ORDER,
            )
            self._tell(event, 0)

    @rule(event=events(), place=st.integers(0, 30))
    def happens(self, event: OrderEvent, place: int) -> None:
        """Something happens, and is told before or after what was told already."""
        if (event.source, event.event_id) not in self.happened:
            self._tell(event, place)

    @rule(which=st.integers(0, 30), place=st.integers(0, 30), later=st.integers(1, 5000))
    def repeats(self, which: int, place: int, later: int) -> None:
        """Something is told once more, and heard later than the first time."""
        again = self.told[which % len(self.told)]
        heard = (again.received_at or again.occurred_at) + timedelta(minutes=later)
        self.told.insert(place % (len(self.told) + 1), replace(again, received_at=heard))

    @rule(moment=MOMENTS)
    def looks(self, moment: datetime) -> None:
        """It is judged at another moment."""
        self.now = moment

    @invariant()
    def says_the_same(self) -> None:
        """Lines, ledgers and stretches are those of the history in order."""
        by_hand = sorted(
            self.happened.values(), key=lambda one: (one.occurred_at, one.source, one.event_id)
        )
        afresh = Timeline(order_id="SO-1", events=tuple(by_hand))
        assert outcome(timeline_of("SO-1", self.told), self.now) == outcome(afresh, self.now)

    def _tell(self, event: OrderEvent, place: int) -> None:
        self.happened[event.source, event.event_id] = event
        self.told.insert(place % (len(self.told) + 1), event)


Telling.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestTelling = Telling.TestCase


def _event(kind: str, minutes: float, **payload: object) -> OrderEvent:
    return OrderEvent(
        source="wms",
        event_id=kind,
        event_type=kind,
        order_id="SO-1",
        occurred_at=at(minutes),
        payload={**ORDER, **payload},
    )


def test_all_orders_of_five_events() -> None:
    """All 120 orders of pay, hold, edit, release and scan, each told twice, give one ledger."""
    happened = [
        _event("order_paid", 0),
        _event("order_held", 60, hold="awaiting_payment"),
        _event("order_edited", 2000, lines_changed=True),
        _event("order_released", 3000, hold="awaiting_payment"),
        _event("carrier_scan", 9000, status="in_transit"),
    ]
    now = BEGIN + timedelta(days=20)
    outcomes = [
        outcome(timeline_of("SO-1", [*order, *reversed(order)]), now)
        for order in permutations(happened)
    ]
    assert len(outcomes) == 120
    assert all(one == outcomes[0] for one in outcomes)
    assert [entry.kind.value for entry in outcomes[0][0][1]] == [
        "started",
        "paused",
        "reset",
        "resumed",
        "breached",
        "stopped_late",
    ]


def test_of_repetitions_the_first_that_was_heard_counts() -> None:
    """A scan that is told again after the deadline is no late evidence."""
    paid = _event("order_paid", 0)
    scan = _event("carrier_scan", 100)
    scans = [
        replace(scan, received_at=scan.occurred_at + timedelta(minutes=minutes))
        for minutes in (5, 50_000)
    ]
    now = BEGIN + timedelta(days=60)
    told = [outcome(timeline_of("SO-1", [*order, paid]), now) for order in permutations(scans)]
    assert told[0] == told[1]
    assert told[0][0][0]["verdict"] is None
