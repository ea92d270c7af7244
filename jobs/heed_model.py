"""Draws the consequence of what a model said of itself: too unsure, or failing again and again.

Must not ask a model. It only ever stops what happens by itself; a person lets it go on.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobs.ask_model import NotTold
from jobs.errors import StaleRecordError
from jobs.note_attempt import block_resolution
from jobs.ports import Storage, Transaction
from policies.model_explanation import ModelExplanation, read_answer
from policies.model_failures import MODEL_FAILED, MOST, WORDS, failures_of
from policies.records import AuditEntry, ExceptionRecord
from policies.resolution_gates import Stated, model_failed, too_unsure

_JUNK = "junk"
_ACTOR = "system"


async def heed_model(
    exception_id: int, told: NotTold, *, storage: Storage, now: datetime, wall_now: datetime
) -> str | None:
    """Blocks where there is a reason to, and says it; what somebody changed meanwhile stays."""
    stated = _stated(told.refused)
    failed = WORDS.get(_JUNK if _shapeless(told) else told.reason)
    unsure = too_unsure(stated)
    if unsure is None and failed is None:
        return None
    try:
        async with storage.write() as tx:
            record = await tx.exceptions.get(exception_id)
            if record is None or not record.active or record.resolution_blocked:
                return None
            why = unsure or await _again(tx, record, failed or "", now)
            if why is not None:
                await block_resolution(tx, record, why, now, wall_now)
            return why
    except StaleRecordError:
        return None


async def _again(tx: Transaction, record: ExceptionRecord, words: str, now: datetime) -> str | None:
    """Puts a failure on the trail; why it is blocked, where that was one too many."""
    subject = f"exception:{record.id}"
    entry = AuditEntry(
        tenant_id=record.tenant_id,
        at=now,
        actor=_ACTOR,
        action=MODEL_FAILED,
        subject=subject,
        note=words,
    )
    await tx.audit.append([entry])
    trail = await tx.audit.of_subject(record.tenant_id, subject)
    return model_failed(words) if failures_of(trail) >= MOST else None


def _stated(refused: Mapping[str, Any] | None) -> Stated:
    answer = _read(refused)
    return Stated(confidence=answer.confidence if answer else None)


def _shapeless(told: NotTold) -> bool:
    """Whether there was an object, but none of the agreed shape."""
    return told.refused is not None and _read(told.refused) is None


def _read(refused: Mapping[str, Any] | None) -> ModelExplanation | None:
    return read_answer(refused) if refused is not None else None
