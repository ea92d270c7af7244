"""How fast `e2a ingest` loads a file, beside reading and inserting the same lines by hand.

Run it with `python -m bench.bulk`. Must not be used as a test.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from demo.warehouse.generate import generate_lines

LINES, GROUP, EVENTS_AN_ORDER = 200_000, 1000, 14


def main() -> int:
    """Prints one line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    wanted = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "events.jsonl", wanted)
        plain = _plain(folder)
        print(f"json.loads and plain sqlite3 in groups of {GROUP:,}: {wanted / plain:,.0f} lines/s")
        empty, base_mb = _ingest(folder, folder / "empty.jsonl")
        for what in ("new", "known already"):
            seconds, most_mb = _ingest(folder, folder / "events.jsonl")
            rate = wanted / (seconds - empty)
            print(
                f"e2a ingest, {what}: {rate:,.0f} lines/s ({rate * plain / wanted:.0%}), "
                f"{seconds:.1f} s with {empty:.1f} s to start, {most_mb:.0f} MB at most, "
                f"{base_mb:.0f} MB without any line"
            )
    return 0


def _write(file: Path, wanted: int) -> None:
    (file.parent / "empty.jsonl").touch()
    with file.open("w", encoding="utf-8") as lines:
        for number, line in enumerate(generate_lines(wanted // EVENTS_AN_ORDER + 1000)):
            if number == wanted:
                return
            lines.write(f"{line}\n")
    message = "too few events were generated"
    raise RuntimeError(message)


def _plain(folder: Path) -> float:
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE events (event_id TEXT PRIMARY KEY, order_id TEXT, body TEXT)")
    began = time.perf_counter()
    with (folder / "events.jsonl").open(encoding="utf-8") as lines:
        for some in iter(lambda: [json.loads(line) for line in islice(lines, GROUP)], []):
            rows = [(one["event_id"], one["order_id"], json.dumps(one)) for one in some]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _ingest(folder: Path, file: Path) -> tuple[float, float]:
    """Seconds, and the most MB of any command so far: the empty file comes first."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/e2a.db"}
    run = [sys.executable, "-m", "bot"]
    add = [*run, "tenant", "add", "acme"]
    subprocess.run(add, env=environment, check=False, capture_output=True)  # noqa: S603 - our own
    began = time.perf_counter()
    load = [*run, "ingest", str(file), "--tenant", "acme"]
    subprocess.run(load, env=environment, check=True, capture_output=True)  # noqa: S603 - our own
    seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
