"""Files of events are read as every door reads them, only faster."""

import json
from pathlib import Path

import pytest

from bot.cli.app import CommandError
from bot.cli.event_files import read_event_file
from demo.warehouse.generate import generate_lines
from handlers.ingest.canonical import Arrival, read_event
from policies.facts import timeline_of
from tests.cli.files import event, write
from tests.policies.builders import at


def test_events_are_those_that_ingestion_reads(tmp_path: Path) -> None:
    """The simulated warehouse's events come out of a file as they would be stored."""
    lines = list(generate_lines(60))
    found = list(read_event_file(write(tmp_path / "e.jsonl", *lines[::-1])).timelines())
    arrival = Arrival(tenant_id=0, now=at(10**6))
    events = [read_event(json.loads(line), arrival).event for line in lines]
    ids = sorted({one.order_id for one in events})
    assert [one.order_id for one in found] == ids
    for timeline in found:
        own = (one for one in events if one.order_id == timeline.order_id)
        assert timeline == timeline_of(timeline.order_id, own)


def test_what_is_read_is_told(tmp_path: Path) -> None:
    """Progress sums up to the size of the file."""
    file, steps = write(tmp_path / "e.jsonl", *[event()] * 5000), list[int]()
    orders = read_event_file(file, steps.append)
    assert (sum(steps), len(orders), len(steps)) == (file.stat().st_size, 1, 2)


def test_a_bad_line_far_down_is_named(tmp_path: Path) -> None:
    """The number of a line counts empty ones too, however many went before."""
    file = write(tmp_path / "e.jsonl", f"{json.dumps(event())}\n\n" * 2500 + "[]")
    with pytest.raises(CommandError, match=f"{file}:5001: body: "):
        read_event_file(file)
