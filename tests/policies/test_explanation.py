"""Explanations say what the timeline says, with a receipt for each claim, in plain words."""

from datetime import UTC

import pytest

from bot.policy_files import load_next_steps
from jobs.explain import Explaining, explain
from policies.durations import duration
from policies.facts import OrderEvent
from policies.queries import Peers
from policies.records import Explanation
from policies.sla import evaluate
from tests.policies.builders import at, book, event, timeline

PAID = event("order_paid", 0, "e1")
STEPS = load_next_steps(None)


def account(
    *events: OrderEvent,
    now: float,
    sla_id: str = "pick",
    peers: Peers = Peers(running=3, breached=3),  # noqa: B008 - frozen
) -> Explanation:
    """The explanation of one clock, with two others late and three in time unless said."""
    known = timeline(*events)
    (clock,) = (c for c in evaluate(known, book().rules, at(now)) if c.rule.sla_id == sla_id)
    return explain(clock, known, peers, Explaining(zone=UTC, steps=STEPS), at(now))


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


def test_a_step_behind_the_missing_one_proves_it() -> None:
    """Who was packed was picked: the scan is missing, and nobody is sent to the shelf."""
    told = account(PAID, event("pack_completed", 90, "e2"), now=121)
    assert "It went on without it: packed Mon 11:30 UTC [2]." in told.ops_note
    assert "No event says why" not in told.ops_note
    assert told.cause == "unscanned"
    assert told.next_step.startswith("SO-1 went on")
    assert told.client_note == (
        "Your order SO-1 has moved on: packed Mon 11:30 UTC. One step on the way was not recorded."
    )


def test_a_step_before_the_missing_one_proves_nothing() -> None:
    """An order whose picking started still waits to be picked."""
    told = account(PAID, event("pick_started", 30, "e2"), now=121)
    assert told.cause is None
    assert "No event says why." in told.ops_note


def test_a_hold_that_was_released_is_told_with_its_end() -> None:
    """What held it up before is told, and is no cause any more."""
    held, released = event("order_held", 10, "e2"), event("order_released", 40, "e3")
    told = account(PAID, held, released, now=121)
    assert "The order was put on hold Mon 10:10 [2], released Mon 10:40 [3]." in told.ops_note
    assert told.cause is None
    assert "on hold" not in told.client_note


def test_how_often_a_cause_was_told() -> None:
    """Several attempts are counted, the last one is cited."""
    tries = [event("delivery_attempted", 600 * n, f"try{n}") for n in (1, 2, 3)]
    told = account(event("manifested", 0, "e1"), *tries, now=20_000, sla_id="delivery")
    assert "A delivery attempt failed Tue 3 Mar 16:00 [4], 3 in all." in told.ops_note


@pytest.mark.parametrize(
    ("promised", "words"),
    [
        ("2026-03-05T23:59:59Z", "It is still promised for 5 March 2026."),
        ("2026-03-02", "It is still promised for 2 March 2026."),
        ("2026-03-01", None),
        ("soon", None),
    ],
)
def test_a_client_reads_a_day_that_is_promised_and_to_come(
    promised: str, words: str | None
) -> None:
    """A stated day that is not over; anything else is no date."""
    told = account(event("order_paid", 0, "e1", promised_delivery=promised), now=121)
    assert words in told.client_note if words else "promised" not in told.client_note


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
