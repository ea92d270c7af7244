"""Words an exception as a document to be found by, from a fixed template.

Must not quote free text of payloads; a model's note stands apart and is trusted less.
"""

from collections.abc import Iterator
from dataclasses import replace

from policies.durations import duration
from policies.records import ExceptionRecord, Explanation
from prompts.explanation_words import ENDING
from rag.passage import Corpus, Document, Form

_BY_RULES = "rules"
_FACTS = ("client", "channel", "service", "warehouse", "carrier", "wave", "zone")
"""Known keys of payloads, none of which is free text."""


def name_of(exception_id: int) -> str:
    """What an exception's document is called."""
    return f"exception/{exception_id}"


def documents_of(record: ExceptionRecord, tenant: str) -> Iterator[Document]:
    """The record in sentences; what a model wrote of it, where one did, apart and trusted less.

    Both are one document. What changes from minute to minute is not said: whoever finds it reads
    the record again.
    """
    told = Document(
        tenant=tenant,
        corpus=Corpus.EXCEPTIONS,
        name=name_of(record.id),
        form=Form.RECORD,
        title=f"Exception {record.id}, order {record.order_id}, {record.reason_code.value}",
        pages=("\n".join(line for line in _lines(record) if line),),
        changed_at=record.updated_at or record.resolved_at or record.opened_at,
    )
    yield told
    if guessed := "\n".join(_guessed(record.explanation)):
        yield replace(told, pages=(guessed,), trusted=False)


def _lines(record: ExceptionRecord) -> Iterator[str]:
    """What happened, to which order, why, and how it ended."""
    yield (
        f"{_spoken(record.reason_code.value)} of order {record.order_id}: promise {record.sla_id},"
        f" stage {record.stage.value}, severity {record.severity.value}."
    )
    yield f"Due {record.deadline_at:%Y-%m-%d %H:%M} UTC, opened {record.opened_at:%Y-%m-%d %H:%M}."
    facts = [f"{key} {record.facts[key]}" for key in _FACTS if record.facts.get(key)]
    yield f"Order: {', '.join(facts)}." if facts else ""
    yield f"Fault: {record.fault.value}." if record.fault else ""
    told = record.explanation
    if told is not None:
        note = told.ops_note if told.source == _BY_RULES else ""
        yield f"Cause: {told.label}. {note}".strip()
    if record.resolved_at is not None:
        late = f", {duration(round(record.delay_minutes))} late" if record.delay_minutes else ""
        ended = ENDING.get(record.resolution or "", "settled by a person")
        yield f"Ended {record.resolved_at:%Y-%m-%d %H:%M} UTC: {ended}{late}."


def _guessed(told: Explanation | None) -> Iterator[str]:
    """What a model wrote."""
    if told is not None and told.source != _BY_RULES:
        yield told.ops_note
    if told is not None and told.reasoning:
        yield told.reasoning


def _spoken(code: str) -> str:
    """`Pick delay (PICK_DELAY)`: people ask in words, reports have the code."""
    return f"{code.replace('_', ' ').capitalize()} ({code})"
