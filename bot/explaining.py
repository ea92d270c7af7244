"""Explains an exception in full before it is posted, without ever standing in the way of the post.

Must not word anything: jobs/explain_exception.py does.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from jobs.explain_exception import explain_exception
from jobs.ports import Storage
from policies.next_steps import NextSteps
from policies.promises import Promises

log = structlog.get_logger(__name__)


def explainer(
    storage: Storage, promises: Promises, steps: NextSteps
) -> Callable[[int, datetime], Awaitable[bool]]:
    """Adds what is around an exception; where that fails the shorter explanation is posted."""

    async def explained(exception_id: int, now: datetime) -> bool:
        try:
            return await explain_exception(
                exception_id, storage=storage, promises=promises, steps=steps, now=now
            )
        except Exception:  # an alert goes out whatever its explanation lacks
            log.exception("not_explained", exception=exception_id)
            return False

    return explained
