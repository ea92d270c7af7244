"""A generated workspace: clients, six weeks of exceptions and promises, the same for one seed.

Must not count anything: truths.py counts, in plain code of its own.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
"""A Wednesday, 11:30 in New York; the clocks went forward there ten days before."""
ZONE = "America/New_York"
ASKER = "U0MARIA"
PEOPLE = {"U0MARIA": "Maria", "U0JOE": "Joe", "U0PRIYA": "Priya", "U0SVEN": "Sven"}
CLIENTS = {1: "Acme Outdoors", 2: "Globex", 3: "Northwind Tea", 4: "Umbrella Foods"}
HIDDEN = 4
"""The client that the channel of the questions does not see; site and carrier are its alone."""
SEEN = tuple(number for number in CLIENTS if number != HIDDEN)
SITES = ("ATL1", "DAL2", "RNO3")
CARRIERS = ("UPS", "FedEx", "USPS", "OnTrac")
SERVICES = ("ground", "express", "economy")
WAVES = ("W1", "W2", "W3", "W4", "W5")
OPEN = ("OPEN", "ACKNOWLEDGED", "IN_PROGRESS")
SETTLED = ("RESOLVED", "CLOSED")
_PREFIX = {1: "AC", 2: "GX", 3: "NW", 4: "UF"}
_SPELT = {"UPS": ("UPS", "UPS", "ups"), "FedEx": ("FedEx", "FedEx", "FEDEX")}
_REASONS = (
    ("PICK_DELAY", "PICK", "pick", 9),
    ("PACK_DELAY", "PACK", "pack", 6),
    ("CARRIER_ISSUE", "SHIP", "ship", 6),
    ("MISSING_SCAN", "PACK", "missing_scan", 4),
    ("FIRST_SCAN_MISSING", "DELIVER", "first_scan", 3),
    ("TRANSIT_STALL", "DELIVER", "stall", 4),
    ("DELIVERY_DELAY", "DELIVER", "delivery", 6),
    ("INVENTORY_SHORTAGE", "PICK", "stock", 4),
    ("ADDRESS_INVALID", "SHIP", "address", 3),
    ("DAMAGED_PACKAGE", "PACK", "damage", 3),
    ("PAYMENT_FAILED", "PICK", "payment", 2),
)
_SEVERITIES = ("LOW", "MEDIUM", "MEDIUM", "HIGH", "HIGH", "CRITICAL")
_SETTLED_BY_EVENT, _SNOOZED, _STATED, _AGAIN = 0.4, 0.12, 0.93, 0.12
_MINUTE = timedelta(minutes=1)
_DAYS = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An exception, as plainly as one would write it on paper. `number` is what people type."""

    number: int
    tenant: int
    order: str
    sla: str
    reason: str
    stage: str
    severity: str
    status: str
    opened: datetime
    deadline: datetime
    stopped: datetime | None
    resolved: datetime | None
    answered: datetime | None
    owner: str | None
    snoozed: bool
    site: str | None
    carrier: str | None
    service: str | None
    wave: str | None
    worth: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise of an order: kept, broken, or still running and past its warning."""

    tenant: int
    order: str
    sla: str
    stage: str
    deadline: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Everything that questions are asked about. Feeds are silent and letters wait by number."""

    rows: tuple[Row, ...]
    promises: tuple[Promise, ...]

    def seen(self) -> tuple[Row, ...]:
        """What the channel of the questions sees."""
        return tuple(row for row in self.rows if row.tenant in SEEN)


def generated(seed: int = 7, count: int = 640) -> Workspace:
    """The workspace of a seed."""
    luck = random.Random(seed)  # noqa: S311 - the same in every run
    moments = sorted(_opened(luck) for _ in range(count))
    rows: list[Row] = []
    for number, opened in enumerate(moments, start=1):
        rows.append(_row(number, opened, rows, luck))
    return Workspace(rows=tuple(rows), promises=tuple(_promises(luck)))


