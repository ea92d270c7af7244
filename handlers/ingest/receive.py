"""Takes in what was delivered: one path for a single event and for a thousand.

Must not know HTTP: it gets bytes and headers and returns what became of each event.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.api.errors import Issue
from handlers.api.strict_json import MalformedError, Unusable, read_json
from handlers.ingest.canonical import Arrival, InvalidEventError, read_event
from handlers.ingest.letters import Rejected, Sender, keep
from handlers.ingest.sources import SOURCES
from handlers.ingest.told import Told
from handlers.services import Services
from jobs.record_events import record_events
from policies.queries import Receipt
from policies.records import ReceivedEvent

MAX_BATCH = 1000
CONFLICT = Issue(path="event_id", message="event_conflict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """The events of a body, not yet judged; `delivered` is the body where a source told them."""

    told: Sequence[Told]
    batch: bool
    suspect: bool
    delivered: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one event: a receipt where it was valid, else issues."""

    received: ReceivedEvent | None = None
    receipt: Receipt | None = None
    issues: tuple[Issue, ...] = ()


def unpack(body: bytes, *, batches: bool) -> Unpacked:
    """Reads a body; raises InvalidEventError when it is not JSON or not a batch."""
    try:
        reading = read_json(body)
    except MalformedError as error:
        raise InvalidEventError(*error.issues) from error
    value = reading.value
    if not batches or not isinstance(value, dict) or "events" not in value:
        return Unpacked(told=(Told(raw=value),), batch=False, suspect=reading.suspect)
    events = value["events"]
    if not isinstance(events, list):
        why = events.why if isinstance(events, Unusable) else "must be a list of events"
        raise InvalidEventError(Issue(path="events", message=why))
    if len(events) > MAX_BATCH:
        message = f"at most {MAX_BATCH} events at a time"
        raise InvalidEventError(Issue(path="events", message=message))
    told = [Told(raw=event) for event in events]
    return Unpacked(told=told, batch=True, suspect=reading.suspect)


async def receive(unpacked: Unpacked, sender: Sender, services: Services) -> list[Outcome]:
    """Validates, records durably, keeps what was rejected; outcomes in the order given."""
    arrival = Arrival(
        tenant_id=sender.tenant_id,
        now=services.business_now(),
        correlation_id=sender.correlation_id,
        suspect=unpacked.suspect,
    )
    read = [read_told(told, arrival) for told in unpacked.told]
    valid = [one for one in read if isinstance(one, ReceivedEvent)]
    receipts = iter(await record_events(valid, log=services.event_log) if valid else ())
    outcomes = [
        _recorded(one, next(receipts)) if isinstance(one, ReceivedEvent) else Outcome(issues=one)
        for one in read
    ]
    alone = None if unpacked.batch else unpacked.delivered
    rejected = [
        Rejected(raw=told.raw, issues=outcome.issues, told=told, delivered=alone)
        for told, outcome in zip(unpacked.told, outcomes, strict=True)
        if outcome.issues
    ]
    await keep(rejected, sender, services)
    _observe(outcomes, sender, services)
    return outcomes


def read_told(told: Told, arrival: Arrival) -> ReceivedEvent | tuple[Issue, ...]:
    """The event of a fact, or what is wrong with it in its source's words."""
    if told.refused:
        return told.refused
    try:
        return read_event(told.raw, arrival, by_id=told.by_id, names=told.names)
    except InvalidEventError as error:
        return told.in_its_words(error.issues)


def _recorded(received: ReceivedEvent, receipt: Receipt) -> Outcome:
    issues = (CONFLICT,) if receipt is Receipt.CONFLICT else ()
    return Outcome(received=received, receipt=receipt, issues=issues)


def _observe(outcomes: Sequence[Outcome], sender: Sender, services: Services) -> None:
    counts = Counter(_labels(outcome, sender) for outcome in outcomes)
    for (source, event_type, result), count in counts.items():
        services.observe.event(source, event_type, sender.tenant_id, result, count=count)


def _labels(outcome: Outcome, sender: Sender) -> tuple[str, str, str]:
    """Source, type and result; a sender's own invention of a source counts as `other`."""
    if outcome.received is None or outcome.receipt is None:
        return sender.source, "invalid", "rejected"
    event = outcome.received.event
    source = event.source if event.source in SOURCES else "other"
    return source, event.event_type, outcome.receipt.value
