"""How fast a month's invoices are proved and in how much room, beside reading its rows by hand.

Run it with `python -m bench.billing`. Must not be used as a test.
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jobs.check_invoices import Checking, check_month
from jobs.gather_work import gather_orders
from policies.money.billed_tenant import BilledTenant
from policies.money.invoice_values import Invoice, OrderWork
from policies.money.invoicing import charge_alone, order_invoice
from policies.money.read_versions import WrittenTariffs, read_tariffs
from policies.money.versions import Tariffs
from policies.promises import Promises
from policies.records import Tenant
from storage.engine import open_engines
from storage.instants import micros
from storage.migrate import migrate
from storage.transaction import SqlStorage

ORDERS, HISTORY, EVERY, PORTION = 100_000, 100_000, 200, 1000
MONTH, BEFORE = datetime(2026, 11, 1, 8, tzinfo=UTC), datetime(2026, 10, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)
KINDS = ("order_paid", "pick_completed", "pack_completed", "label_created", "carrier_picked_up")
PERIOD = "2026-11"
_INSERT = (
    "INSERT INTO events (tenant_id, source, event_id, event_type, order_id, occurred_at, "
    "received_at, payload, content_hash, receipt) VALUES (1, 'wms', ?, ?, ?, ?, ?, ?, x'00', ?)"
)


def main() -> int:
    """Prints one line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--history", type=int, default=HISTORY)
    parser.add_argument("--prove", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.prove:
        return asyncio.run(_prove(asked.prove))
    with tempfile.TemporaryDirectory() as name:
        for orders, history in ((asked.orders, 0), (asked.orders // 10, asked.history)):
            file = Path(name) / f"{orders}-{history}.db"
            asyncio.run(_fill(file, orders, history))
            plain = _plain(file)
            told = json.loads(_again(file))
            print(
                f"{orders:,} orders with {history:,} of the month before: proved in "
                f"{told['seconds']:.1f} s ({told['cpu']:.1f} s of a processor), at most "
                f"{told['mb']:.0f} MB, {told['found']:,} findings of {orders // EVERY:,} planted; "
                f"reading the rows by hand {plain:.1f} s; again {told['again']:.1f} s, "
                f"{told['more']} new"
            )
    return 0


def tariffs() -> Tariffs:
    """The packaged tariff."""
    packaged = Path(__file__).parents[1] / "policies" / "defaults" / "tariff.yaml"
    text = packaged.read_text(encoding="utf-8")
    return read_tariffs([WrittenTariffs(file="tariff.yaml", text=text)])


async def _fill(file: Path, orders: int, history: int) -> None:
    url = f"sqlite+aiosqlite:///{file}"
    await migrate(url)
    storage = SqlStorage(open_engines(url))
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
    names = [
        *((f"SO-{n:07}", MONTH + timedelta(seconds=20 * n)) for n in range(orders)),
        *((f"OLD-{n:07}", BEFORE + timedelta(seconds=20 * n)) for n in range(history)),
    ]
    with sqlite3.connect(file) as raw:
        raw.executemany(_INSERT, _events(names))
    billed = BilledTenant(id=1, name="acme", timezone="UTC", tariffs=tariffs())
    for start in range(0, len(names), PORTION):
        part = names[start : start + PORTION]
        async with storage.read() as tx:
            found = await gather_orders(tx, tenant, [name for name, _ in part], NOW)
        async with storage.write() as tx:
            await tx.invoices.one_at_a_time(1)
            await tx.invoices.issue([_wrong(one) for one in _invoices(billed, found.works)])
    await storage.close()


def _events(names: list[tuple[str, datetime]]) -> Iterator[tuple[object, ...]]:
    for number, (name, at) in enumerate(names):
        for hour, kind in enumerate(KINDS):
            moment = micros(at + timedelta(minutes=20 * hour))
            items = {"items": 1 + number % 3} if kind == "pick_completed" else {}
            told = json.dumps(items, separators=(",", ":"))
            yield f"{name}-{hour}", kind, name, moment, moment, told, number * 8 + hour


def _invoices(billed: BilledTenant, works: Sequence[OrderWork]) -> Iterator[Invoice]:
    for work in works:
        charged = charge_alone(billed, work)
        yield order_invoice(billed, work, charged, period=work.period, now=NOW)


def _wrong(invoice: Invoice) -> Invoice:
    """Every so many orders a label that nobody printed."""
    if not invoice.subject.startswith("SO-") or int(invoice.subject[3:]) % EVERY:
        return invoice
    again = replace(invoice.lines[-1], number=len(invoice.lines) + 1)
    return replace(invoice, lines=(*invoice.lines, again))


def _again(file: Path) -> str:
    """In a process of its own, so that its room is its own."""
    asked = [sys.executable, "-m", "bench.billing", "--prove", str(file)]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout  # noqa: S603


async def _prove(file: str) -> int:
    storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{file}"))
    checking = Checking(storage=storage, tariffs=tariffs(), promises=Promises(rules=()))
    async with storage.read() as tx:
        tenant = (await tx.tenants.all())[0]
    took, worked = [], []
    for _ in range(2):
        began, busy = time.perf_counter(), time.process_time()
        report = await check_month(tenant, PERIOD, checking=checking, now=NOW)
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
        filed = report.filed
    await storage.close()
    told = {
        "seconds": took[0],
        "again": took[1],
        "cpu": worked[0],
        "found": len(report.found),
        "more": filed,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))
    return 0


def _plain(file: Path) -> float:
    """Counts labels against billed labels with sqlite3 and json, and nothing else."""
    began = time.perf_counter()
    counted: Counter[str] = Counter()
    since, until = micros(MONTH), micros(NOW)
    with sqlite3.connect(file) as raw:
        asked = "SELECT order_id, event_type, payload FROM events WHERE occurred_at BETWEEN ? AND ?"
        for order_id, kind, payload in raw.execute(asked, (since, until)):
            json.loads(payload)
            counted[order_id] += kind == "label_created"
        lines = "SELECT order_id, quantity FROM invoice_lines WHERE code = 'label'"
        for order_id, quantity in raw.execute(lines):
            counted[order_id] -= quantity
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
