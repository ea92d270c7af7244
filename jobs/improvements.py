"""Which explanations a model may be asked to word, and the work that asks for it.

Must not ask: improve_explanation.py does.
"""

from datetime import datetime
from enum import Enum, auto

from jobs.ports import Storage
from policies.enrichment_retries import LEAST_SURE
from policies.records import ExceptionRecord, WorkItem

IMPROVE = "improve"
_RULES = "rules"


class Wanted(Enum):
    """What became of somebody's wish that a model be asked."""

    ASKED = auto()
    DONE = auto()
    NOT_YET = auto()


def by_rules(record: ExceptionRecord) -> bool:
    """Whether the rules have explained it in full, with what is around its order."""
    known = record.explanation
    return known is not None and known.source == _RULES and known.as_of is not None


def unsure(record: ExceptionRecord) -> bool:
    """Whether a model explained it and was not sure; another answer may be a better one."""
    known = record.explanation
    return known is not None and known.confidence is not None and known.confidence < LEAST_SURE


def improvement_of(record: ExceptionRecord) -> WorkItem:
    """The work that it is to ask a model about an exception."""
    return WorkItem(tenant_id=record.tenant_id, kind=IMPROVE, subject=str(record.id))


async def want_improvement(
    record: ExceptionRecord, *, storage: Storage, wall_now: datetime
) -> Wanted:
    """Asks for the work where it makes sense; asking twice is once."""
    known = record.explanation
    if known is not None and known.source != _RULES:
        return Wanted.DONE
    if not by_rules(record):
        return Wanted.NOT_YET
    async with storage.write() as tx:
        await tx.work.put([improvement_of(record)], wall_now)
    return Wanted.ASKED
