"""How long an offline back-test of many orders takes, beside `json.loads` of the same file.

Run it with `python -m bench.backtest`. The orders are the simulated warehouse's (about 15 events
each); three of five promises are changed. Must not be used as a test: it needs a quiet machine.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from bot.cli.event_files import read_event_file
from bot.policy_files import load_sla_book, load_tariff
from demo.warehouse.generate import generate_lines
from policies.backtest import Backtest
from policies.backtesting.trial import Trial
from policies.book.read import SlaBook, read_sla_book

ORDERS = 100_000
_PACKAGED = Path("policies/defaults/sla.yaml")
_CHANGES = (
    ("within: 120m", "within: 90m"),
    ("within: 180m", "within: 4h, calendar: business-days-utc"),
    ("within: 1440m", "within: 600m"),
)


def tried() -> SlaBook:
    """The packaged promises with three of them changed."""
    text = _PACKAGED.read_text(encoding="utf-8")
    for was, would_be in _CHANGES:
        text = text.replace(was, would_be)
    return read_sla_book(text)


def parsing_seconds(file: Path) -> float:
    """The baseline: every line through the standard library's parser, and nothing else."""
    began = time.perf_counter()
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            json.loads(line)
    return time.perf_counter() - began


def backtest_seconds(file: Path) -> tuple[float, float, int, int]:
    """Seconds of reading and of judging; orders judged, and clocks that the change concerns."""
    began = time.perf_counter()
    orders = read_event_file(file)
    read = time.perf_counter()
    assert orders.latest is not None  # noqa: S101 - the file is not empty
    trial = Trial(
        new=tried().rules,
        old=load_sla_book(None).rules,
        now=orders.latest,
        pricing=load_tariff(None),
    )
    run, around = Backtest(trial), orders.around()
    for timeline in orders.timelines():
        run.add(timeline, around)
    report = run.report()
    judged = time.perf_counter() - read
    return read - began, judged, report.orders, report.newly_breached + report.saved


def main() -> int:
    """Makes the file, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, events = Path(folder) / "events.jsonl", 0
        with file.open("w", encoding="utf-8") as written:
            for line in generate_lines(given.orders):
                written.write(line + "\n")
                events += 1
        size = file.stat().st_size / 1e6
        print(f"{given.orders:,} orders, {events:,} events, {size:,.0f} MB")
        plain = parsing_seconds(file)
        print(f"json.loads of every line: {plain:6.1f} s")
        reading, judging, orders, changed = backtest_seconds(file)
        whole = reading + judging
        print(f"reading and checking:     {reading:6.1f} s, {events / reading:9,.0f} events/s")
        print(f"judging by both policies: {judging:6.1f} s, {orders / judging:9,.0f} orders/s")
        print(f"the back-test:            {whole:6.1f} s, {whole / plain:.1f} times the parsing")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{changed:,} clocks changed; peak memory {peak:,} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