def _opened(luck: random.Random) -> datetime:
    """Most by day, more in the last weeks; never in the last minutes before now."""
    back = int(_DAYS * luck.random() ** 1.4)
    day = (NOW - timedelta(days=back)).replace(hour=0, minute=0)
    opened = day + _MINUTE * int(luck.triangular(0, 1439, 900))
    return opened if opened < NOW - 10 * _MINUTE else opened - timedelta(days=1)


def _row(number: int, opened: datetime, before: list[Row], luck: random.Random) -> Row:
    tenant = luck.choice((1, 1, 1, 2, 2, 3, 4, 4))
    reason, stage, sla, _ = luck.choices(_REASONS, [one[3] for one in _REASONS])[0]
    order, again = _order(number, tenant, sla, before, luck)
    age = (NOW - opened) / timedelta(days=1)
    status = luck.choice(OPEN if luck.random() < 0.9 / (1 + age / 3) else SETTLED)
    ends = opened + _MINUTE * luck.randrange(8, 60 * 30)
    resolved = min(ends, NOW - 2 * _MINUTE) if status in SETTLED else None
    over = luck.randrange(2, 360)
    answered = opened + _MINUTE * luck.randrange(1, 180) if status != "OPEN" else None
    if answered is not None:
        answered = min(answered, resolved or NOW - _MINUTE)
    carrier = luck.choice(CARRIERS) if tenant != HIDDEN else luck.choice(("UPS", "Zipline"))
    spelt = luck.choice(_SPELT.get(carrier, (carrier,)))
    return Row(
        number=number,
        tenant=tenant,
        order=order,
        sla=sla,
        reason=reason,
        stage=stage,
        severity=luck.choice(_SEVERITIES),
        status=status,
        opened=opened,
        deadline=opened - _MINUTE * over,
        stopped=resolved - _MINUTE if resolved and luck.random() < _SETTLED_BY_EVENT else None,
        resolved=resolved,
        answered=answered,
        owner=luck.choice((None, None, *PEOPLE)) if status != "OPEN" or over % 3 else None,
        snoozed=status in OPEN and luck.random() < _SNOOZED,
        site=again.site if again else luck.choice(SITES) if tenant != HIDDEN else "BUF9",
        carrier=spelt if luck.random() < _STATED else None,
        service=luck.choice(SERVICES),
        wave=luck.choice((*WAVES, None)),
        worth=again.worth if again else luck.choice((None, luck.randrange(900, 90_000))),
    )


def _order(
    number: int, tenant: int, sla: str, before: list[Row], luck: random.Random
) -> tuple[str, Row | None]:
    """A new order, or now and then one that has an exception of another promise already."""
    theirs = [row for row in before[-60:] if row.tenant == tenant]
    if theirs and luck.random() < _AGAIN:
        again = luck.choice(theirs)
        taken = {row.sla for row in before if (row.tenant, row.order) == (tenant, again.order)}
        if sla not in taken:
            return again.order, again
    return f"{_PREFIX[tenant]}-{10_000 + 7 * number}", None


def _promises(luck: random.Random) -> Iterator[Promise]:
    """Promises of orders of which most were kept; some run and are past their warning."""
    stages = {"pick": "PICK", "pack": "PACK", "ship": "SHIP"}
    for number in range(900):
        tenant = luck.choice((1, 1, 2, 3, 4))
        sla = luck.choice(tuple(stages))
        due = NOW - _MINUTE * luck.randrange(30, 60 * 24 * _DAYS)
        state = "late" if luck.random() < 0.11 * tenant else "met"
        running = number % 75 == 0
        yield Promise(
            tenant=tenant,
            order=f"{_PREFIX[tenant]}-{50_000 + number}",
            sla=sla,
            stage=stages[sla],
            deadline=NOW + _MINUTE * (number % 25 + 4) if running else due,
            state="running" if running else state,
        )
