"""The evidence that a claim against a carrier rests on, as a plain document.

Must not hold free text of payloads: it says what E2A checked itself, and which events told it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from policies.durations import duration
from policies.facts import OrderEvent
from policies.money.cents import money
from policies.records import ExceptionRecord

NEEDED = frozenset({"carrier", "tracking_number"})
"""Without these there is nobody to claim from, and nothing to claim for."""
_MOST_EVENTS, _LONGEST = 200, 128
_PLACE = {
    "warehouse": "Shipped from",
    "service": "Service",
    "destination_country": "Destination",
    "promised_delivery": "Delivery promised for",
}


def claim_name(exception_id: int, number: int) -> str:
    """What the file is called: one name for one attempt, so that a lost upload is found by it."""
    return f"claim-{exception_id}-{number}.txt"


def claim_file(
    record: ExceptionRecord,
    *,
    client: str,
    reference: str,
    promise: str,
    events: Sequence[OrderEvent],
    credit_cents: int | None,
    now: datetime,
) -> str:
    """The document.

    Args:
        record: the exception that the claim is about.
        client: whose goods they are.
        reference: by which both sides quote the claim.
        promise: what was promised, in words.
        events: of the order, in time order.
        credit_cents: what the breach gives back to the client; None where nobody can say.
        now: business time, of an exception that is not over.
    """
    parts = (
        ("Claim", _claim(record, client, reference, now)),
        ("Promise", _promise(record, promise, now)),
        ("Cost", _cost(record, credit_cents)),
        (f"Events ({len(events)})", _events(events)),
    )
    return (
        "\n\n".join("\n".join([title, "-" * len(title), *lines]) for title, lines in parts) + "\n"
    )


def _claim(record: ExceptionRecord, client: str, reference: str, now: datetime) -> Iterator[str]:
    facts = record.facts
    yield f"Reference: {_line(reference)}"
    yield f"Made: {_at(now)}"
    yield f"Against: {_line(facts.get('carrier'))}"
    yield f"Tracking number: {_line(facts.get('tracking_number'))}"
    yield f"Client: {_line(client)}"
    yield f"Order: {_line(record.order_id)}"
    for name, words in _PLACE.items():
        if (value := facts.get(name)) is not None:
            yield f"{words}: {_line(value)}"


def _promise(record: ExceptionRecord, promise: str, now: datetime) -> Iterator[str]:
    over = duration(record.delay_at(now))
    yield f"Promised: {_line(promise)}"
    yield f"Due: {_at(record.deadline_at)}"
    if record.stopped_at is not None:
        yield f"Done: {_at(record.stopped_at)}, {over} late"
    else:
        yield f"Done: not by {_at(now)}, {over} over"
    yield f"Reason: {record.reason_code.value.replace('_', ' ').lower()}"


def _cost(record: ExceptionRecord, credit_cents: int | None) -> Iterator[str]:
    """What is not known is said to be so: nobody signs a made-up figure."""
    value = record.facts.get("order_value_cents")
    known = value if isinstance(value, int) and not isinstance(value, bool) else None
    yield f"Value of the order: {money(known) if known is not None else 'not stated'}"
    yield f"Credit to the client: {money(credit_cents) if credit_cents else 'none known'}"


def _events(events: Sequence[OrderEvent]) -> Iterable[str]:
    """The latest ones where there are very many."""
    shown = events[-_MOST_EVENTS:]
    lines = [
        f"{_at(one.occurred_at)}  {_line(one.event_type)}  {_line(one.source)}  "
        f"{_line(one.event_id)}"
        for one in shown
    ]
    before = len(events) - len(shown)
    return [f"and {before} before these", *lines] if before else lines


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _line(value: object) -> str:
    """One line of bounded length, without anything that does not show."""
    words = " ".join(str(value if value is not None else "not stated").split())
    return "".join(mark for mark in words if mark.isprintable())[:_LONGEST]
