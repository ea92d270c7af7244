"""`e2a generate`: the simulated warehouse as JSON lines, the same every time."""

from pathlib import Path

import pytest

import bot.cli.events
from demo.warehouse.senders import Tally
from handlers.ingest.canonical import Arrival, read_event
from tests.cli.conftest import Run
from tests.policies.builders import at


def test_the_same_seed_gives_the_same_bytes(e2a: Run) -> None:
    """A run can be repeated to the byte, and another seed is another day."""
    one, again = (e2a("generate", "--orders", "20", "--seed", "3") for _ in range(2))
    other = e2a("generate", "--orders", "20", "--seed", "4")
    assert (one.code, one.err) == (0, "")
    assert one.out == again.out != other.out


def test_every_line_is_a_canonical_event(e2a: Run) -> None:
    """What is generated is what the front door takes, for so many orders, from the start on."""
    ran = e2a("generate", "--orders", "20", "--problem-rate", "1")
    arrival = Arrival(tenant_id=1, now=at(99_999))
    events = [read_event(line, arrival).event for line in ran.json]
    assert len({event.order_id for event in events}) == 20
    first = min(event.occurred_at for event in events).isoformat()
    assert first.startswith("2026-01-05T08:")


def test_the_start_can_be_chosen(e2a: Run) -> None:
    """--start moves the whole day."""
    ran = e2a("generate", "--orders", "3", "--start", "2026-05-01T08:00:00+02:00")
    assert min(str(line["occurred_at"]) for line in ran.json).startswith("2026-05-01T06:")


def test_what_is_generated_can_be_judged(e2a: Run, tmp_path: Path) -> None:
    """The output feeds `sla evaluate` as it is, and a troubled day has breaches."""
    file = tmp_path / "day.jsonl"
    file.write_text(e2a("generate", "--orders", "40", "--problem-rate", "1").out, encoding="utf-8")
    ran = e2a("sla", "evaluate", "--events", file, "--now", "2026-03-01T00:00:00Z", "--json")
    assert "breached" in {line["state"] for line in ran.json}


@pytest.mark.parametrize(
    ("tally", "code", "told"),
    [
        (Tally(sent=3, accepted=3), 0, ""),
        (Tally(sent=3, duplicates=3), 0, ""),
        (Tally(), 1, "e2a: http://127.0.0.1:9/events took none of the events"),
        (Tally(sent=3, rejected=3), 1, "e2a: http://127.0.0.1:9/events took none of the events"),
    ],
)
def test_a_receiver_that_takes_nothing_is_a_failure(
    e2a: Run, monkeypatch: pytest.MonkeyPatch, tally: Tally, code: int, told: str
) -> None:
    """Sending ends with its tally, and with 1 and the reason where nothing was taken."""

    async def send(*_: object, **_wishes: object) -> Tally:
        return tally

    monkeypatch.setattr(bot.cli.events, "send_events", send)
    target = ("--to", "http://127.0.0.1:9/events", "--key", "k-secret", "--for", "1")
    ran = e2a("generate", "--orders", "1", *target)
    assert (ran.code, ran.json[0]["accepted"]) == (code, tally.accepted)
    assert ran.err.startswith(told)
    assert "k-secret" not in ran.err
