"""What the databases and the web server do without us: the baselines that figures stand beside.

Must not use anything of E2A's.
"""

import sqlite3
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import psycopg

ROW = ("wms", "pick_completed", "SO-1", 0, 0, '{"client": "acme", "wave": "W1"}', b"0" * 32)
_COLUMNS = "source TEXT, event_type TEXT, order_id TEXT, occurred_at BIGINT, received_at BIGINT"
_TABLE = "CREATE TABLE plain (event_id TEXT PRIMARY KEY, {columns}, payload TEXT, hash {bytes})"
_SERVER = """
import asyncio, json, sqlite3, sys
from concurrent.futures import ThreadPoolExecutor
from aiohttp import web
import psycopg
port, where = int(sys.argv[1]), sys.argv[2]
lane = ThreadPoolExecutor(1)
def opened():
    if where.startswith("postgresql"):
        return psycopg.connect(where, autocommit=True)
    connection = sqlite3.connect(where, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection
database = lane.submit(opened).result()
mark = "%s" if where.startswith("postgresql") else "?"
lane.submit(database.execute, "CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, body TEXT)")
def keep(body):
    row = (json.loads(body)["event_id"], body.decode())
    database.execute(f"INSERT INTO bare VALUES ({mark}, {mark})", row)
async def ready(_request):
    return web.json_response({"status": "ready"})
async def events(request):
    body = await request.read()
    await asyncio.get_running_loop().run_in_executor(lane, keep, body)
    return web.json_response({"status": "accepted"}, status=202)
app = web.Application()
app.router.add_get("/readyz", ready)
app.router.add_post("/events", events)
web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)
"""
Commits = tuple[float, float]
"""Commits a second, and the 99th percentile of one in milliseconds."""


def sqlite_commits(folder: Path, count: int = 1000) -> Commits:
    """One sqlite3 connection, FULL sync, a row a commit."""
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("DROP TABLE IF EXISTS plain")
    connection.execute(_TABLE.format(columns=_COLUMNS, bytes="BLOB"))
    spans, began = [], time.perf_counter()
    for number in range(count):
        asked = time.perf_counter()
        row = (f"{time.monotonic_ns()}-{number}", *ROW)
        connection.execute("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        spans.append(time.perf_counter() - asked)
    seconds = time.perf_counter() - began
    connection.close()
    return count / seconds, _p99(spans)


def postgres_commits(url: str, connections: int = 8, each: int = 250) -> Commits:
    """Psycopg on some connections side by side, a row a commit."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS plain")
        connection.execute(_TABLE.format(columns=_COLUMNS, bytes="BYTEA").encode())
    spans: list[float] = []

    def lane(lane_number: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            for number in range(each):
                asked = time.perf_counter()
                row = (f"{lane_number}-{number}", *ROW)
                connection.execute(
                    b"INSERT INTO plain VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row
                )
                spans.append(time.perf_counter() - asked)

    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lane, range(connections)))
    return len(spans) / (time.perf_counter() - began), _p99(spans)


@contextmanager
def bare_server(port: int, where: str) -> Iterator[tuple[float, float]]:
    """A bare aiohttp server that commits each event by itself, in a process of its own.

    Yields the seconds until it answered, and its memory in MB. `where` is a file of SQLite's or
    the address of a PostgreSQL.
    """
    began = time.perf_counter()
    arguments = [sys.executable, "-c", _SERVER, str(port), where]
    with Popen(arguments) as process:  # noqa: S603 - our own program
        try:
            while not _answers(port):
                time.sleep(0.01)
            seconds = time.perf_counter() - began
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            memory = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            yield seconds, int(memory.split()[1]) / 1024
        finally:
            process.kill()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            found: int = answer.status
            return found == 200  # noqa: PLR2004
    except (urllib.error.URLError, ConnectionError):
        return False


def _p99(spans: list[float]) -> float:
    return sorted(spans)[int(len(spans) * 0.99)] * 1000
