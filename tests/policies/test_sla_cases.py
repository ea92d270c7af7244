"""The conformance cases of the replaced system (original.md) that need no multiplier."""

from dataclasses import dataclass
from itertools import permutations

import pytest

from policies.facts import OrderEvent
from policies.sla_line import sla_line
from tests.policies.builders import at, clocks, event

Moves = tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What happened, when it is judged, and what is true of each clock: state and delay."""

    name: str
    moves: Moves
    now: float
    expected: dict[str, tuple[str, float]]


CASES = (
    Case(
        name="picked at exactly 120 minutes is met",
        moves=(("order_paid", 0), ("pick_completed", 120)),
        now=121,
        expected={"pick": ("met", 0)},
    ),
    Case(
        name="picked 30 minutes late",
        moves=(("order_paid", 0), ("pick_completed", 150)),
        now=151,
        expected={"pick": ("breached", 30)},
    ),
    Case(
        name="picked 60 minutes late",
        moves=(("order_paid", 0), ("pick_completed", 180)),
        now=200,
        expected={"pick": ("breached", 60)},
    ),
    Case(
        name="packed 200 minutes after picking is 20 late",
        moves=(("pick_completed", 0), ("pack_completed", 200)),
        now=201,
        expected={"pack": ("breached", 20), "missing_scan": ("met", 0)},
    ),
    Case(
        name="packed 240 minutes after picking is 60 late",
        moves=(("pick_completed", 0), ("pack_completed", 240)),
        now=241,
        expected={"pack": ("breached", 60), "missing_scan": ("met", 0)},
    ),
    Case(
        name="manifested 26 hours after packing is 120 late",
        moves=(("pack_completed", 0), ("manifested", 26 * 60)),
        now=26 * 60,
        expected={"ship": ("breached", 120)},
    ),
    Case(
        name="packed and then nothing breaches without any event",
        moves=(("pack_completed", 0),),
        now=1441,
        expected={"ship": ("breached", 1)},
    ),
    Case(
        name="a whole order late at each stage",
        moves=(
            ("order_paid", 0),
            ("pick_completed", 180),
            ("pack_completed", 420),
            ("manifested", 1861),
        ),
        now=1900,
        expected={"pick": ("breached", 60), "pack": ("breached", 60), "ship": ("breached", 1)},
    ),
    Case(
        name="paid only runs up to the deadline",
        moves=(("order_paid", 0),),
        now=120,
        expected={"pick": ("running", 0)},
    ),
    Case(
        name="paid only breaches once the deadline has passed",
        moves=(("order_paid", 0),),
        now=120.5,
        expected={"pick": ("breached", 0.5)},
    ),
    Case(
        name="picked and never packed: the pack clock breaches first",
        moves=(("pick_completed", 0),),
        now=270,
        expected={"pack": ("breached", 90), "missing_scan": ("running", 0)},
    ),
    Case(
        name="picked and never packed: the scan is missed after 270",
        moves=(("pick_completed", 0),),
        now=271,
        expected={"pack": ("breached", 91), "missing_scan": ("breached", 1)},
    ),
    Case(
        name="the first of two completions counts",
        moves=(("order_paid", 0), ("pick_completed", 100), ("pick_completed", 130)),
        now=140,
        expected={"pick": ("met", 0)},
    ),
    Case(
        name="the earliest ship evidence counts",
        moves=(("pack_completed", 0), ("carrier_picked_up", 10), ("manifested", 2000)),
        now=2001,
        expected={"ship": ("met", 0)},
    ),
    Case(
        name="cancelled before the deadline is cancelled",
        moves=(("order_paid", 0), ("order_cancelled", 60)),
        now=300,
        expected={"pick": ("cancelled", 0)},
    ),
    Case(
        name="cancelled after the deadline stays a breach",
        moves=(("order_paid", 0), ("order_cancelled", 130)),
        now=130,
        expected={"pick": ("breached", 10)},
    ),
    Case(
        name="delivered ends clocks whose scan never came",
        moves=(("order_paid", 0), ("delivered", 100)),
        now=500,
        expected={"pick": ("cancelled", 0)},
    ),
    Case(
        name="a label, staging or fulfilment is no ship evidence",
        moves=(
            ("pack_completed", 0),
            ("ship_label_printed", 5),
            ("staged", 6),
            ("order_fulfilled", 7),
        ),
        now=1442,
        expected={"ship": ("breached", 2)},
    ),
    Case(
        name="five business days from Monday 10:00 end on the next Monday 10:00",
        moves=(("manifested", 0), ("order_delivered", 7 * 1440)),
        now=7 * 1440,
        expected={"delivery": ("met", 0)},
    ),
    Case(
        name="a minute past five business days is late",
        moves=(("shipment_dispatched", 0), ("delivered", 7 * 1440 + 1)),
        now=8 * 1440,
        expected={"delivery": ("breached", 1)},
    ),
    Case(
        name="events after now are ignored",
        moves=(("order_paid", 0), ("pick_completed", 150)),
        now=110,
        expected={"pick": ("running", 0)},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    """Each case of the table has its verdict."""
    events = [event(kind, minutes, f"e{n}") for n, (kind, minutes) in enumerate(case.moves)]
    found = clocks(*events, now=case.now)
    verdicts = {
        name: (found[name].state.value, found[name].delay_minutes) for name in case.expected
    }
    assert verdicts == case.expected


def test_arrival_order_does_not_matter() -> None:
    """All 120 orders of arrival of five events, each told twice, give the same lines."""
    told = [
        event("order_paid", 0),
        event("pick_completed", 180),
        event("pack_completed", 420),
        event("manifested", 1861),
        event("delivered", 3000),
    ]

    def lines(events: list[OrderEvent]) -> list[dict[str, object]]:
        return [sla_line(clock) for clock in clocks(*events, now=4000).values()]

    outcomes = [lines([*order, *reversed(order)]) for order in permutations(told)]
    assert len(outcomes) == 120
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_line_has_the_keys_of_the_contract() -> None:
    """A line reads as the contract writes it."""
    found = clocks(event("order_paid", 0), event("pick_completed", 150), now=151)
    assert sla_line(found["pick"]) == {
        "order_id": "SO-1",
        "sla_id": "pick",
        "stage": "PICK",
        "started_at": "2026-03-02T10:00:00Z",
        "deadline": "2026-03-02T12:00:00Z",
        "stopped_at": "2026-03-02T12:30:00Z",
        "state": "breached",
        "breached_at": "2026-03-02T12:00:00Z",
        "target_minutes": 120,
        "elapsed_minutes": 150.0,
        "delay_minutes": 30.0,
        "reason_code": "PICK_DELAY",
        "severity": "MEDIUM",
        "at_risk_at": "2026-03-02T11:30:00Z",
        "verdict": None,
        "first_verdict": None,
        "instance": 1,
    }


def test_at_risk_before_the_breach() -> None:
    """At 75 % of its target a running clock is at risk and waits for its deadline."""
    before = clocks(event("order_paid", 0), now=89)["pick"]
    after = clocks(event("order_paid", 0), now=90)["pick"]
    assert (before.at_risk, before.check_at) == (False, at(90))
    assert (after.at_risk, after.check_at) == (True, at(120))
