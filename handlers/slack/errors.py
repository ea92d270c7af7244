"""The one place that catches everything: it logs, and tells the person kindly.

Must not hide: each fault is in the log under the id that the person was told.
"""

from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.errors import SlackApiError

from handlers.blocks.notices import too_slow, went_wrong
from handlers.slack.voice import Tell, UntoldError
from jobs.ports.slack import Message

log = structlog.stdlib.get_logger(__name__)
_EXPIRED = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired"})


async def told_kindly(
    work: Callable[[], Awaitable[None]], *, tell: Tell, correlation_id: str
) -> None:
    """Runs the work after an acknowledgement; whatever fails is logged and told, never raised.

    Args:
        work: what the listener handed over.
        tell: how the person hears of a fault.
        correlation_id: what they are asked to quote.
    """
    try:
        await work()
    except UntoldError as error:
        log.warning("slack_answer_not_delivered", reason=str(error))
    except Exception as error:  # noqa: BLE001 - the one broad catch of the house
        notice = _notice(error, correlation_id)
        try:
            await tell(notice)
        except Exception:
            log.exception("slack_fault_not_told")


def _notice(error: Exception, correlation_id: str) -> Message:
    if isinstance(error, SlackApiError) and error.response.get("error") in _EXPIRED:
        log.warning("slack_trigger_expired")
        return too_slow()
    log.error("slack_request_failed", exc_info=error)
    return went_wrong(correlation_id)
