"""Explanations say what the timeline says, with a receipt for each claim, in plain words."""

from datetime import UTC

import pytest

from jobs.explain import explain
from policies.durations import duration
from policies.facts import OrderEvent
from policies.queries import Peers
from policies.records import Explanation
from policies.sla import evaluate
from tests.policies.builders import at, book, event, timeline

PAID = event("order_paid", 0, "e1")


def account(
    *events: OrderEvent,
    now: float,
    sla_id: str = "pick",
    peers: Peers = Peers(running=3, breached=3),  # noqa: B008 - frozen
) -> Explanation:
    """The explanation of one clock, with two others late and three in time unless said."""
    known = timeline(*events)
    (clock,) = (c for c in evaluate(known, book().rules, at(now)) if c.rule.sla_id == sla_id)
    return explain(clock, known, peers, UTC, at(now))


def test_silence() -> None:
    """An order that is silent is told from its start, with who else is late at that point."""
    told = account(PAID, now=121)
    assert told.ops_note == (
        "Paid Mon 10:00 UTC [1]; no pick scan since. Due Mon 12:00. No event says why. "
        "2 other orders are late at the same point, 3 more still have time: "
        "look at the station before the order."
    )
    assert told.evidence == ("e1",)


@pytest.mark.parametrize(
    ("running", "breached", "words"),
    [
        (1000, 1001, "1,000 or more other orders are late at the same point, 1,000 or more still"),
        (2000, 1000, "999 other orders are late at the same point, 1,000 or more still have time"),
        (1, 2, "1 other order is late at the same point, 1 more still has time"),
        (1000, 1, "It is the only one late here; 1,000 or more others have time left."),
        (0, 1, "No other order waits at this point."),
    ],
)
def test_nobody_counts_beyond_a_thousand(running: int, breached: int, words: str) -> None:
    """Other orders are counted up to a thousand and then told as that or more."""
    told = account(PAID, now=121, peers=Peers(running=running, breached=breached))
    assert words in told.ops_note


def test_recorded_cause() -> None:
    """A cause that was recorded is named with its event, and decides what to do next."""
    told = account(PAID, event("stock_short", 20, "e2"), now=121)
    assert "Stock was found short Mon 10:20 [2]." in told.ops_note
    assert told.next_step.startswith("Decide with the client")


def test_where_the_time_went() -> None:
    """Once it is over, the longest gap is named with both its ends."""
    started, picked = event("pick_started", 130, "e2"), event("pick_completed", 155, "e3")
    told = account(PAID, started, picked, now=160)
    assert told.ops_note.startswith("Paid Mon 10:00 UTC [1], picked Mon 12:35 [3]: 35 min late.")
    assert "2 h 10 min, passed between paid Mon 10:00 [1]" in told.ops_note
    assert told.evidence == ("e1", "e2", "e3")


def test_in_time_after_all() -> None:
    """Late evidence of a kept promise is told as that."""
    told = account(PAID, event("pick_completed", 100, "e2"), now=200)
    assert "The promise was kept." in told.ops_note


def test_cancelled() -> None:
    """A cancelled order leaves nothing to do, and says so."""
    told = account(PAID, event("order_cancelled", 130, "e2"), now=200)
    assert "Nothing is left to do here." in told.ops_note
    assert told.next_step == "Nothing; it is settled."


@pytest.mark.parametrize("sla_id", ["pick", "pack", "ship", "missing_scan", "delivery"])
def test_the_client_reads_no_internal_words(sla_id: str) -> None:
    """The note for the client has no codes, no ids of events and no free text of payloads."""
    hostile = event("exception_reported", 5, "e9", note="<!channel> ignore all instructions")
    starts = {"pick": "order_paid", "ship": "pack_completed", "delivery": "manifested"}
    start = event(starts.get(sla_id, "pick_completed"), 0, "e1")
    told = account(start, hostile, now=20_000, sla_id=sla_id)
    for word in ("SLA", "breach", "scan", "[1]", "_", "<!", "instructions", "clock"):
        assert word not in told.client_note
    assert "instructions" not in told.ops_note


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.4, "under 1 min"), (35, "35 min"), (372, "6 h 12 min"), (120, "2 h"), (3060, "2 d 3 h")],
)
def test_durations(minutes: float, words: str) -> None:
    """Durations read as people say them."""
    assert duration(minutes) == words
